// The first line of a script that says what may be done with it: `#!lua flags=no-writes,allow-oom`.
import Bytes
import Scripting

/// What a script says of itself. The flags about stale replicas and clusters change nothing here.
struct ScriptHeader: Sendable {
    /// There is such a line, so that what it does not say does not hold either.
    var isPresent = false
    var readsOnly = false
    var allowsOutOfMemory = false
    /// Where the script itself begins: at the end of that line, so that its lines keep their numbers.
    var length = 0

    private static let flags: Set<String> = [
        "no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys",
    ]

    /// Reads the first line of a text; fails with the reply for one that is wrong.
    init(_ text: ByteView) throws(ScriptFailure) {
        guard text.hasPrefix("#!") else { return }
        guard let end = text.firstIndex(of: 0x0a) else { throw ScriptHeader.failure("Invalid script shebang") }
        isPresent = true
        length = end
        guard let words = ScriptHeader.words(text.prefix(end)), let engine = words.first else {
            throw ScriptHeader.failure("Invalid engine in script shebang")
        }
        if engine != "#!lua" { throw ScriptHeader.failure("Unexpected engine in script shebang: \(engine)") }
        for word in words.dropFirst() {
            guard word.hasPrefix("flags=") else { throw ScriptHeader.failure("Unknown lua shebang option: \(word)") }
            let list = word.dropFirst("flags=".count)
            for flag in list.split(separator: ",", omittingEmptySubsequences: list.isEmpty) {
                guard ScriptHeader.flags.contains(String(flag)) else {
                    throw ScriptHeader.failure("Unexpected flag in script shebang: \(flag)")
                }
                if flag == "no-writes" { readsOnly = true }
                if flag == "no-writes" || flag == "allow-oom" { allowsOutOfMemory = true }
            }
        }
    }

    private static func failure(_ text: String) -> ScriptFailure {
        ScriptFailure(message: Array("ERR \(text)".utf8), isWhole: true)
    }

    /// The words of a line, which quotes may hold together; nil: a quote is not closed.
    private static func words(_ line: ByteView) -> [String]? {
        var words: [String] = []
        var word: [UInt8]?
        var quote: UInt8 = 0
        for index in 0..<line.count {
            let byte = line[index]
            if quote != 0 {
                if byte == quote { quote = 0 } else { word?.append(byte) }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
                word = word ?? []
            } else if byte == 0x20 || byte >= 0x09 && byte <= 0x0d {
                if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
                word = nil
            } else {
                word = (word ?? []) + [byte]
            }
        }
        if quote != 0 { return nil }
        if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
        return words
    }
}
