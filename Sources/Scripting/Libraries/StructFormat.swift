// The format that says what struct packs and unpacks.
import Bytes

/// Reads a format option by option, and knows what the options so far have chosen.
struct StructFormat {
    let state: LuaState
    let text: ByteView
    private var position = 0
    private(set) var isLittleEndian = true
    /// Values of up to so many bytes stand at multiples of their size.
    private var alignment = 1

    private static let largestInteger = 32
    private static let largestAlignment = 8

    struct Option {
        let code: UInt8
        /// Bytes of one value; 0 where it has none, or where the value itself says so.
        let size: Int

        var letter: Unicode.Scalar { Unicode.Scalar(code) }

        var isAlphanumeric: Bool {
            let lowered = code | 0x20
            return code >= 0x30 && code <= 0x39 || lowered >= 0x61 && lowered <= 0x7a
        }
    }

    /// A format ends where a text of C would.
    init(state: LuaState, text: ByteView) {
        self.state = state
        self.text = text.prefix(text.firstIndex(of: 0, from: 0) ?? text.count)
    }

    mutating func next() throws(LibraryFailure) -> Option? {
        guard position < text.count else { return nil }
        let code = text[position]
        position += 1
        return Option(code: code, size: try size(Unicode.Scalar(code)))
    }

    private mutating func size(_ letter: Unicode.Scalar) throws(LibraryFailure) -> Int {
        switch letter {
        case "b", "B", "x": return 1
        case "h", "H": return 2
        case "l", "L", "T", "d": return 8
        case "f": return 4
        case "c": return try number() ?? 1
        case "i", "I":
            let size = try number() ?? 4
            if size > Self.largestInteger {
                throw state.failure("integral size \(size) is larger than limit of \(Self.largestInteger)")
            }
            return size
        default: return 0
        }
    }

    /// The digits that follow an option, as a number of 31 bits.
    private mutating func number() throws(LibraryFailure) -> Int? {
        var value: Int?
        while position < text.count, text[position] >= 0x30, text[position] <= 0x39 {
            let longer = (value ?? 0) * 10 + Int(text[position] - 0x30)
            if longer > Int(Int32.max) { throw state.failure("integral size overflow") }
            value = longer
            position += 1
        }
        return value
    }

    /// How many bytes come before a value at `position`, so that it is aligned.
    func padding(at position: Int, _ option: Option) -> Int {
        let size = min(option.size, alignment)
        if size == 0 || option.letter == "c" { return 0 }
        return (size &- (position & (size &- 1))) & (size &- 1)
    }

    /// An option that is no value.
    mutating func control(_ option: Option) throws(LibraryFailure) {
        switch option.letter {
        case " ": return
        case ">": isLittleEndian = false
        case "<": isLittleEndian = true
        case "!":
            let chosen = try number() ?? Self.largestAlignment
            if chosen.nonzeroBitCount != 1 { throw state.failure("alignment \(chosen) is not a power of 2") }
            alignment = chosen
        default:
            // The byte as it is, which need be no text.
            throw state.argumentFailure(1, ByteView("invalid format option '"), option.code)
        }
    }
}
