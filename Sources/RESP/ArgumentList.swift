// The arguments of a round's commands: views into the read buffer, one behind the other in raw memory.
import Bytes
import Platform

/// Commands share one list: whoever parses a command remembers `count` before it as the command's start. No
/// deinitialiser: the owner calls `deallocate()`.
@safe
@usableFromInline
package struct ArgumentList {
    @usableFromInline var base: UnsafeMutableRawPointer?
    @usableFromInline package private(set) var count: Int
    @usableFromInline var capacity: Int

    @inlinable
    package init() {
        unsafe base = nil
        count = 0
        capacity = 0
    }

    @inlinable
    package mutating func deallocate() {
        if let block = unsafe base { unsafe Allocator.deallocate(block, size: capacity &* ArgumentList.stride) }
        self = ArgumentList()
    }

    @inlinable
    static var stride: Int { MemoryLayout<ByteView>.stride }

    @inlinable
    package subscript(index: Int) -> ByteView {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such argument")
            return unsafe base.unsafelyUnwrapped.load(fromByteOffset: index &* ArgumentList.stride, as: ByteView.self)
        }
        set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such argument")
            unsafe base.unsafelyUnwrapped.storeBytes(
                of: newValue, toByteOffset: index &* ArgumentList.stride, as: ByteView.self)
        }
    }

    @inlinable
    package mutating func append(_ view: ByteView) {
        reserve(1)
        appendReserved(view)
    }

    /// How many arguments can be appended without growing.
    @inlinable
    var free: Int { capacity &- count }

    /// Where the next argument goes; there is room for it only if `free` says so.
    @inlinable
    var tail: UnsafeMutableRawPointer { unsafe base.unsafelyUnwrapped + count &* ArgumentList.stride }

    /// Counts in arguments that were stored at `tail`.
    @inlinable
    mutating func advance(by length: Int) { count &+= length }

    /// Appends where room has been made by `reserve(_:)`.
    @inlinable
    mutating func appendReserved(_ view: ByteView) {
        unsafe base.unsafelyUnwrapped.storeBytes(
            of: view, toByteOffset: count &* ArgumentList.stride, as: ByteView.self)
        count &+= 1
    }

    @inlinable
    package mutating func reserve(_ extra: Int) {
        if capacity &- count < extra { grow(extra) }
    }

    @usableFromInline
    @inline(never)
    mutating func grow(_ extra: Int) {
        let wanted = max(count &+ extra, capacity &* 2, 32)
        let size = Allocator.sizeClass(wanted &* ArgumentList.stride)
        if let block = unsafe base {
            unsafe base = unsafe Allocator.reallocate(block, to: size)
        } else {
            unsafe base = unsafe Allocator.allocate(size)
        }
        capacity = size / ArgumentList.stride
    }

    /// Forgets all arguments and keeps the memory, unless it is more than `retainedCapacity` arguments.
    @inlinable
    package mutating func clear(retainedCapacity: Int = 16_384) {
        if capacity > retainedCapacity { deallocate() }
        count = 0
    }

    /// Forgets the arguments from `start` on.
    @inlinable
    package mutating func truncate(to start: Int) {
        precondition(start >= 0 && start <= count, "no such argument")
        count = start
    }

    /// The caller has moved the bytes that the arguments from `start` on lie in by `delta` bytes of address.
    package mutating func rebase(from start: Int, by delta: Int) {
        precondition(start >= 0 && start <= count, "no such argument")
        var index = start
        while index < count {
            let view = self[index]
            self[index] = unsafe ByteView(base: view.base + delta, count: view.count)
            index &+= 1
        }
    }

    /// The caller has moved the bytes that lay in `source` to `target`: arguments from `start` on that lie there
    /// follow, others (received elsewhere) stay.
    package mutating func rebase(
        from start: Int, movedFrom source: UnsafeRawPointer, count length: Int, to target: UnsafeRawPointer
    ) {
        precondition(start >= 0 && start <= count, "no such argument")
        var index = start
        while index < count {
            let view = self[index]
            let offset = unsafe UInt(bitPattern: view.base) &- UInt(bitPattern: source)
            if offset <= UInt(bitPattern: length) {
                self[index] = unsafe ByteView(base: target + Int(bitPattern: offset), count: view.count)
            }
            index &+= 1
        }
    }
}
