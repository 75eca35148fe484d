// The source tree as the style tests see it: files, their lines, their code without comments and texts.
import Foundation
import Testing

/// One Swift file of the tree.
struct SourceFile: CustomTestStringConvertible {
    /// Path from the root of the repository.
    let path: String
    let text: String

    var testDescription: String { path }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The folder under Sources or Tests that it is in.
    var room: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    /// The text with comments and the insides of string literals turned to blanks; line ends stay.
    var code: String { SourceFile.blanked(text) }

    /// Modules it imports, whatever the access of the import.
    var imports: Set<String> {
        var found: Set<String> = []
        for line in lines {
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                words[..<position].allSatisfy({ $0.hasPrefix("@") || SourceFile.accessWords.contains(String($0)) })
            else { continue }
            // `import struct Module.Name` names its module third.
            let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]
            let name = kinds.contains(words[position + 1]) ? words[position + 2] : words[position + 1]
            found.insert(String(name.split(separator: ".").first ?? ""))
        }
        return found
    }

    private static let accessWords: Set<String> = ["public", "package", "internal", "fileprivate", "private"]

    private static func blanked(_ text: String) -> String {
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        var commentDepth = 0
        func follows(_ word: StaticString) -> Bool {
            let wanted = Array(word.description.utf8)
            return index + wanted.count <= bytes.count && Array(bytes[index..<index + wanted.count]) == wanted
        }
        func skip(_ count: Int) {
            for byte in bytes[index..<min(index + count, bytes.count)] {
                result.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
            }
            index += count
        }
        while index < bytes.count {
            if commentDepth > 0 {
                let isMark = follows("*/") || follows("/*")
                if isMark { commentDepth += follows("/*") ? 1 : -1 }
                skip(isMark ? 2 : 1)
            } else if follows("//") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { skip(1) }
            } else if follows("/*") {
                commentDepth += 1
                skip(2)
            } else if follows("\"\"\"") {
                skip(3)
                while index < bytes.count, !follows("\"\"\"") { skip(follows("\\") ? 2 : 1) }
                skip(3)
            } else if bytes[index] == UInt8(ascii: "\"") {
                skip(1)
                while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\n") {
                    skip(bytes[index] == UInt8(ascii: "\\") ? 2 : 1)
                }
                skip(1)
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// The repository, found from this file.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let sources = swiftFiles(under: "Sources")
    static let tests = swiftFiles(under: "Tests")
    static let benchmarks = swiftFiles(under: "Benchmarks/Benchmarks")
    static var all: [SourceFile] { sources + tests + benchmarks }

    /// Paths of all regular files under a folder, from the root, sorted.
    static func paths(under folder: String) -> [String] {
        let base = root.appendingPathComponent(folder)
        guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walker.compactMap { $0 as? String }
            .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" } }
            .filter { !isFolder(base.appendingPathComponent($0).path) }
            .map { "\(folder)/\($0)" }
            .sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    static func text(of path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    private static func swiftFiles(under folder: String) -> [SourceFile] {
        paths(under: folder).filter { $0.hasSuffix(".swift") }.compactMap { path in
            text(of: path).map { SourceFile(path: path, text: $0) }
        }
    }
}
