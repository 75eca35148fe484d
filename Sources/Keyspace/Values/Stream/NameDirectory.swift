// Blocks with names, in the order of their names: the groups of a stream, the consumers of a group.
import Bytes
import Platform

/// The beginning of such a block: the address of the name's bytes and their number.
@safe
struct NamedBlock {
    let base: UnsafeMutableRawPointer

    static var headSize: Int { 16 }

    var name: ByteView {
        unsafe ByteView(
            base: base.load(as: UnsafeRawPointer.self), count: base.load(fromByteOffset: 8, as: Int.self))
    }

    /// What a block of `size` bytes takes with its name.
    func memoryBytes(size: Int) -> Int { Allocator.sizeClass(max(1, name.count)) + Allocator.sizeClass(size) }

    /// A block of `size` bytes with its head filled in.
    static func create(_ name: ByteView, size: Int, _ bytes: inout Int) -> NamedBlock {
        let block = unsafe NamedBlock(base: Allocator.allocate(size))
        let nameSize = Allocator.sizeClass(max(1, name.count))
        let text = unsafe Allocator.allocate(nameSize)
        unsafe ByteMemory.copy(text, name.base, name.count)
        unsafe block.base.storeBytes(of: UnsafeRawPointer(text), as: UnsafeRawPointer.self)
        unsafe block.base.storeBytes(of: name.count, toByteOffset: 8, as: Int.self)
        bytes += nameSize + Allocator.sizeClass(size)
        return block
    }

    func deallocate(size: Int, _ bytes: inout Int) {
        let nameSize = Allocator.sizeClass(max(1, name.count))
        unsafe Allocator.deallocate(base.load(as: UnsafeMutableRawPointer.self), size: nameSize)
        unsafe Allocator.deallocate(base, size: size)
        bytes -= nameSize + Allocator.sizeClass(size)
    }
}

/// A sorted array of the addresses of named blocks. What it allocates is added to `bytes`.
@safe
struct NameDirectory {
    private var base: UnsafeMutablePointer<UnsafeMutableRawPointer>?
    private(set) var count = 0
    private var capacity = 0

    init() { unsafe base = nil }

    var memoryBytes: Int { capacity * 8 }

    func block(_ index: Int) -> UnsafeMutableRawPointer {
        precondition(index >= 0 && index < count, "no such block")
        return unsafe base.unsafelyUnwrapped[index]
    }

    /// Where the name is, or would be.
    func find(_ name: ByteView) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) &>> 1
            let order = unsafe NamedBlock(base: block(middle)).name.compare(name)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle &+ 1 } else { high = middle }
        }
        return (low, false)
    }

    mutating func insert(_ address: UnsafeMutableRawPointer, at index: Int, _ bytes: inout Int) {
        precondition(index >= 0 && index <= count, "no such place")
        if count == capacity { grow(&bytes) }
        let place = unsafe base.unsafelyUnwrapped + index
        if index < count {
            unsafe UnsafeMutableRawPointer(place + 1).copyMemory(from: place, byteCount: (count - index) * 8)
        }
        unsafe place.initialize(to: address)
        count += 1
    }

    mutating func remove(at index: Int, _ bytes: inout Int) {
        precondition(index >= 0 && index < count, "no such block")
        count -= 1
        let place = unsafe base.unsafelyUnwrapped + index
        if index < count {
            unsafe UnsafeMutableRawPointer(place).copyMemory(from: place + 1, byteCount: (count - index) * 8)
        }
        if count == 0 { deallocate(&bytes) }
    }

    private mutating func grow(_ bytes: inout Int) {
        let size = Allocator.sizeClass(max(8, capacity * 16))
        bytes += size - capacity * 8
        if let base = unsafe base {
            let moved = unsafe Allocator.reallocate(UnsafeMutableRawPointer(base), to: size)
            unsafe self.base = unsafe moved.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
        } else {
            unsafe base = unsafe Allocator.allocate(size).assumingMemoryBound(to: UnsafeMutableRawPointer.self)
        }
        capacity = size / 8
    }

    private mutating func deallocate(_ bytes: inout Int) {
        if let base = unsafe base { unsafe Allocator.deallocate(UnsafeMutableRawPointer(base), size: capacity * 8) }
        bytes -= capacity * 8
        unsafe base = nil
        capacity = 0
    }
}
