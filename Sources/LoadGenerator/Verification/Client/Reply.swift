// Replies as values.
import Bytes

/// One reply, RESP2 or RESP3. Sets are arrays, maps are arrays of keys and values in turn.
package enum Reply: Equatable, Sendable {
    case simple(String)
    case error(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case bulk([UInt8])
    case null
    case array([Reply])

    package var isNull: Bool { self == .null }
    package var isOK: Bool { self == .simple("OK") }
    package var isQueued: Bool { self == .simple("QUEUED") }

    /// The first word of an error: "WRONGTYPE".
    package var errorCode: String? {
        guard case .error(let text) = self else { return nil }
        return String(text.prefix { $0 != " " })
    }

    /// An integer, or a string that is one.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .bulk(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The bytes of a string.
    package var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes): bytes
        case .simple(let text): Array(text.utf8)
        default: nil
        }
    }

    package var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    package var elements: [Reply]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}

extension Reply: CustomStringConvertible {
    /// As it is shown to people; long strings are cut.
    package var description: String {
        switch self {
        case .simple(let text): text
        case .error(let text): "error '\(text)'"
        case .integer(let value): "\(value)"
        case .double(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .null: "nil"
        case .bulk(let bytes) where bytes.count > 64:
            "\"\(String(decoding: bytes.prefix(48), as: UTF8.self))…\" (\(bytes.count) bytes)"
        case .bulk(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
        }
    }
}

extension Reply {
    /// Reads the one reply that stands at `position`, pushes and attributes before it left out; nil if it is no RESP.
    /// - Precondition: all of it is there, as `ReplyCounter` has found.
    static func read(_ input: ByteView, _ position: inout Int) -> Reply? {
        guard let line = input.line(&position), let type = line.first else { return nil }
        let rest = line.dropFirst()
        switch type {
        case UInt8(ascii: "+"): return .simple(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: ":"): return Int64(String(decoding: rest, as: UTF8.self)).map { .integer($0) }
        case UInt8(ascii: ","): return Double(String(decoding: rest, as: UTF8.self)).map { .double($0) }
        case UInt8(ascii: "("): return .bulk(Array(rest))
        case UInt8(ascii: "#"): return .boolean(rest.first == UInt8(ascii: "t"))
        case UInt8(ascii: "_"): return .null
        default: break
        }
        guard let length = Int(String(decoding: rest, as: UTF8.self)) else { return nil }
        if length < 0 { return .null }
        switch type {
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            guard let end = input.end(of: length, from: position) else { return nil }
            let bytes = input[position..<end].bytes
            position = end + 2
            return type == UInt8(ascii: "!") ? .error(String(decoding: bytes, as: UTF8.self)) : .bulk(bytes)
        case UInt8(ascii: "*"), UInt8(ascii: "~"): return array(length, input, &position)
        case UInt8(ascii: "%"): return array(length * 2, input, &position)
        case UInt8(ascii: ">"), UInt8(ascii: "|"):
            let elements = type == UInt8(ascii: "|") ? length * 2 : length
            guard array(elements, input, &position) != nil else { return nil }
            return read(input, &position)
        default: return nil
        }
    }

    /// Reads the push that stands at `position`; nil if there is none.
    static func readPush(_ input: ByteView, _ position: inout Int) -> Reply? {
        guard position < input.count, input[position] == UInt8(ascii: ">") else { return nil }
        var end = position
        guard let line = input.line(&end), let length = Int(String(decoding: line.dropFirst(), as: UTF8.self)),
            let push = array(length, input, &end)
        else { return nil }
        position = end
        return push
    }

    private static func array(_ length: Int, _ input: ByteView, _ position: inout Int) -> Reply? {
        // Every element takes three bytes at least.
        guard length <= input.count else { return nil }
        var elements: [Reply] = []
        elements.reserveCapacity(length)
        for _ in 0..<length {
            guard let element = read(input, &position) else { return nil }
            elements.append(element)
        }
        return .array(elements)
    }
}

extension ByteView {
    /// The line at `position` without its end, which is left behind; nil if there is none.
    fileprivate func line(_ position: inout Int) -> [UInt8]? {
        var end = position
        while end < count, self[end] != 13 { end += 1 }
        guard end + 1 < count, self[end + 1] == 10 else { return nil }
        defer { position = end + 2 }
        return self[position..<end].bytes
    }

    /// Where `length` bytes from `position` end, if they and a line's end are there.
    fileprivate func end(of length: Int, from position: Int) -> Int? {
        guard length <= count - position - 2 else { return nil }
        let end = position + length
        return self[end] == 13 && self[end + 1] == 10 ? end : nil
    }
}
