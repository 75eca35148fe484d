// Growable bytes in raw memory.
import Platform

/// Owns its block, but has no deinitialiser: it lives inside structs in raw memory, whose owner calls `deallocate()`
/// once. Copying the struct does not copy the bytes; only one copy may be used.
@safe
@usableFromInline
package struct ByteBuffer {
    /// The block; nil while `capacity` is 0.
    @usableFromInline package var base: UnsafeMutableRawPointer?
    @usableFromInline package var count: Int
    @usableFromInline package var capacity: Int

    @inlinable
    package init() {
        unsafe base = nil
        count = 0
        capacity = 0
    }

    /// Gives the memory back and leaves an empty, usable buffer.
    @inlinable
    package mutating func deallocate() {
        if let block = unsafe base { unsafe Allocator.deallocate(block, size: capacity) }
        unsafe base = nil
        count = 0
        capacity = 0
    }

    /// The bytes; valid until the buffer changes.
    @inlinable
    package var view: ByteView {
        guard let base = unsafe base else { return .empty }
        return unsafe ByteView(base: UnsafeRawPointer(base), count: count)
    }

    @inlinable
    package var isEmpty: Bool { count == 0 }

    /// Makes room for `extra` more bytes, so that appending them does not allocate.
    @inlinable
    @inline(__always)
    package mutating func reserve(_ extra: Int) {
        if capacity &- count < extra { grow(extra) }
    }

    @usableFromInline
    @inline(never)
    mutating func grow(_ extra: Int) {
        let (needed, overflow) = count.addingReportingOverflow(extra)
        precondition(!overflow && needed <= 1 << 46, "a buffer of that size cannot be")
        // Doubling, but big buffers by an eighth: a large value that is being received should not cost twice its size.
        let wanted = capacity < 1 << 20 ? capacity &* 2 : capacity &+ capacity &>> 3
        let size = Allocator.sizeClass(max(needed, wanted, 64))
        if let block = unsafe base {
            unsafe base = unsafe Allocator.reallocate(block, to: size)
        } else {
            unsafe base = unsafe Allocator.allocate(size)
        }
        capacity = size
    }

    @inlinable
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base.unsafelyUnwrapped.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    /// - Precondition: `view` is not a view of this buffer.
    @inlinable
    package mutating func append(_ view: ByteView) {
        if view.count == 0 { return }
        reserve(view.count)
        unsafe ByteMemory.copy(base.unsafelyUnwrapped + count, view.base, view.count)
        count &+= view.count
    }

    @inlinable
    package mutating func append(_ text: StaticString) { append(ByteView(text)) }

    /// For paths that are not hot.
    @_disfavoredOverload
    package mutating func append(_ text: String) {
        for byte in text.utf8 { append(byte) }
    }

    /// For paths that are not hot.
    package mutating func append(_ bytes: [UInt8]) {
        ByteView.withView(bytes) { append($0) }
    }

    /// Appends the decimal text of `value`.
    @inlinable
    package mutating func append(decimal value: Int64) {
        reserve(IntegerText.maximumLength)
        unsafe count &+= IntegerText.write(value, to: base.unsafelyUnwrapped + count)
    }

    /// Appends `length` zero bytes.
    package mutating func append(zeros length: Int) {
        precondition(length >= 0, "negative length")
        if length == 0 { return }
        reserve(length)
        unsafe (base.unsafelyUnwrapped + count).initializeMemory(as: UInt8.self, repeating: 0, count: length)
        count &+= length
    }

    /// The free memory behind the bytes, at least `minimum` long, for a reader to fill; then `advance(by:)`.
    @inlinable
    package mutating func writableTail(minimum: Int) -> UnsafeMutableRawBufferPointer {
        precondition(minimum > 0, "an empty tail cannot be written")
        reserve(minimum)
        return unsafe UnsafeMutableRawBufferPointer(start: base.unsafelyUnwrapped + count, count: capacity &- count)
    }

    /// Counts in `length` bytes that were written to the tail.
    @inlinable
    package mutating func advance(by length: Int) {
        precondition(length >= 0 && length <= capacity &- count, "more than the tail holds")
        count &+= length
    }

    /// Drops the first `length` bytes and moves the rest to the front.
    @inlinable
    package mutating func removeFirst(_ length: Int) {
        precondition(length >= 0 && length <= count, "more than the buffer holds")
        if length == 0 { return }
        let rest = count &- length
        if rest > 0, let base = unsafe base { unsafe base.copyMemory(from: base + length, byteCount: rest) }
        count = rest
    }

    /// Drops everything behind the first `length` bytes.
    @inlinable
    package mutating func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "more than the buffer holds")
        count = length
    }

    @inlinable
    package mutating func removeAll(keepingCapacity: Bool) {
        if keepingCapacity { count = 0 } else { deallocate() }
    }

    /// Moves what stands at `offset` back by `length` bytes; the gap has undefined contents and is to be overwritten.
    package mutating func openGap(at offset: Int, length: Int) {
        precondition(offset >= 0 && offset <= count && length >= 0, "a gap outside the buffer")
        if length == 0 { return }
        reserve(length)
        let place = unsafe base.unsafelyUnwrapped + offset
        unsafe (place + length).copyMemory(from: place, byteCount: count &- offset)
        count &+= length
    }

    /// Inserts the bytes of `view`, which is not a view of this buffer.
    package mutating func insert(_ view: ByteView, at offset: Int) {
        openGap(at: offset, length: view.count)
        overwrite(at: offset, view)
    }

    /// Replaces the bytes at `offset` by those of `view`, which is not a view of this buffer.
    @inlinable
    package mutating func overwrite(at offset: Int, _ view: ByteView) {
        precondition(offset >= 0 && view.count <= count &- offset, "outside the buffer")
        if view.count == 0 { return }
        unsafe ByteMemory.copy(base.unsafelyUnwrapped + offset, view.base, view.count)
    }
}
