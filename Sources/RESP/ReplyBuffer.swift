// Where replies are written: bytes, and references to values that are sent without a copy.
import Bytes
import Platform

/// No deinitialiser: the owner calls `deallocate()`, having released the references.
@safe
@usableFromInline
package struct ReplyBuffer {
    @usableFromInline package var bytes: ByteBuffer

    @inlinable
    package init() {
        bytes = ByteBuffer()
    }

    @inlinable
    package mutating func deallocate() {
        bytes.deallocate()
    }
}

extension ReplyBuffer {
    /// Forgets the replies and keeps the memory, unless it is more than 256 KiB.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 256 << 10)
    }

    /// Appends the replies from `start` to `end` of another buffer.
    package mutating func append(_ other: borrowing ReplyBuffer, from start: Int, to end: Int) {
        bytes.append(other.bytes.view.dropFirst(start).prefix(end - start))
    }
}
