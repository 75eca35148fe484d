// Redis' quoting rules for a line of words: inline requests, and the lines of a configuration file.
import Bytes
import Platform

package enum InlineWords {
    /// Splits `text` at white space and appends the words to `arguments` as views into it. Words with escapes are
    /// unescaped in place, which never makes them longer.
    ///
    /// - Returns: false if a quote is not closed, or is closed in the middle of a word; the list is then as before.
    package static func split(_ text: UnsafeMutableRawBufferPointer, into arguments: inout ArgumentList) -> Bool {
        let start = arguments.count
        var reader = 0
        let end = text.count
        while true {
            while unsafe reader < end && isSpace(text[reader]) { reader &+= 1 }
            if reader >= end { return true }
            let word = reader
            guard let length = unsafe unescape(text, &reader) else {
                arguments.truncate(to: start)
                return false
            }
            let base = unsafe UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped)
            unsafe arguments.append(ByteView(base: base + word, count: length))
        }
    }

    private enum Quote { case none, single, double }

    /// Reads the word that begins at `reader` and leaves it unescaped at its beginning. Nil: unbalanced quotes.
    private static func unescape(_ text: UnsafeMutableRawBufferPointer, _ reader: inout Int) -> Int? {
        let start = reader
        let end = text.count
        var writer = reader
        var quote = Quote.none
        while reader < end {
            var byte = unsafe text[reader]
            reader &+= 1
            switch quote {
            case .none:
                // A NUL ends a word as well: a line is a C string to Redis.
                if isSpace(byte) || byte == 0 { return writer &- start }
                if byte == 0x22 {
                    quote = .double
                    continue
                }
                if byte == 0x27 {
                    quote = .single
                    continue
                }
            case .double:
                if byte == 0x22 {
                    return unsafe reader < end && !isSpace(text[reader]) ? nil : writer &- start
                }
                if byte == 0x5c && reader < end {
                    byte = unsafe escape(text, &reader)
                }
            case .single:
                if byte == 0x27 {
                    return unsafe reader < end && !isSpace(text[reader]) ? nil : writer &- start
                }
                if unsafe byte == 0x5c && reader < end && text[reader] == 0x27 {
                    byte = 0x27
                    reader &+= 1
                }
            }
            unsafe text[writer] = byte
            writer &+= 1
        }
        return quote == .none ? writer &- start : nil
    }

    /// The byte that the escape behind a backslash stands for; `reader` stands behind the backslash and not at the end.
    private static func escape(_ text: UnsafeMutableRawBufferPointer, _ reader: inout Int) -> UInt8 {
        let letter = unsafe text[reader]
        if letter == 0x78, reader &+ 2 < text.count, let high = unsafe hexadecimal(text[reader &+ 1]),
            let low = unsafe hexadecimal(text[reader &+ 2])
        {
            reader &+= 3
            return high &<< 4 | low
        }
        reader &+= 1
        switch letter {
        case 0x6e: return 0x0a
        case 0x72: return 0x0d
        case 0x74: return 0x09
        case 0x62: return 0x08
        case 0x61: return 0x07
        default: return letter
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x41 &+ 10
        case 0x61...0x66: byte &- 0x61 &+ 10
        default: nil
        }
    }

    /// isspace in the C locale.
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }
}
