// All directives, and finding one by name.
import Bytes

package enum DirectiveTable {
    /// A directive's position here is its number everywhere else.
    package static let directives: [Directive] =
        Directive.network + Directive.process + Directive.values + Directive.persistence + Directive.replication

    private static let numbers: [String: Int] = {
        var numbers: [String: Int] = [:]
        for (number, directive) in directives.enumerated() {
            numbers[directive.name] = number
            if let alias = directive.alias { numbers[alias] = number }
        }
        return numbers
    }()

    /// The number of the directive that `name` or one of its older spellings stands for; letters of either case alike.
    package static func number(of name: [UInt8]) -> Int? {
        numbers[lowercased(name)]
    }

    /// The number of a directive that is known to exist.
    static func number(_ name: String) -> Int {
        guard let number = numbers[name] else { preconditionFailure("no directive is called \(name)") }
        return number
    }

    static func lowercased(_ text: [UInt8]) -> String {
        String(decoding: text.map { ByteView.lowercased($0) }, as: UTF8.self)
    }
}
