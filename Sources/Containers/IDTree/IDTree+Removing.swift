// Taking pairs out of an ID tree, and the nodes that this leaves empty.
import Platform

extension IDTree {
    /// Takes out the pair with this ID; returns its address, or nil if there is none.
    package mutating func remove(_ id: StreamID, _ bytes: inout Int) -> UnsafeMutableRawPointer? {
        guard let place = locate(id) else { return nil }
        let address = unsafe place.leaf.address(place.index)
        place.leaf.remove(at: place.index)
        count &-= 1
        if place.leaf.count &* 4 < place.leaf.capacity { tidy(at: id, &bytes) }
        return unsafe address
    }

    /// Takes out the last pair; returns its address, or nil if there is none.
    package mutating func removeLast(_ bytes: inout Int) -> UnsafeMutableRawPointer? {
        guard let last else { return nil }
        let id = last.id(last.count - 1)
        let address = unsafe last.address(last.count - 1)
        last.remove(at: last.count - 1)
        count &-= 1
        if last.count == 0 { tidy(at: id, &bytes) }
        return unsafe address
    }

    /// Frees or joins the nodes on the way to an ID that have become empty, or nearly so.
    private mutating func tidy(at id: StreamID, _ bytes: inout Int) {
        guard let root else { return }
        if height > 0 { tidy(below: root, level: height, id, &bytes) }
        while height > 0, let top = self.root, top.count == 1 {
            self.root = top.child(0)
            height -= 1
            free(top, &bytes)
        }
        guard height == 0 || count == 0, let top = self.root else { return }
        if count == 0 {
            free(top, &bytes)
            self.root = nil
            height = 0
            first = nil
            last = nil
        } else if top.count * 4 < top.capacity {
            _ = resizeRoot(IDNode.leafCapacity(for: top.count), &bytes)
        }
    }

    private mutating func tidy(below node: IDNode, level: Int, _ id: StreamID, _ bytes: inout Int) {
        let index = node.childIndex(id)
        let child = node.child(index)
        if level > 1 { tidy(below: child, level: level - 1, id, &bytes) }
        if child.count == 0 {
            // The tree's only leaf stays, for `tidy(at:)`.
            if level == 1 { unlink(child) }
            free(child, &bytes)
            node.remove(at: index)
        } else if child.count * 4 < child.capacity {
            if !join(node, index, level, &bytes) && index > 0 { _ = join(node, index - 1, level, &bytes) }
        }
    }

    /// Takes a leaf out of the chain.
    private mutating func unlink(_ leaf: IDNode) {
        if let before = leaf.previous { before.next = leaf.next } else { first = leaf.next }
        if let behind = leaf.next { behind.previous = leaf.previous } else { last = leaf.previous }
    }

    /// Joins a child with the next one if they fill three quarters of a node at most.
    private mutating func join(_ node: IDNode, _ index: Int, _ level: Int, _ bytes: inout Int) -> Bool {
        guard index + 1 < node.count else { return false }
        let left = node.child(index)
        let right = node.child(index + 1)
        guard (left.count + right.count) * 4 <= left.capacity * 3 else { return false }
        let separator = node.id(index + 1)
        let seam = left.count
        right.moveTail(from: 0, to: left)
        // The first child's ID said nothing; now it is not the first any more.
        if level > 1 { left.setID(seam, separator) }
        if level == 1 { unlink(right) }
        free(right, &bytes)
        node.remove(at: index + 1)
        return true
    }
}

extension IDNode {
    fileprivate func setID(_ index: Int, _ id: StreamID) {
        let place = unsafe place(index)
        unsafe place.storeBytes(of: id.milliseconds, as: UInt64.self)
        unsafe place.storeBytes(of: id.sequence, toByteOffset: 8, as: UInt64.self)
    }
}
