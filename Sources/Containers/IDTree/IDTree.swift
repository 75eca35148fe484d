// A sorted map from stream IDs to addresses, made for adding at its end.
import Platform

/// A B+ tree. It does not own what the addresses are of. Many trees share one account of memory: what changes the tree
/// adds to `bytes` what it allocates and subtracts what it frees. An empty tree takes none.
///
/// Not copyable, because it owns its nodes; no deinitialiser, because it lives in raw memory: empty it.
@safe
@usableFromInline
package struct IDTree: ~Copyable {
    /// A leaf if `height` is 0. A leaf is smaller than usual only if it is the root.
    var root: IDNode?
    var height = 0
    @usableFromInline var first: IDNode?
    @usableFromInline var last: IDNode?
    /// Pairs.
    @usableFromInline package internal(set) var count = 0
    private var leafCount: Int32 = 0
    private var innerCount: Int32 = 0

    /// Nodes of the tree.
    package var nodeCount: Int { Int(leafCount) + Int(innerCount) }

    /// What its nodes take of the account.
    package var memoryBytes: Int {
        guard height > 0 else { return root?.memoryBytes ?? 0 }
        return Int(leafCount) * IDNode.size(IDNode.leafCapacity) + Int(innerCount) * IDNode.size(IDNode.innerCapacity)
    }

    package init() {}

    @inlinable package var isEmpty: Bool { count == 0 }

    // MARK: - Finding

    /// The address beside `id`, or nil.
    package func find(_ id: StreamID) -> UnsafeMutableRawPointer? {
        guard let place = locate(id) else { return nil }
        return unsafe place.leaf.address(place.index)
    }

    /// Where `id` is. Both ends are looked at first: that is where most of what happens to streams happens.
    func locate(_ id: StreamID) -> IDCursor? {
        guard let last, let first else { return nil }
        var leaf = last
        if id < last.id(0) {
            leaf = first
            if first.id(first.count &- 1) < id { leaf = self.leaf(id) }
        }
        let index = leaf.lowerBound(id)
        return index < leaf.count && leaf.id(index) == id ? IDCursor(leaf: leaf, index: index) : nil
    }

    /// The leaf in which `id` is or would be.
    /// - Precondition: the tree is not empty.
    func leaf(_ id: StreamID) -> IDNode {
        guard var node = root else { preconditionFailure("an empty tree has no leaf") }
        for _ in 0..<height { node = node.child(node.childIndex(id)) }
        return node
    }

    package var firstCursor: IDCursor? { first.map { IDCursor(leaf: $0, index: 0) } }

    package var lastCursor: IDCursor? { last.map { IDCursor(leaf: $0, index: $0.count - 1) } }

    /// The first pair whose ID is not below `id`.
    package func cursor(atOrAfter id: StreamID) -> IDCursor? {
        guard let last, last.id(last.count &- 1) >= id else { return nil }
        let leaf = last.id(0) <= id ? last : self.leaf(id)
        let index = leaf.lowerBound(id)
        if index < leaf.count { return IDCursor(leaf: leaf, index: index) }
        return leaf.next.map { IDCursor(leaf: $0, index: 0) }
    }

    /// The last pair whose ID is not above `id`.
    package func cursor(atOrBefore id: StreamID) -> IDCursor? {
        guard let last else { return nil }
        let leaf = last.id(0) <= id ? last : self.leaf(id)
        let index = leaf.lowerBound(id)
        if index < leaf.count && leaf.id(index) == id { return IDCursor(leaf: leaf, index: index) }
        if index > 0 { return IDCursor(leaf: leaf, index: index - 1) }
        return leaf.previous.map { IDCursor(leaf: $0, index: $0.count - 1) }
    }

    // MARK: - Adding

    /// Adds a pair; false if there is one with this ID already, which then stays.
    @inline(__always)
    package mutating func insert(_ id: StreamID, _ address: UnsafeMutableRawPointer, _ bytes: inout Int) -> Bool {
        if let last, last.count < last.capacity, last.id(last.count &- 1) < id {
            unsafe last.insert(id, address, at: last.count)
            count &+= 1
            return true
        }
        return unsafe insertSlowly(id, address, &bytes)
    }

    /// Puts another address beside an ID.
    /// - Precondition: there is one.
    package mutating func replace(_ id: StreamID, _ address: UnsafeMutableRawPointer) {
        guard let place = locate(id) else { preconditionFailure("no such ID") }
        unsafe place.leaf.setAddress(place.index, address)
    }

    @inline(never)
    private mutating func insertSlowly(
        _ id: StreamID, _ address: UnsafeMutableRawPointer, _ bytes: inout Int
    ) -> Bool {
        guard let root else {
            let leaf = makeNode(capacity: 1, &bytes)
            unsafe leaf.insert(id, address, at: 0)
            self.root = leaf
            first = leaf
            last = leaf
            count = 1
            return true
        }
        var split: IDNode?
        guard unsafe insert(id, address, below: root, level: height, &split, &bytes) else { return false }
        count &+= 1
        if let split {
            let above = makeNode(capacity: IDNode.innerCapacity, &bytes)
            unsafe above.insert(.zero, root.base, at: 0)
            unsafe above.insert(split.id(0), split.base, at: 1)
            self.root = above
            height += 1
        }
        return true
    }

    /// `split` becomes the node that now stands behind `node`, if that was full.
    private mutating func insert(
        _ id: StreamID, _ address: UnsafeMutableRawPointer, below node: IDNode, level: Int, _ split: inout IDNode?,
        _ bytes: inout Int
    ) -> Bool {
        if level > 0 {
            let index = node.childIndex(id)
            var below: IDNode?
            guard unsafe insert(id, address, below: node.child(index), level: level - 1, &below, &bytes) else {
                return false
            }
            if let below {
                split = unsafe place(below.id(0), below.base, in: node, at: index + 1, isLeaf: false, &bytes)
            }
            return true
        }
        let index = node.lowerBound(id)
        if index < node.count && node.id(index) == id { return false }
        var leaf = node
        if leaf.count == leaf.capacity && leaf.capacity < IDNode.leafCapacity {
            leaf = resizeRoot(IDNode.leafCapacity(for: leaf.count + 1), &bytes)
        }
        split = unsafe place(id, address, in: leaf, at: index, isLeaf: true, &bytes)
        return true
    }

    /// Puts a pair into a node. One that is full is cut in two, at its end if that is where the pair goes; the second
    /// half is returned.
    private mutating func place(
        _ id: StreamID, _ address: UnsafeMutableRawPointer, in node: IDNode, at index: Int, isLeaf: Bool,
        _ bytes: inout Int
    ) -> IDNode? {
        if node.count < node.capacity {
            unsafe node.insert(id, address, at: index)
            return nil
        }
        let right = makeNode(capacity: node.capacity, &bytes)
        let cut = index == node.count ? index : node.count / 2
        node.moveTail(from: cut, to: right)
        if index <= cut && cut < node.capacity {
            unsafe node.insert(id, address, at: index)
        } else {
            unsafe right.insert(id, address, at: index - cut)
        }
        if isLeaf {
            right.previous = node
            right.next = node.next
            if let behind = node.next { behind.previous = right } else { last = right }
            node.next = right
        }
        return right
    }

    private mutating func makeNode(capacity: Int, _ bytes: inout Int) -> IDNode {
        let node = IDNode.create(capacity: capacity)
        bytes += node.memoryBytes
        if capacity == IDNode.innerCapacity { innerCount += 1 } else { leafCount += 1 }
        return node
    }

    mutating func free(_ node: IDNode, _ bytes: inout Int) {
        bytes -= node.memoryBytes
        if node.capacity == IDNode.innerCapacity { innerCount -= 1 } else { leafCount -= 1 }
        node.deallocate()
    }

    /// Gives the root, which is the only leaf, another capacity.
    mutating func resizeRoot(_ capacity: Int, _ bytes: inout Int) -> IDNode {
        guard let old = root, height == 0 else { preconditionFailure("only a lone leaf is resized") }
        let node = makeNode(capacity: capacity, &bytes)
        old.moveTail(from: 0, to: node)
        free(old, &bytes)
        root = node
        first = node
        last = node
        return node
    }
}

/// Where a pair stands in a tree; valid until the tree changes.
@safe
@usableFromInline
package struct IDCursor {
    @usableFromInline var leaf: IDNode
    @usableFromInline var index: Int

    @inlinable
    init(leaf: IDNode, index: Int) {
        self.leaf = leaf
        self.index = index
    }

    @inlinable package var id: StreamID { leaf.id(index) }
    @inlinable package var address: UnsafeMutableRawPointer { unsafe leaf.address(index) }

    /// Moves to the next pair; false if there is none.
    @inlinable
    package mutating func advance() -> Bool {
        if index &+ 1 < leaf.count {
            index &+= 1
            return true
        }
        guard let next = leaf.next else { return false }
        leaf = next
        index = 0
        return true
    }

    /// Moves to the pair before; false if there is none.
    @inlinable
    package mutating func retreat() -> Bool {
        if index > 0 {
            index &-= 1
            return true
        }
        guard let previous = leaf.previous else { return false }
        leaf = previous
        index = previous.count &- 1
        return true
    }
}
