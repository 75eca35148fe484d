// Walks over finished replies: where does each one end?
import Bytes

/// Steps through RESP2 and RESP3 bytes, reply by reply, without building anything. For bytes that this server wrote;
/// malformed ones end the walk.
@safe
package struct ReplyCursor {
    let bytes: ByteView
    /// Where the next reply begins.
    package private(set) var position: Int

    package init(_ bytes: ByteView, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    package var isAtEnd: Bool { position >= bytes.count }

    /// The next reply with all it contains, and moves behind it; nil if it is not complete.
    package mutating func next() -> ByteView? {
        let start = position
        var left = 1
        var place = position
        while left > 0 {
            guard let (behind, contained) = element(at: place) else { return nil }
            place = behind
            left = left &- 1 &+ contained
        }
        position = place
        return bytes[start..<place]
    }

    /// If the next reply is an aggregate: moves behind its header and returns how many replies it contains.
    package mutating func enter() -> Int? {
        guard position < bytes.count, ReplyCursor.isAggregate(bytes[position]),
            let (behind, contained) = element(at: position)
        else { return nil }
        position = behind
        return contained
    }

    private static func isAggregate(_ type: UInt8) -> Bool {
        switch type {
        case RESPByte.asterisk, RESPByte.tilde, RESPByte.greater, RESPByte.percent: true
        default: false
        }
    }

    /// Where the element at `start` ends (an aggregate: its header), and how many replies it contains.
    private func element(at start: Int) -> (behind: Int, contained: Int)? {
        guard start < bytes.count, let end = bytes.firstIndex(of: RESPByte.lineFeed, from: start) else { return nil }
        let behind = end &+ 1
        let type = bytes[start]
        switch type {
        case RESPByte.dollar, RESPByte.equals, RESPByte.exclamation:
            guard let length = number(start, end) else { return nil }
            if length < 0 { return (behind, 0) }
            let stop = behind.addingReportingOverflow(length &+ 2)
            return stop.overflow || stop.partialValue > bytes.count ? nil : (stop.partialValue, 0)
        case RESPByte.asterisk, RESPByte.tilde, RESPByte.greater:
            guard let count = number(start, end) else { return nil }
            return (behind, max(0, count))
        case RESPByte.percent:
            guard let count = number(start, end) else { return nil }
            return (behind, max(0, count) &* 2)
        case RESPByte.bar:
            // The attributes stand before the reply that they belong to.
            guard let count = number(start, end) else { return nil }
            return (behind, max(0, count) &* 2 &+ 1)
        default:
            return (behind, 0)
        }
    }

    /// The number between the type byte and CR LF; small enough to be added to and doubled.
    private func number(_ start: Int, _ end: Int) -> Int? {
        guard end &- start >= 2, let value = IntegerText.parse(bytes[start &+ 1..<end &- 1]), value < 1 << 48 else {
            return nil
        }
        return Int(value)
    }
}
