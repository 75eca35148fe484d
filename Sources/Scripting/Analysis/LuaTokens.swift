// The tokens of a Lua text, as far as it takes to follow a script's keys.
import Bytes

/// One token. https://www.lua.org/manual/5.1/manual.html#2.1
enum LuaToken: Equatable {
    /// A name or a keyword.
    case name(String)
    /// A string literal's bytes.
    case string([UInt8])
    /// A number literal as it is written.
    case number(String)
    /// One of the other characters, or two or three that belong together: `==`, `..`, `...`.
    case symbol(String)

    func isName(_ text: String) -> Bool { self == .name(text) }
    func isSymbol(_ text: String) -> Bool { self == .symbol(text) }
}

/// Takes a text apart; for texts that Lua has compiled, so that what is odd may be given up on.
struct LuaTokens {
    private let text: [UInt8]
    private var position = 0

    private init(_ text: [UInt8]) { self.text = text }

    /// All tokens without comments; nil where the text uses what is not understood here.
    static func of(_ text: [UInt8]) -> [LuaToken]? {
        var reader = LuaTokens(text)
        var tokens: [LuaToken] = []
        if text.first == UInt8(ascii: "#") { reader.skipLine() }
        while true {
            guard reader.skipBlanks() else { return nil }
            if reader.position >= text.count { return tokens }
            guard let token = reader.next() else { return nil }
            tokens.append(token)
        }
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < text.count ? text[position + offset] : 0
    }

    private mutating func skipLine() {
        while position < text.count && byte() != 0x0a { position += 1 }
    }

    /// Skips blanks and comments; false: a comment does not end.
    private mutating func skipBlanks() -> Bool {
        while position < text.count {
            if byte() <= 0x20 {
                position += 1
            } else if byte() == UInt8(ascii: "-") && byte(1) == UInt8(ascii: "-") {
                position += 2
                if let level = longBracket() {
                    guard skipLong(level) != nil else { return false }
                } else {
                    skipLine()
                }
            } else {
                return true
            }
        }
        return true
    }

    /// How many equals signs a long bracket that opens here has; nil: none does.
    private func longBracket() -> Int? {
        guard byte() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// Moves behind a long bracket and returns what stands in it; nil: it does not end.
    private mutating func skipLong(_ level: Int) -> [UInt8]? {
        position += level + 2
        let start = position
        let end = [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        while position + end.count <= text.count {
            if text[position] == end[0] && Array(text[position..<position + end.count]) == end {
                defer { position += end.count }
                return Array(text[start..<position])
            }
            position += 1
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private mutating func next() -> LuaToken? {
        let first = byte()
        if Self.isLetter(first) {
            return .name(take { Self.isLetter($0) || Self.isDigit($0) })
        }
        if Self.isDigit(first) || first == UInt8(ascii: ".") && Self.isDigit(byte(1)) {
            return .number(take { Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: ".") })
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return shortString(first) }
        if let level = longBracket() { return skipLong(level).map { .string($0) } }
        for symbol in ["...", "..", "==", "~=", "<=", ">="]
        where symbol.utf8.enumerated().allSatisfy({ byte($0.offset) == $0.element }) {
            position += symbol.utf8.count
            return .symbol(symbol)
        }
        position += 1
        return .symbol(String(UnicodeScalar(first)))
    }

    private mutating func take(_ belongs: (UInt8) -> Bool) -> String {
        let start = position
        while position < text.count && belongs(text[position]) { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    /// A string in quotes; one with escapes has no known bytes, which nil as the whole answer would say too harshly: it
    /// is taken for a text that is no command and no number.
    private mutating func shortString(_ quote: UInt8) -> LuaToken? {
        position += 1
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            if byte == quote {
                position += 1
                return .string(bytes)
            }
            if byte == UInt8(ascii: "\\") {
                bytes.append(0)
                position += 1
            }
            if position < text.count { bytes.append(text[position]) }
            position += 1
        }
        return nil
    }
}
