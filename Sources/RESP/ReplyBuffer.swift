// Where replies are written: bytes, and references to values that are sent without a copy.
import Bytes
import Platform

/// The bytes of replies, with places between them where a shared value is to be sent. No deinitialiser: the owner calls
/// `deallocate()`.
@safe
@usableFromInline
package struct ReplyBuffer {
    @usableFromInline package var bytes: ByteBuffer
    /// `Reference` after `Reference`, by ascending offset.
    @usableFromInline var referenceList: ByteBuffer
    /// Commands that can reply as much as their clients please stop when more bytes than these are here: see
    /// `ReplyWriter.isFull`.
    @usableFromInline package var limit = Int.max
    /// One of them has stopped, so that its reply is not whole.
    @usableFromInline package var wasCut = false

    /// A value that is sent before the byte at `offset`.
    @safe
    @usableFromInline
    package struct Reference: BitwiseCopyable {
        package var offset: Int
        /// Of the `RetainedBytes`, which is not itself bitwise copyable to other rooms.
        @usableFromInline let address: UnsafeMutableRawPointer

        package var value: RetainedBytes { unsafe RetainedBytes(address: address) }
    }

    @inlinable
    package init() {
        bytes = ByteBuffer()
        referenceList = ByteBuffer()
    }

    /// Gives the memory and the references back and leaves an empty, usable buffer.
    @inlinable
    package mutating func deallocate() {
        if !referenceList.isEmpty { releaseReferences() }
        referenceList.deallocate()
        bytes.deallocate()
    }

    /// Forgets the replies, gives the references back and keeps the memory, unless it is more than so many bytes.
    @inlinable
    package mutating func clear(retainedCapacity: Int = 256 << 10) {
        if !referenceList.isEmpty { releaseReferences() }
        wasCut = false
        bytes.removeAll(keepingCapacity: bytes.capacity <= retainedCapacity)
    }

    @inlinable
    package var isEmpty: Bool { bytes.isEmpty }

    @inlinable
    package var hasReferences: Bool { !referenceList.isEmpty }

    package var referenceCount: Int { referenceList.count / MemoryLayout<Reference>.stride }

    package subscript(reference index: Int) -> Reference {
        get { referenceList.view.load(index &* MemoryLayout<Reference>.stride, as: Reference.self) }
        set {
            precondition(index >= 0 && index < referenceCount, "no such reference")
            let target = unsafe referenceList.base.unsafelyUnwrapped + index &* MemoryLayout<Reference>.stride
            unsafe target.storeBytes(of: newValue, as: Reference.self)
        }
    }

    /// Remembers that `value` is to be sent here. Keeps a reference of its own.
    package mutating func append(reference value: RetainedBytes) {
        value.retain()
        unsafe append(Reference(offset: bytes.count, address: value.address))
    }

    private mutating func append(_ reference: Reference) {
        let tail = unsafe referenceList.writableTail(minimum: MemoryLayout<Reference>.stride)
        unsafe tail.baseAddress.unsafelyUnwrapped.storeBytes(of: reference, as: Reference.self)
        referenceList.advance(by: MemoryLayout<Reference>.stride)
    }

    @usableFromInline
    mutating func releaseReferences() {
        for index in 0..<referenceCount { self[reference: index].value.release() }
        referenceList.removeAll(keepingCapacity: true)
    }

    /// What will go over the wire: the bytes and the values that are referenced.
    package var length: Int {
        var total = bytes.count
        for index in 0..<referenceCount { total &+= self[reference: index].value.count }
        return total
    }

    /// The memory in which all this lies, referenced values included.
    package var memoryBytes: Int { bytes.capacity &+ referenceList.capacity &+ length &- bytes.count }

    /// Appends the replies from `start` to `end` of another buffer, and the references between them.
    @inlinable
    package mutating func append(_ other: borrowing ReplyBuffer, from start: Int, to end: Int) {
        if other.hasReferences { return appendWithReferences(other, start..<end) }
        bytes.append(other.bytes.view[start..<end])
    }

    @usableFromInline
    mutating func appendWithReferences(_ other: borrowing ReplyBuffer, _ range: Range<Int>) {
        let start = bytes.count
        bytes.append(other.bytes.view[range])
        for index in 0..<other.referenceCount {
            var reference = other[reference: index]
            guard range.contains(reference.offset) else { continue }
            reference.value.retain()
            reference.offset = start &+ reference.offset &- range.lowerBound
            append(reference)
        }
    }

    /// Forgets what stands behind the first `count` bytes.
    package mutating func truncate(to count: Int) {
        bytes.truncate(to: count)
        var kept = referenceCount
        while kept > 0 && self[reference: kept &- 1].offset > count {
            kept &-= 1
            self[reference: kept].value.release()
        }
        referenceList.truncate(to: kept &* MemoryLayout<Reference>.stride)
    }

    /// Inserts bytes; references behind the place move with what they stand before.
    package mutating func insert(_ view: ByteView, at offset: Int) {
        bytes.insert(view, at: offset)
        for index in 0..<referenceCount where self[reference: index].offset > offset {
            self[reference: index].offset &+= view.count
        }
    }

    /// Calls `body` with the pieces of memory to be sent one after the other, the first `sent` bytes left out, at most
    /// `limit` of them. They stay valid until the buffer changes.
    package func forEachPiece(after sent: Int, limit: Int, _ body: (ByteView) -> Void) {
        var skip = sent
        var left = limit
        var from = 0
        func give(_ piece: ByteView) {
            if skip >= piece.count {
                skip &-= piece.count
            } else if left > 0 {
                body(piece.dropFirst(skip))
                skip = 0
                left &-= 1
            }
        }
        for index in 0..<referenceCount {
            let reference = self[reference: index]
            give(bytes.view[from..<reference.offset])
            give(reference.value.view)
            from = reference.offset
        }
        give(bytes.view[from..<bytes.count])
    }
}
