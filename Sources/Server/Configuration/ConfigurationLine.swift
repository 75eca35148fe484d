// Lines of words: taking them apart by Redis' quoting rules, and quoting words again.
import Bytes
import RESP

enum ConfigurationLine {
    /// The words of a line, unescaped; nil if its quotes are not balanced.
    static func words(_ line: [UInt8]) -> [[UInt8]]? {
        var line = line
        var list = ArgumentList()
        defer { list.deallocate() }
        return unsafe line.withUnsafeMutableBytes { text in
            guard unsafe InlineWords.split(text, into: &list) else { return nil }
            return (0..<list.count).map { list[$0].bytes }
        }
    }

    /// The word in double quotes, with escapes for what is not printable ASCII.
    static func quoted(_ word: [UInt8]) -> [UInt8] {
        var text: [UInt8] = [0x22]
        for byte in word {
            switch byte {
            case 0x22, 0x5c: text += [0x5c, byte]
            case 0x0a: text += Array("\\n".utf8)
            case 0x0d: text += Array("\\r".utf8)
            case 0x09: text += Array("\\t".utf8)
            case 0x07: text += Array("\\a".utf8)
            case 0x08: text += Array("\\b".utf8)
            case 0x20...0x7e: text.append(byte)
            default:
                let digits = Array("0123456789abcdef".utf8)
                text += [0x5c, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return text + [0x22]
    }

    /// Without spaces, tabs and line ends on either side.
    static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let blanks: [UInt8] = [0x20, 0x09, 0x0d, 0x0a]
        guard let start = line.firstIndex(where: { !blanks.contains($0) }),
            let end = line.lastIndex(where: { !blanks.contains($0) })
        else { return [] }
        return Array(line[start...end])
    }
}

/// What the command line says: a file, whether standard input is read, and directives as lines.
struct CommandLineOptions {
    var file: String?
    var readsStandardInput = false
    var lines: [UInt8] = []

    /// - Parameter arguments: without the program's name. The first one is the file, unless it begins with '-'; a '-'
    ///   in front or at the end stands for standard input; `--name value …` becomes a line.
    init(_ arguments: [String]) {
        var arguments = arguments[...]
        if let first = arguments.first, !first.hasPrefix("-") {
            file = first
            arguments = arguments.dropFirst()
        }
        if arguments.first == "-" {
            readsStandardInput = true
            arguments = arguments.dropFirst()
        }
        // A word behind `--name` is a value even if it begins with dashes itself.
        var expectsValue = false
        while let argument = arguments.popFirst() {
            if argument == "-" && arguments.isEmpty {
                readsStandardInput = true
            } else if argument.hasPrefix("--") && !expectsValue {
                if !lines.isEmpty { lines.append(0x0a) }
                let name = Array(argument.utf8.dropFirst(2))
                lines += name + [0x20]
                expectsValue = ConfigurationLine.words(name)?.count == 1
                // `--save` alone stands for `--save ""`.
                if DirectiveTable.lowercased(name) == "save", arguments.first?.hasPrefix("--") ?? true {
                    lines += Array("\"\"".utf8)
                    expectsValue = false
                }
            } else {
                lines += ConfigurationLine.quoted(Array(argument.utf8)) + [0x20]
                expectsValue = false
            }
        }
    }
}
