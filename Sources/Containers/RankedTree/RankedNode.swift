// The nodes of a ranked tree: leaves with scores and members, and inner nodes that count what is below them.
import Platform

/// A leaf. Layout: the number of entries and the capacity (4 bytes each), the leaf before and the one behind (8 bytes
/// each), 8 bytes of nothing, then entries of 16 bytes: score and element.
@safe
@usableFromInline
struct RankedLeaf {
    @usableFromInline let base: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    /// Entries of a leaf that has siblings; one that is alone grows to this by doubling.
    static var fullCapacity: Int { 62 }
    static var smallestCapacity: Int { 6 }
    @inlinable static var headerSize: Int { 32 }

    static func size(_ capacity: Int) -> Int { headerSize &+ capacity &* 16 }

    static func create(capacity: Int) -> RankedLeaf {
        let leaf = unsafe RankedLeaf(Allocator.allocate(size(capacity)))
        unsafe leaf.base.initializeMemory(as: UInt8.self, repeating: 0, count: headerSize)
        unsafe leaf.base.storeBytes(of: UInt32(truncatingIfNeeded: capacity), toByteOffset: 4, as: UInt32.self)
        return leaf
    }

    func deallocate() { unsafe Allocator.deallocate(base, size: RankedLeaf.size(capacity)) }

    var memoryBytes: Int { Allocator.sizeClass(RankedLeaf.size(capacity)) }

    @inlinable
    var count: Int {
        @inline(__always) get { unsafe Int(base.load(as: UInt32.self)) }
        nonmutating set { unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: newValue), as: UInt32.self) }
    }

    var capacity: Int { unsafe Int(base.load(fromByteOffset: 4, as: UInt32.self)) }
    var isFull: Bool { count == capacity }

    @inlinable
    var previous: RankedLeaf? {
        get { unsafe base.load(fromByteOffset: 8, as: UnsafeMutableRawPointer?.self).map { unsafe RankedLeaf($0) } }
        nonmutating set {
            unsafe base.storeBytes(of: newValue?.base, toByteOffset: 8, as: UnsafeMutableRawPointer?.self)
        }
    }

    @inlinable
    var next: RankedLeaf? {
        get { unsafe base.load(fromByteOffset: 16, as: UnsafeMutableRawPointer?.self).map { unsafe RankedLeaf($0) } }
        nonmutating set {
            unsafe base.storeBytes(of: newValue?.base, toByteOffset: 16, as: UnsafeMutableRawPointer?.self)
        }
    }

    @inlinable
    @inline(__always)
    func entry(_ index: Int) -> UnsafeMutableRawPointer { unsafe base + (RankedLeaf.headerSize &+ index &* 16) }

    @inlinable
    @inline(__always)
    func score(_ index: Int) -> Double { unsafe entry(index).load(as: Double.self) }

    @inlinable
    @inline(__always)
    func element(_ index: Int) -> RankedElement {
        unsafe RankedElement(entry(index).load(fromByteOffset: 8, as: UnsafeMutableRawPointer.self))
    }

    func store(_ element: RankedElement, score: Double, at index: Int) {
        let target = unsafe entry(index)
        unsafe target.storeBytes(of: score, as: Double.self)
        unsafe target.storeBytes(of: element.base, toByteOffset: 8, as: UnsafeMutableRawPointer.self)
    }

    /// - Precondition: the leaf is not full.
    func insert(_ element: RankedElement, score: Double, at index: Int) {
        let count = self.count
        precondition(index <= count && count < capacity, "no room in the leaf")
        unsafe entry(index &+ 1).copyMemory(from: entry(index), byteCount: (count &- index) &* 16)
        store(element, score: score, at: index)
        self.count = count &+ 1
    }

    func remove(at index: Int, count removed: Int) {
        let count = self.count
        precondition(index &+ removed <= count, "not in the leaf")
        unsafe entry(index).copyMemory(from: entry(index &+ removed), byteCount: (count &- index &- removed) &* 16)
        self.count = count &- removed
    }

    /// Moves the last `moved` entries to the front of `other`.
    func moveLast(_ moved: Int, to other: RankedLeaf) {
        let (count, otherCount) = (self.count, other.count)
        precondition(moved <= count && otherCount &+ moved <= other.capacity, "no room in the leaf")
        unsafe other.entry(moved).copyMemory(from: other.entry(0), byteCount: otherCount &* 16)
        unsafe other.entry(0).copyMemory(from: entry(count &- moved), byteCount: moved &* 16)
        self.count = count &- moved
        other.count = otherCount &+ moved
    }

    /// Moves the first `moved` entries to the end of `other`.
    func moveFirst(_ moved: Int, to other: RankedLeaf) {
        let otherCount = other.count
        precondition(moved <= count && otherCount &+ moved <= other.capacity, "no room in the leaf")
        unsafe other.entry(otherCount).copyMemory(from: entry(0), byteCount: moved &* 16)
        other.count = otherCount &+ moved
        remove(at: 0, count: moved)
    }
}

/// An inner node. Layout: the number of children (4 bytes, padded to 32), then for each child in four arrays: the score
/// and the element of its first member, its address, and how many members are below it.
@safe
struct RankedInner {
    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    static var capacity: Int { 63 }
    static var size: Int { 32 &+ capacity &* 32 }
    static var memoryBytes: Int { Allocator.sizeClass(size) }

