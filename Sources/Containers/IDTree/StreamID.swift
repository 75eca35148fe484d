// The place of an entry in a stream.
import Bytes

/// Milliseconds and a sequence number within them, ordered as one number of 128 bits.
@usableFromInline
package struct StreamID: BitwiseCopyable, Comparable, Hashable {
    @usableFromInline package var milliseconds: UInt64
    @usableFromInline package var sequence: UInt64

    @inlinable
    package init(_ milliseconds: UInt64, _ sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    @inlinable package static var zero: StreamID { StreamID(0, 0) }
    @inlinable package static var maximum: StreamID { StreamID(.max, .max) }

    @inlinable
    @inline(__always)
    package static func < (left: StreamID, right: StreamID) -> Bool {
        left.milliseconds < right.milliseconds
            || (left.milliseconds == right.milliseconds && left.sequence < right.sequence)
    }

    @inlinable
    @inline(__always)
    package static func == (left: StreamID, right: StreamID) -> Bool {
        left.milliseconds == right.milliseconds && left.sequence == right.sequence
    }

    /// The one behind it; nil: this is the last.
    @inlinable
    package var next: StreamID? {
        if sequence != .max { return StreamID(milliseconds, sequence &+ 1) }
        return milliseconds == .max ? nil : StreamID(milliseconds &+ 1, 0)
    }

    /// The one before it; nil: this is the first.
    @inlinable
    package var previous: StreamID? {
        if sequence != 0 { return StreamID(milliseconds, sequence &- 1) }
        return milliseconds == 0 ? nil : StreamID(milliseconds &- 1, .max)
    }
}
