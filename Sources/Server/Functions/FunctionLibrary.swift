// A library of functions as every worker knows it, and what its first line says.
import Bytes
import RESP
import Scripting

/// Never changes: a library that is replaced is another one.
final class FunctionLibrary: Sendable {
    let name: [UInt8]
    let text: [UInt8]
    let functions: [FunctionDescription]
    /// Whether its functions provably use no keys but those that they are called with.
    let namesItsKeys: Bool

    init(name: [UInt8], text: [UInt8], functions: [FunctionDescription], namesItsKeys: Bool) {
        self.name = name
        self.text = text
        self.functions = functions
        self.namesItsKeys = namesItsKeys
    }

    /// What Lua is to run: the text from the end of its first line, so that lines keep their numbers.
    static func body(of text: ByteView) -> ByteView { text.dropFirst(text.firstIndex(of: 0x0a) ?? 0) }
}

/// What is known of a function without a machine.
struct FunctionDescription: Sendable {
    let name: [UInt8]
    let description: [UInt8]?
    let flags: FunctionFlags

    /// What it is found by: functions are called in upper case and in lower case.
    var key: [UInt8] { Self.key(name) }

    static func key(_ name: some Sequence<UInt8>) -> [UInt8] { name.map { ByteView.lowercased($0) } }
}

/// The first line of a library: `#!engine name=…`.
struct LibraryHeader {
    let name: [UInt8]

    /// Fails with what is wrong with the line.
    init(_ text: ByteView) throws(ScriptFailure) {
        guard text.hasPrefix("#!") else { throw ScriptFailure("Missing library metadata") }
        guard let end = text.firstIndex(of: 0x0a) else { throw ScriptFailure("Invalid library metadata") }
        let words = try Self.words(text.prefix(end))
        var name: [UInt8]?
        for word in words.dropFirst() {
            guard Self.isName(word) else {
                throw ScriptFailure("Invalid metadata value given: ", word)
            }
            if name != nil {
                throw ScriptFailure("Invalid metadata value, name argument was given multiple times")
            }
            name = Array(word.dropFirst(5))
        }
        guard let name else { throw ScriptFailure("Library name was not given") }
        guard !name.isEmpty && name.allSatisfy(Self.isNameByte) else {
            throw ScriptFailure(
                """
                Library names can only contain letters, numbers, or underscores(_) and must be at least one character \
                long
                """)
        }
        let engine = Array(words[0].dropFirst(2))
        guard ByteView.withView(engine, { $0.equalsIgnoringCase("lua") }) else {
            throw ScriptFailure("Engine '", engine, "' not found")
        }
        self.name = name
    }

    private static func isName(_ word: [UInt8]) -> Bool {
        ByteView.withView(Array(word.prefix(5))) { $0.equalsIgnoringCase("name=") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        let lowered = byte | 0x20
        return lowered >= 0x61 && lowered <= 0x7a || byte >= 0x30 && byte <= 0x39 || byte == 0x5f
    }

    /// The words of the line, of which there is at least one.
    private static func words(_ line: ByteView) throws(ScriptFailure) -> [[UInt8]] {
        var bytes = line.bytes
        var list = ArgumentList()
        defer { list.deallocate() }
        let words: [[UInt8]]? = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard unsafe !buffer.contains(0) && InlineWords.split(buffer, into: &list) else { return nil }
            return (0..<list.count).map { list[$0].bytes }
        }
        guard let words, !words.isEmpty else { throw ScriptFailure("Invalid library metadata") }
        return words
    }
}
