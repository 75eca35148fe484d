// A large string that a value and replies under way may share: reference-counted, with room to grow.
import Platform

/// A reference to a block of counter, length, capacity and bytes. Copies of the struct are not counted: every kept copy
/// needs a `retain`, matched by a `release`. Any thread may release; only a holder that is alone may write.
@safe
@usableFromInline
package struct RetainedBytes {
    @usableFromInline package let address: UnsafeMutableRawPointer

    /// Counter, length and capacity.
    @usableFromInline static var headerBytes: Int { 24 }

    /// The reference that `address` was taken from.
    @inlinable
    @unsafe
    package init(address: UnsafeMutableRawPointer) {
        unsafe self.address = unsafe address
    }

    /// An empty block with room for `capacity` bytes or a little more, and one reference.
    package static func create(capacity: Int) -> RetainedBytes {
        let size = Allocator.sizeClass(headerBytes + capacity)
        let address = unsafe Allocator.allocate(size)
        unsafe AtomicCounter.initialize(at: address)
        unsafe address.storeBytes(of: 0, toByteOffset: 8, as: Int.self)
        unsafe address.storeBytes(of: size - headerBytes, toByteOffset: 16, as: Int.self)
        return unsafe RetainedBytes(address: address)
    }

    /// A block with a copy of `view` and one reference.
    @usableFromInline
    package static func create(copying view: ByteView, capacity: Int = 0) -> RetainedBytes {
        let block = create(capacity: max(capacity, view.count))
        unsafe ByteMemory.copy(block.start, view.base, view.count)
        block.setCount(view.count)
        return block
    }

    package func retain() {
        unsafe AtomicCounter(at: address).increment()
    }

    package func release() {
        if unsafe AtomicCounter(at: address).decrement() {
            unsafe Allocator.deallocate(address, size: RetainedBytes.headerBytes + capacity)
        }
    }

    /// Moves the block if nobody else holds it and that is worth it; returns where it is now.
    package func relocated(_ mover: inout BlockMover) -> RetainedBytes? {
        guard isUnique, let moved = unsafe mover.relocate(address, size: memoryBytes) else { return nil }
        return unsafe RetainedBytes(address: moved)
    }

    /// True if nobody else holds the block: the holder may write.
    package var isUnique: Bool { unsafe AtomicCounter(at: address).isOne }

    @inlinable package var count: Int { unsafe address.load(fromByteOffset: 8, as: Int.self) }
    @inlinable package var capacity: Int { unsafe address.load(fromByteOffset: 16, as: Int.self) }

    /// What the allocator gave for the block.
    @inlinable package var memoryBytes: Int { RetainedBytes.headerBytes &+ capacity }

    /// Where the bytes begin.
    @inlinable package var start: UnsafeMutableRawPointer { unsafe address + RetainedBytes.headerBytes }

    @inlinable package var view: ByteView { unsafe ByteView(base: start, count: count) }

    /// Says how many of the bytes count.
    /// - Precondition: at most `capacity`; the holder is alone and has written them.
    package func setCount(_ count: Int) {
        precondition(count >= 0 && count <= capacity, "more bytes than there is room for")
        unsafe address.storeBytes(of: count, toByteOffset: 8, as: Int.self)
    }

    /// A block that may be written and has room for `capacity` bytes: this one, this one moved, or a copy. The
    /// reference of the receiver is given up.
    package func writable(capacity wanted: Int) -> RetainedBytes {
        if !isUnique {
            let copy = RetainedBytes.create(copying: view, capacity: wanted)
            release()
            return copy
        }
        if wanted <= capacity { return self }
        let size = Allocator.sizeClass(RetainedBytes.headerBytes + wanted)
        let moved = unsafe RetainedBytes(address: Allocator.reallocate(address, to: size))
        unsafe moved.address.storeBytes(of: size - RetainedBytes.headerBytes, toByteOffset: 16, as: Int.self)
        return moved
    }
}
