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
