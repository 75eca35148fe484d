// Sizes that keep a file, a function and a line readable.
import Foundation
import Testing

@Suite struct SizeTests {
    static let fileLines = 400
    static let functionLines = 70
    static let lineColumns = 120

    @Test(arguments: SourceTree.all)
    func filesAreShort(file: SourceFile) {
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        #expect(count <= Self.fileLines, "\(file.path) has \(count) lines")
    }

    @Test(arguments: SourceTree.all)
    func linesAreShort(file: SourceFile) {
        for (number, line) in file.lines.enumerated() where line.count > Self.lineColumns {
            Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
        }
    }

    @Test(arguments: SourceTree.all)
    func functionsAreShort(file: SourceFile) {
        for function in Self.functions(in: file.code) where function.lines > Self.functionLines {
            Issue.record("\(file.path):\(function.line) is a function of \(function.lines) lines")
        }
    }

    @Test func functionsAreFound() {
        let code = """
            struct S {
                init(a: Int) { self.a = a }
                package static func first(
                    a: Int, b: Int
                ) -> Int {
                    if a > b { return 1 }
                    return 2
                }
                var x: Int { 3 }
            }
            """
        #expect(Self.functions(in: code).map(\.lines) == [1, 6])
        #expect(Self.functions(in: code).map(\.line) == [2, 3])
    }

    struct Function {
        let line: Int
        let lines: Int
    }

    /// Functions, initialisers and subscripts with bodies: where they are declared and how many lines they take.
    static func functions(in code: String) -> [Function] {
        var found: [Function] = []
        // For each open brace: the line its function is declared in, or nil for any other brace.
        var open: [Int?] = []
        var header = ""
        var line = 1
        var headerLine = 1
        for character in code {
            switch character {
            case "{":
                open.append(declaration(in: header).map { headerLine + $0 })
                (header, headerLine) = ("", line)
            case "}":
                if let start = open.popLast() ?? nil { found.append(Function(line: start, lines: line - start + 1)) }
                (header, headerLine) = ("", line)
            case "\n":
                line += 1
                header.append(character)
            default:
                header.append(character)
            }
        }
        return found.sorted { $0.line < $1.line }
    }

    /// How many lines into `header` a function is declared, if it ends in the head of one.
    private static func declaration(in header: String) -> Int? {
        let modifiers = #"(?:@\w+(?:\([^)]*\))?\s+|[a-z]+(?:\([a-z]+\))?[ \t]+)*"#
        let pattern = #"(?:^|\n)[ \t]*\#(modifiers)(?:func\s|init[?(<]|deinit\b|subscript[(<])"#
        guard let match = header.range(of: pattern, options: [.regularExpression, .backwards]) else { return nil }
        let before = header[..<match.lowerBound].filter { $0 == "\n" }.count
        return before + (header[match].hasPrefix("\n") ? 1 : 0)
    }
}