    static func create() -> RankedInner {
        let inner = unsafe RankedInner(Allocator.allocate(size))
        inner.count = 0
        return inner
    }

    func deallocate() { unsafe Allocator.deallocate(base, size: RankedInner.size) }

    var count: Int {
        get { unsafe Int(base.load(as: UInt32.self)) }
        nonmutating set { unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: newValue), as: UInt32.self) }
    }

    var isFull: Bool { count == RankedInner.capacity }

    /// The beginning of one of the four arrays.
    @inline(__always)
    private func array(_ number: Int) -> UnsafeMutableRawPointer {
        unsafe base + (32 &+ number &* RankedInner.capacity &* 8)
    }

    @inline(__always)
    func score(_ index: Int) -> Double { unsafe array(0).load(fromByteOffset: index &* 8, as: Double.self) }

    @inline(__always)
    func element(_ index: Int) -> RankedElement {
        unsafe RankedElement(array(1).load(fromByteOffset: index &* 8, as: UnsafeMutableRawPointer.self))
    }

    @inline(__always)
    func child(_ index: Int) -> UnsafeMutableRawPointer {
        unsafe array(2).load(fromByteOffset: index &* 8, as: UnsafeMutableRawPointer.self)
    }

    /// Notes that a child is at another address now.
    func setChild(_ index: Int, _ child: UnsafeMutableRawPointer) {
        unsafe array(2).storeBytes(of: child, toByteOffset: index &* 8, as: UnsafeMutableRawPointer.self)
    }

    /// Members below a child.
    @inline(__always)
    func total(_ index: Int) -> Int { unsafe array(3).load(fromByteOffset: index &* 8, as: Int.self) }

    @inline(__always)
    func setTotal(_ index: Int, _ total: Int) {
        unsafe array(3).storeBytes(of: total, toByteOffset: index &* 8, as: Int.self)
    }

    @inline(__always)
    func addToTotal(_ index: Int, _ change: Int) { setTotal(index, total(index) &+ change) }

    /// Notes what the first member below a child is.
    func setFirst(_ index: Int, _ element: RankedElement, score: Double) {
        unsafe array(0).storeBytes(of: score, toByteOffset: index &* 8, as: Double.self)
        unsafe array(1).storeBytes(of: element.base, toByteOffset: index &* 8, as: UnsafeMutableRawPointer.self)
    }

    /// Members below the first `end` children.
    @inline(__always)
    func sum(before end: Int) -> Int {
        var sum = 0
        for index in 0..<end { sum &+= total(index) }
        return sum
    }

    /// Members below the node.
    var sum: Int { sum(before: count) }

    /// - Precondition: the node is not full.
    func insert(_ child: RankedChild, at index: Int) {
        let count = self.count
        precondition(index <= count && count < RankedInner.capacity, "no room in the node")
        for number in 0..<4 {
            let place = unsafe array(number) + index &* 8
            unsafe (place + 8).copyMemory(from: place, byteCount: (count &- index) &* 8)
        }
        setFirst(index, child.element, score: child.score)
        unsafe array(2).storeBytes(of: child.address, toByteOffset: index &* 8, as: UnsafeMutableRawPointer.self)
        setTotal(index, child.total)
        self.count = count &+ 1
    }

    func remove(at index: Int) {
        let count = self.count
        precondition(index < count, "no such child")
        for number in 0..<4 {
            let place = unsafe array(number) + index &* 8
            unsafe place.copyMemory(from: place + 8, byteCount: (count &- index &- 1) &* 8)
        }
        self.count = count &- 1
    }

    /// Moves the children from `start` on to the end of `other`.
    func move(from start: Int, to other: RankedInner) {
        let (moved, otherCount) = (count &- start, other.count)
        precondition(moved >= 0 && otherCount &+ moved <= RankedInner.capacity, "no room in the node")
        for number in 0..<4 {
            unsafe (other.array(number) + otherCount &* 8).copyMemory(
                from: array(number) + start &* 8, byteCount: moved &* 8)
        }
        count = start
        other.count = otherCount &+ moved
    }
}

/// A child on its way into an inner node.
@safe
struct RankedChild {
    let address: UnsafeMutableRawPointer
    /// Its first member.
    let element: RankedElement
    let score: Double
    let total: Int

    init(_ leaf: RankedLeaf) {
        unsafe address = unsafe leaf.base
        element = leaf.element(0)
        score = leaf.score(0)
        total = leaf.count
    }

    init(_ inner: RankedInner) {
        unsafe address = unsafe inner.base
        element = inner.element(0)
        score = inner.score(0)
        total = inner.sum
    }
}

/// The way from the root to a leaf: at each level the node, and which child is next. Level 0 is just above the leaves.
@safe
struct RankedPath {
    struct Step {
        var address: UInt = 0
        var index = 0

        var node: RankedInner {
            unsafe RankedInner(UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped)
        }
    }

    /// More levels than any tree can have: nodes are merged before two neighbours are less than three eighths full.
    static var maximumHeight: Int { 12 }

    private var steps = InlineArray<12, Step>(repeating: Step())

    init() {}

    subscript(level: Int) -> Step {
        @inline(__always) get { steps[level] }
        @inline(__always) set { steps[level] = newValue }
    }

    @inline(__always)
    mutating func set(_ level: Int, _ node: RankedInner, _ index: Int) {
        steps[level] = unsafe Step(address: UInt(bitPattern: node.base), index: index)
    }
}
