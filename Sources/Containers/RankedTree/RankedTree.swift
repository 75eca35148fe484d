// A set of byte strings ordered by score and then by their bytes, which also knows every member's rank.
import Bytes
import Platform

/// A counted B+ tree over (score, member), and a hash table of the members beside it. Leaves are chained in both
/// directions; inner nodes know how many members are below each child, so that ranks take O(log n).
///
/// The struct is the address of the tree. It has no deinitialiser: the owner calls `release` until it returns false.
/// Scores are never NaN.
@safe
@usableFromInline
package struct RankedTree {
    @safe
    @usableFromInline
    struct Storage: ~Copyable {
        /// A leaf if `height` is 0, else an inner node.
        var root: UnsafeMutableRawPointer
        var height = 0
        var first: RankedLeaf
        var last: RankedLeaf
        var nodeBytes: Int
        var elementBytes = 0
        var index: HashTable<RankedElementPolicy>
        /// What is left of `index` while the tree is freed.
        var detached: DetachedSegments?

        init(seed: UInt64) {
            let leaf = RankedLeaf.create(capacity: RankedLeaf.smallestCapacity)
            unsafe root = unsafe leaf.base
            first = leaf
            last = leaf
            nodeBytes = leaf.memoryBytes
            index = HashTable(seed: seed)
        }
    }

    @usableFromInline let storage: UnsafeMutablePointer<Storage>

    /// - Precondition: a tree is there.
    @inlinable
    @unsafe
    package init(address: UnsafeMutableRawPointer) {
        unsafe storage = unsafe address.assumingMemoryBound(to: Storage.self)
    }

    package var address: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(storage) }

    static var storageSize: Int { MemoryLayout<Storage>.size }

    /// An empty tree. `seed` is the key of the hash of its members.
    package static func create(seed: UInt64) -> RankedTree {
        let block = unsafe Allocator.allocate(storageSize).bindMemory(to: Storage.self, capacity: 1)
        unsafe block.initialize(to: Storage(seed: seed))
        return unsafe RankedTree(address: block)
    }

    /// Members.
    package var count: Int { unsafe storage.pointee.index.count }

    /// What the allocator spends on it.
    package var memoryBytes: Int {
        let table = unsafe storage.pointee.detached?.memoryBytes ?? storage.pointee.index.memoryBytes
        return unsafe Allocator.sizeClass(RankedTree.storageSize) + storage.pointee.nodeBytes
            + storage.pointee.elementBytes + table
    }

    // MARK: - Members

    /// The hash by which a member is found.
    @inline(__always)
    package func hash(of member: ByteView) -> UInt64 { unsafe KeyHash.hash(member, seed: storage.pointee.index.seed) }

    /// The element of a member, or nil.
    package func find(_ member: ByteView) -> RankedElement? { find(member, hash: hash(of: member)) }

    @inline(__always)
    package func find(_ member: ByteView, hash: UInt64) -> RankedElement? {
        unsafe storage.pointee.index.find(hash: hash, key: member).map { unsafe RankedElement($0.entry) }
    }

    /// Adds a member that is not in the tree.
    package func insert(_ member: ByteView, hash: UInt64, score: Double) {
        let element = RankedElement.create(member, score: score)
        unsafe storage.pointee.elementBytes &+= element.memoryBytes
        unsafe storage.pointee.index.insert(hash: hash, entry: element.base)
        place(element, score: score)
    }

    package func insert(_ member: ByteView, score: Double) { insert(member, hash: hash(of: member), score: score) }

    /// Removes a member; returns whether it was there.
    package func remove(_ member: ByteView) -> Bool {
        let hash = hash(of: member)
        guard let slot = unsafe storage.pointee.index.find(hash: hash, key: member) else { return false }
        let element = unsafe RankedElement(slot.entry)
        displace(element)
        unsafe storage.pointee.index.remove(slot, hash: hash)
        free(element)
        return true
    }

    /// Gives a member another score.
    package func update(_ element: RankedElement, score: Double) {
        if !rescore(element, score) {
            displace(element)
            element.storeScore(score)
            place(element, score: score)
        }
    }

    func free(_ element: RankedElement) {
        unsafe storage.pointee.elementBytes &-= element.memoryBytes
        element.deallocate()
    }

    /// Takes an element out of the index and frees it: it is in no leaf any more.
    func forget(_ element: RankedElement) {
        let member = element.member
        let hash = hash(of: member)
        guard let slot = unsafe storage.pointee.index.find(hash: hash, key: member) else {
            preconditionFailure("a member is not in the index")
        }
        unsafe storage.pointee.index.remove(slot, hash: hash)
        free(element)
    }

    // MARK: - Walking the index

    /// One step of a walk over all members in the order of their hashes: see `HashTable.scan`.
    package func scan(from position: UInt64, _ body: (RankedElement) -> Void) -> UInt64? {
        unsafe storage.pointee.index.scan(from: position) { unsafe body(RankedElement($0)) }
    }

    // MARK: - Copying and freeing

    package func copy() -> RankedTree {
        let copy = unsafe RankedTree.create(seed: storage.pointee.index.seed)
        unsafe copy.storage.pointee.index.reserve(count)
        var position = start
        while let element = position.element {
            copy.insert(element.member, score: element.score)
            position.moveForward()
        }
        return copy
    }

    /// Frees a part of the tree, about `limit` members or nodes; returns whether there is more. From the first call on
    /// the tree can be used for nothing else.
    package func release(limit: Int) -> Bool {
        var left = limit
        if unsafe storage.pointee.detached == nil {
            unsafe storage.pointee.detached = unsafe storage.pointee.index.detach()
        }
        while left > 0, var detached = unsafe storage.pointee.detached, detached.memoryBytes > 0 {
            let before = detached.count
            _ = unsafe detached.releaseSegment { unsafe free(RankedElement($0)) }
            unsafe storage.pointee.detached = detached
            left &-= before &- detached.count
        }
        while left > 0 {
            left &-= 1
            if !releaseLastNode() {
                unsafe storage.deinitialize(count: 1)
                unsafe Allocator.deallocate(address, size: RankedTree.storageSize)
                return false
            }
        }
        return true
    }

    /// Frees the last leaf, and the inner node that it leaves empty; returns whether there is more.
    private func releaseLastNode() -> Bool {
        var height = unsafe storage.pointee.height
        var parent: RankedInner?
        var node = unsafe storage.pointee.root
        while height > 0 {
            let inner = unsafe RankedInner(node)
            let count = inner.count
            if count == 0 {
                inner.deallocate()
                unsafe storage.pointee.nodeBytes &-= RankedInner.memoryBytes
                parent?.count &-= 1
                return parent != nil
            }
            parent = inner
            unsafe node = unsafe inner.child(count &- 1)
            height &-= 1
        }
        let leaf = unsafe RankedLeaf(node)
        unsafe storage.pointee.nodeBytes &-= leaf.memoryBytes
        leaf.deallocate()
        parent?.count &-= 1
        return parent != nil
    }
}
