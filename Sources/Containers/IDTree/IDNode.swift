// A node of an ID tree: a sorted array of IDs, each with an address.
import Platform

/// The address of a node: number and capacity of the pairs (4 bytes each), the leaves before and behind it (8 each),
/// then pairs of ID (16) and address (8). In a leaf the addresses are what the tree was given, in an inner node those
/// of children, whose IDs are not below the one beside them; the first child's ID says nothing.
@safe
@usableFromInline
struct IDNode {
    @usableFromInline let base: UnsafeMutableRawPointer

    @usableFromInline static var headSize: Int { 24 }
    @usableFromInline static var pairSize: Int { 24 }
    /// The pairs of a full leaf (512 bytes) and of an inner node (1 KB).
    @usableFromInline static var leafCapacity: Int { 20 }
    static var innerCapacity: Int { 41 }

    /// - Precondition: a node is there.
    @inlinable
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    static func create(capacity: Int) -> IDNode {
        let node = unsafe IDNode(Allocator.allocate(size(capacity)))
        unsafe node.base.storeBytes(of: UInt32(truncatingIfNeeded: capacity), toByteOffset: 4, as: UInt32.self)
        node.count = 0
        node.previous = nil
        node.next = nil
        return node
    }

    static func size(_ capacity: Int) -> Int { Allocator.sizeClass(headSize + pairSize * capacity) }

    /// The smallest capacity of a lone leaf that holds so many pairs: 1, 4, 9 or 20.
    static func leafCapacity(for count: Int) -> Int { count <= 1 ? 1 : count <= 4 ? 4 : count <= 9 ? 9 : leafCapacity }

    func deallocate() { unsafe Allocator.deallocate(base, size: memoryBytes) }

    var memoryBytes: Int { IDNode.size(capacity) }

    // MARK: - The head

    @inlinable
    var count: Int {
        @inline(__always) get { unsafe Int(base.load(as: UInt32.self)) }
        nonmutating set { unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: newValue), as: UInt32.self) }
    }

    @inlinable var capacity: Int { unsafe Int(base.load(fromByteOffset: 4, as: UInt32.self)) }

    @inlinable
    var previous: IDNode? {
        get { unsafe base.load(fromByteOffset: 8, as: UnsafeMutableRawPointer?.self).map { unsafe IDNode($0) } }
        nonmutating set {
            unsafe base.storeBytes(of: newValue?.base, toByteOffset: 8, as: UnsafeMutableRawPointer?.self)
        }
    }

    @inlinable
    var next: IDNode? {
        get { unsafe base.load(fromByteOffset: 16, as: UnsafeMutableRawPointer?.self).map { unsafe IDNode($0) } }
        nonmutating set {
            unsafe base.storeBytes(of: newValue?.base, toByteOffset: 16, as: UnsafeMutableRawPointer?.self)
        }
    }

    // MARK: - Pairs

    @inlinable
    @inline(__always)
    func place(_ index: Int) -> UnsafeMutableRawPointer {
        precondition(index >= 0 && index < count, "no such pair")
        return unsafe base + (IDNode.headSize &+ index &* IDNode.pairSize)
    }

    @inlinable
    @inline(__always)
    func id(_ index: Int) -> StreamID {
        let place = unsafe place(index)
        return unsafe StreamID(place.load(as: UInt64.self), place.load(fromByteOffset: 8, as: UInt64.self))
    }

    @inlinable
    @inline(__always)
    func address(_ index: Int) -> UnsafeMutableRawPointer {
        unsafe place(index).load(fromByteOffset: 16, as: UnsafeMutableRawPointer.self)
    }

    @inlinable
    func setAddress(_ index: Int, _ address: UnsafeMutableRawPointer) {
        unsafe place(index).storeBytes(of: address, toByteOffset: 16, as: UnsafeMutableRawPointer.self)
    }

    func child(_ index: Int) -> IDNode { unsafe IDNode(address(index)) }

    /// - Precondition: there is room.
    @inlinable
    @inline(__always)
    func insert(_ id: StreamID, _ address: UnsafeMutableRawPointer, at index: Int) {
        let old = count
        precondition(old < capacity && index >= 0 && index <= old, "no room for a pair")
        count = old &+ 1
        let place = unsafe place(index)
        if index < old {
            unsafe (place + IDNode.pairSize).copyMemory(from: place, byteCount: (old &- index) &* IDNode.pairSize)
        }
        unsafe place.storeBytes(of: id.milliseconds, as: UInt64.self)
        unsafe place.storeBytes(of: id.sequence, toByteOffset: 8, as: UInt64.self)
        unsafe place.storeBytes(of: address, toByteOffset: 16, as: UnsafeMutableRawPointer.self)
    }

    func remove(at index: Int) {
        let place = unsafe place(index)
        let behind = count &- index &- 1
        if behind > 0 { unsafe place.copyMemory(from: place + IDNode.pairSize, byteCount: behind &* IDNode.pairSize) }
        count = count &- 1
    }

    /// Moves the pairs from `index` on behind those of another node.
    func moveTail(from index: Int, to other: IDNode) {
        let moved = count &- index
        let old = other.count
        precondition(moved >= 0 && old &+ moved <= other.capacity, "no room for the pairs")
        if moved > 0 {
            other.count = old &+ moved
            unsafe other.place(old).copyMemory(from: place(index), byteCount: moved &* IDNode.pairSize)
        }
        count = index
    }

    // MARK: - Searching

    /// The index of the first pair whose ID is not below `id`; `count` if there is none.
    @inlinable
    func lowerBound(_ id: StreamID) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) &>> 1
            if self.id(middle) < id { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// The index of the child below which `id` is, or would be.
    @inlinable
    func childIndex(_ id: StreamID) -> Int {
        var low = 1
        var high = count
        while low < high {
            let middle = (low &+ high) &>> 1
            if id < self.id(middle) { high = middle } else { low = middle &+ 1 }
        }
        return low &- 1
    }
}
