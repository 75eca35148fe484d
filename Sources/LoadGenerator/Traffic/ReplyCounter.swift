// Where does each reply end? Nothing is kept of them but that.
import Bytes
import Platform

/// Counts RESP2 and RESP3 replies in a stream that arrives in pieces. Out-of-band pushes are not counted.
package struct ReplyCounter {
    package enum Outcome {
        case reply
        /// A reply that is an error.
        case error
        /// The piece is used up.
        case more
        /// This is not RESP.
        case malformed
    }

    private enum State {
        case type, line, number, bulk
    }

    private var state = State.type
    private var type: UInt8 = 0
    private var number = 0
    private var isNegative = false
    /// Bytes of a bulk, its CR LF included, that are still to come.
    private var pending = 0
    /// Elements that the reply still lacks; 0 between replies.
    private var missing = 0
    private var isError = false
    private var isPush = false

    package init() {}

    /// Goes on at `position`, up to the end of one reply or of the piece.
    package mutating func next(_ piece: ByteView, _ position: inout Int) -> Outcome {
        while position < piece.count {
            let isWhole: Bool
            switch state {
            case .type:
                guard begin(piece[position]) else { return .malformed }
                position &+= 1
                continue
            case .line:
                guard let end = piece.firstIndex(of: 10, from: position) else {
                    position = piece.count
                    return .more
                }
                position = end &+ 1
                isWhole = endElement(containing: 0)
            case .number:
                switch readNumber(piece, &position) {
                case .none: return .malformed
                case .some(let ends):
                    if state == .number { return .more }
                    isWhole = ends
                }
            case .bulk:
                let taken = min(pending, piece.count &- position)
                position &+= taken
                pending &-= taken
                if pending > 0 { return .more }
                isWhole = endElement(containing: 0)
            }
            if isWhole {
                if isPush { continue }
                return isError ? .error : .reply
            }
        }
        return .more
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        if missing == 0 {
            missing = 1
            isError = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "!")
            isPush = byte == UInt8(ascii: ">")
        }
        type = byte
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: ","),
            UInt8(ascii: "#"), UInt8(ascii: "("):
            state = .line
        case UInt8(ascii: "$"), UInt8(ascii: "*"), UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "~"),
            UInt8(ascii: "%"), UInt8(ascii: ">"), UInt8(ascii: "|"):
            state = .number
            number = 0
            isNegative = false
        default: return false
        }
        return true
    }

    /// Reads a length. True if the reply ends with it; nil if it is no length. The state stays `.number` as long as the
    /// line is not over.
    private mutating func readNumber(_ piece: ByteView, _ position: inout Int) -> Bool? {
        while position < piece.count {
            let byte = piece[position]
            position &+= 1
            let digit = byte &- 48
            if digit <= 9 {
                guard number < 1 << 40 else { return nil }
                number = number &* 10 &+ Int(digit)
            } else if byte == 10 {
                return endNumber()
            } else if byte == UInt8(ascii: "-") {
                isNegative = true
            } else if byte != 13 {
                return nil
            }
        }
        return false
    }

    private mutating func endNumber() -> Bool {
        if isNegative { return endElement(containing: 0) }
        switch type {
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            pending = number &+ 2
            state = .bulk
            return false
        case UInt8(ascii: "%"): return endElement(containing: number &* 2)
        case UInt8(ascii: "|"):
            // Attributes stand before the element that they belong to.
            missing = missing &+ 1
            return endElement(containing: number &* 2)
        default: return endElement(containing: number)
        }
    }

    /// True if that was the last element of the reply.
    private mutating func endElement(containing elements: Int) -> Bool {
        state = .type
        missing = missing &- 1 &+ elements
        return missing == 0
    }
}
