// Putting members into the order, and making room for them.
import Bytes
import Platform

extension RankedTree {
    /// Puts an element, which is in the index already, into the order.
    func place(_ element: RankedElement, score: Double) {
        let bound = PlaceBound(score: score, member: element.member)
        while true {
            var path = RankedPath()
            let position: RankedPosition
            let last = unsafe storage.pointee.last
            let lastCount = last.count
            if lastCount > 0, bound.isAfter(last.score(lastCount &- 1), last.element(lastCount &- 1)) {
                // Members often come in rising order.
                descendToEnd(&path)
                position = RankedPosition(last, lastCount)
            } else {
                position = descend(bound, &path)
            }
            let leaf = position.leaf
            if _fastPath(!leaf.isFull) {
                leaf.insert(element, score: score, at: position.index)
                addToTotals(path, 1)
                if position.index == 0 { setFirst(path, element, score: score) }
                return
            }
            if makeRoom(path, position, element, score: score) { return }
        }
    }

    /// Makes room in a full leaf; returns whether the element has found its place with that. Else the tree has
    /// changed, and the place must be looked for again.
    private func makeRoom(
        _ path: RankedPath, _ position: RankedPosition, _ element: RankedElement, score: Double
    ) -> Bool {
        let leaf = position.leaf
        if leaf.capacity < RankedLeaf.fullCapacity {
            growRoot(leaf)
            return false
        }
        let isAtEnd = position.index == leaf.count && leaf.next == nil
        let isAtStart = position.index == 0 && leaf.previous == nil
        if !isAtEnd && !isAtStart {
            if !shareWithSibling(path, leaf) { split(path, leaf) }
            return false
        }
        // At either end a new leaf begins: members that come in order leave full leaves behind.
        let new = newLeaf()
        new.insert(element, score: score, at: 0)
        if isAtEnd {
            link(new, after: leaf)
            addChild(path, 0, RankedChild(new), isBefore: false, added: 1)
        } else {
            new.next = leaf
            leaf.previous = new
            unsafe storage.pointee.first = new
            // The new leaf will stand before the old one in the lowest node: only those above have a new first member.
            setFirst(path, from: 1, element, score: score)
            addChild(path, 0, RankedChild(new), isBefore: true, added: 1)
        }
        return true
    }

    private func newLeaf() -> RankedLeaf {
        let leaf = RankedLeaf.create(capacity: RankedLeaf.fullCapacity)
        unsafe storage.pointee.nodeBytes &+= leaf.memoryBytes
        return leaf
    }

    private func newInner() -> RankedInner {
        unsafe storage.pointee.nodeBytes &+= RankedInner.memoryBytes
        return RankedInner.create()
    }

    /// Replaces the only leaf by a larger one.
    private func growRoot(_ leaf: RankedLeaf) {
        let larger = RankedLeaf.create(capacity: leaf.capacity &* 2 &+ 2)
        leaf.moveLast(leaf.count, to: larger)
        unsafe storage.pointee.nodeBytes &+= larger.memoryBytes &- leaf.memoryBytes
        leaf.deallocate()
        unsafe storage.pointee.root = unsafe larger.base
        unsafe storage.pointee.first = larger
        unsafe storage.pointee.last = larger
    }

    private func link(_ new: RankedLeaf, after leaf: RankedLeaf) {
        new.previous = leaf
        new.next = leaf.next
        if let next = leaf.next { next.previous = new } else { unsafe storage.pointee.last = new }
        leaf.next = new
    }

    /// Gives a part of a full leaf to a sibling that has room for several entries; false if none has.
    private func shareWithSibling(_ path: RankedPath, _ leaf: RankedLeaf) -> Bool {
        if unsafe storage.pointee.height == 0 { return false }
        let parent = path[0].node
        let index = path[0].index
        let limit = RankedLeaf.fullCapacity &- 8
        if index &+ 1 < parent.count, parent.total(index &+ 1) <= limit {
            let right = unsafe RankedLeaf(parent.child(index &+ 1))
            let moved = (RankedLeaf.fullCapacity &- right.count) / 2
            leaf.moveLast(moved, to: right)
            parent.addToTotal(index, 0 &- moved)
            parent.addToTotal(index &+ 1, moved)
            parent.setFirst(index &+ 1, right.element(0), score: right.score(0))
            return true
        }
        if index > 0, parent.total(index &- 1) <= limit {
            let left = unsafe RankedLeaf(parent.child(index &- 1))
            let moved = (RankedLeaf.fullCapacity &- left.count) / 2
            leaf.moveFirst(moved, to: left)
            parent.addToTotal(index, 0 &- moved)
            parent.addToTotal(index &- 1, moved)
            parent.setFirst(index, leaf.element(0), score: leaf.score(0))
            return true
        }
        return false
    }

    /// Moves the upper half of a leaf into a new one.
    private func split(_ path: RankedPath, _ leaf: RankedLeaf) {
        let new = newLeaf()
        leaf.moveLast(leaf.count / 2, to: new)
        link(new, after: leaf)
        if unsafe storage.pointee.height > 0 { path[0].node.setTotal(path[0].index, leaf.count) }
        addChild(path, 0, RankedChild(new), isBefore: false, added: 0)
    }

    /// Adds a child beside the one that the way takes at `level`, splitting nodes as far up as it must. `added` is how
    /// many more members there are now than the nodes above know of.
    private func addChild(
        _ path: RankedPath, _ level: Int, _ child: RankedChild, isBefore: Bool, added: Int
    ) {
        if unsafe level == storage.pointee.height { return raiseRoot(child, isBefore: isBefore) }
        let node = path[level].node
        let index = path[level].index &+ (isBefore ? 0 : 1)
        if !node.isFull {
            node.insert(child, at: index)
            return addToTotals(path, from: level &+ 1, added)
        }
        let new = newInner()
        // Nodes at the right end are left full, as leaves are.
        let isAtEnd = index == node.count && isLast(path, from: level &+ 1)
        if !isAtEnd {
            let middle = node.count / 2
            node.move(from: middle, to: new)
            if index <= middle { node.insert(child, at: index) } else { new.insert(child, at: index &- middle) }
        } else {
            new.insert(child, at: 0)
        }
        if unsafe level &+ 1 < storage.pointee.height {
            path[level &+ 1].node.setTotal(path[level &+ 1].index, node.sum)
        }
        addChild(path, level &+ 1, RankedChild(new), isBefore: false, added: added)
    }

    /// Whether the way takes the last child at each level.
    private func isLast(_ path: RankedPath, from level: Int) -> Bool {
        for above in unsafe level..<max(level, storage.pointee.height)
        where path[above].index &+ 1 != path[above].node.count {
            return false
        }
        return true
    }

    /// Puts a new root above the old one and its new neighbour.
    private func raiseRoot(_ child: RankedChild, isBefore: Bool) {
        unsafe precondition(storage.pointee.height < RankedPath.maximumHeight, "the tree is too high")
        let root = newInner()
        let old = unsafe storage.pointee.root
        unsafe root.insert(
            storage.pointee.height == 0 ? RankedChild(RankedLeaf(old)) : RankedChild(RankedInner(old)), at: 0)
        root.insert(child, at: isBefore ? 0 : 1)
        unsafe storage.pointee.root = unsafe root.base
        unsafe storage.pointee.height &+= 1
    }
}
