// Taking members out of the order, one or many, and putting nodes together that have become small.
import Bytes
import Platform

extension RankedTree {
    /// Takes an element out of the order; it stays in the index.
    func displace(_ element: RankedElement) {
        var path = RankedPath()
        let position = locate(element, &path)
        cut(path, position, count: 1)
    }

    /// Changes an element's score if that does not change its place; returns whether it did.
    func rescore(_ element: RankedElement, _ score: Double) -> Bool {
        var path = RankedPath()
        let member = element.member
        let position = locate(element, &path)
        let (leaf, index) = (position.leaf, position.index)
        let bound = PlaceBound(score: score, member: member)
        var before = position
        before.moveBackward()
        if let other = before.element, !bound.isAfter(before.score, other) { return false }
        var behind = position
        behind.moveForward()
        if let other = behind.element, bound.isAfter(behind.score, other) { return false }
        element.storeScore(score)
        leaf.store(element, score: score, at: index)
        if index == 0 { setFirst(path, element, score: score) }
        return true
    }

    /// Removes the members with these ranks.
    package func remove(ranks: Range<Int>) {
        precondition(ranks.lowerBound >= 0 && ranks.upperBound <= count, "no such ranks")
        var left = ranks.count
        while left > 0 {
            var path = RankedPath()
            let position = position(rank: ranks.lowerBound, &path)
            let removed = min(left, position.leaf.count &- position.index)
            for index in position.index..<position.index &+ removed {
                if index &+ 8 < position.leaf.count { position.leaf.element(index &+ 8).prefetch() }
                forget(position.leaf.element(index))
            }
            cut(path, position, count: removed)
            left &-= removed
        }
    }

    /// Takes `removed` entries out of a leaf, and puts in order what is above it.
    private func cut(_ path: RankedPath, _ position: RankedPosition, count removed: Int) {
        let leaf = position.leaf
        leaf.remove(at: position.index, count: removed)
        addToTotals(path, 0 &- removed)
        if unsafe storage.pointee.height == 0 { return }
        let count = leaf.count
        if count == 0 {
            unlink(leaf)
            return removeChild(path, 0, path[0].index)
        }
        if position.index == 0 { setFirst(path, leaf.element(0), score: leaf.score(0)) }
        if count &* 2 <= RankedLeaf.fullCapacity { mergeLeaf(path, leaf) }
    }

    private func unlink(_ leaf: RankedLeaf) {
        if let previous = leaf.previous {
            previous.next = leaf.next
        } else {
            unsafe storage.pointee.first = leaf.next ?? leaf
        }
        if let next = leaf.next {
            next.previous = leaf.previous
        } else {
            unsafe storage.pointee.last = leaf.previous ?? leaf
        }
        unsafe storage.pointee.nodeBytes &-= leaf.memoryBytes
        leaf.deallocate()
    }

    /// Puts a leaf and a sibling together if they fill one to three quarters at most.
    private func mergeLeaf(_ path: RankedPath, _ leaf: RankedLeaf) {
        let parent = path[0].node
        let index = path[0].index
        let limit = RankedLeaf.fullCapacity &* 3 / 4 &- leaf.count
        if index &+ 1 < parent.count, parent.total(index &+ 1) <= limit {
            let right = unsafe RankedLeaf(parent.child(index &+ 1))
            parent.addToTotal(index, right.count)
            right.moveFirst(right.count, to: leaf)
            unlink(right)
            removeChild(path, 0, index &+ 1)
        } else if index > 0, parent.total(index &- 1) <= limit {
            let left = unsafe RankedLeaf(parent.child(index &- 1))
            parent.addToTotal(index &- 1, leaf.count)
            leaf.moveFirst(leaf.count, to: left)
            unlink(leaf)
            removeChild(path, 0, index)
        }
    }

    /// Takes a child that is gone, and whose members are counted elsewhere or no more, out of its node.
    private func removeChild(_ path: RankedPath, _ level: Int, _ index: Int) {
        let node = path[level].node
        node.remove(at: index)
        let count = node.count
        if unsafe level &+ 1 == storage.pointee.height { return lowerRoot() }
        if count == 0 {
            discard(node)
            return removeChild(path, level &+ 1, path[level &+ 1].index)
        }
        if index == 0 { setFirst(path, from: level &+ 1, node.element(0), score: node.score(0)) }
        if count &* 2 <= RankedInner.capacity { mergeInner(path, level, node) }
    }

    private func discard(_ node: RankedInner) {
        unsafe storage.pointee.nodeBytes &-= RankedInner.memoryBytes
        node.deallocate()
    }

    /// The same as `mergeLeaf` for inner nodes.
    private func mergeInner(_ path: RankedPath, _ level: Int, _ node: RankedInner) {
        let parent = path[level &+ 1].node
        let index = path[level &+ 1].index
        let limit = RankedInner.capacity &* 3 / 4 &- node.count
        if index &+ 1 < parent.count {
            let right = unsafe RankedInner(parent.child(index &+ 1))
            if right.count <= limit {
                right.move(from: 0, to: node)
                parent.addToTotal(index, parent.total(index &+ 1))
                discard(right)
                return removeChild(path, level &+ 1, index &+ 1)
            }
        }
        if index > 0 {
            let left = unsafe RankedInner(parent.child(index &- 1))
            if left.count <= limit {
                node.move(from: 0, to: left)
                parent.addToTotal(index &- 1, parent.total(index))
                discard(node)
                return removeChild(path, level &+ 1, index)
            }
        }
    }

    /// A root with a single child is no longer needed.
    private func lowerRoot() {
        while unsafe storage.pointee.height > 0 {
            let root = unsafe RankedInner(storage.pointee.root)
            if root.count != 1 { return }
            unsafe storage.pointee.root = unsafe root.child(0)
            unsafe storage.pointee.height &-= 1
            discard(root)
        }
    }
}
