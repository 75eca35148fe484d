// Moving the members and nodes of a ranked tree out of sparse pages, a leaf at a time.
import Bytes
import Platform

extension RankedTree {
    /// The same tree at another address, if its head is better off there.
    package func relocated(_ mover: inout BlockMover) -> RankedTree? {
        guard let moved = unsafe mover.relocate(address, size: RankedTree.storageSize) else { return nil }
        return unsafe RankedTree(address: moved)
    }

    /// One step: the leaf with the member of that rank, its members, nodes above it and a piece of the index. Moves
    /// `rank` to the next leaf and `walk` on; returns whether there is more. Changes in between do no harm.
    package func relocateElements(
        rank: inout Int, _ walk: inout RelocationWalk, _ mover: inout BlockMover
    ) -> Bool {
        // The index' segments only: its entries are moved with the leaves.
        let isMoreIndex = unsafe storage.pointee.index.relocateEntries(&walk, &mover) { _, _ in nil }
        guard rank < count else { return isMoreIndex }
        var path = RankedPath()
        let position = position(rank: rank, &path)
        rank &+= position.leaf.count &- position.index
        let leaf = relocate(position.leaf, &path, &mover)
        for index in 0..<leaf.count { leaf.element(index).prefetch() }
        for index in 0..<leaf.count { relocateElement(at: index, of: leaf, path, &mover) }
        return isMoreIndex || rank < count
    }

    private func relocateElement(at index: Int, of leaf: RankedLeaf, _ path: RankedPath, _ mover: inout BlockMover) {
        let old = leaf.element(index)
        let size = RankedElement.size(old.member.count)
        _ = unsafe mover.relocate(old.base, size: size) { base in
            let element = unsafe RankedElement(base)
            let score = leaf.score(index)
            leaf.store(element, score: score, at: index)
            if index == 0 { setFirst(path, element, score: score) }
            let member = element.member
            guard let slot = unsafe storage.pointee.index.find(hash: hash(of: member), key: member) else {
                preconditionFailure("a member is not in the index")
            }
            unsafe slot.replace(with: base)
        }
    }

    /// Moves a leaf, and the inner nodes above it of which it is the first one.
    private func relocate(_ leaf: RankedLeaf, _ path: inout RankedPath, _ mover: inout BlockMover) -> RankedLeaf {
        let height = unsafe storage.pointee.height
        var level = 0
        while level < height && path[level].index == 0 {
            if let base = unsafe mover.relocate(path[level].node.base, size: RankedInner.size) {
                unsafe setChild(path, above: level, unsafe base)
                unsafe path.set(level, RankedInner(base), path[level].index)
            }
            level &+= 1
        }
        guard let base = unsafe mover.relocate(leaf.base, size: RankedLeaf.size(leaf.capacity)) else { return leaf }
        let moved = unsafe RankedLeaf(base)
        unsafe setChild(path, above: -1, unsafe base)
        if let previous = moved.previous { previous.next = moved } else { unsafe storage.pointee.first = moved }
        if let next = moved.next { next.previous = moved } else { unsafe storage.pointee.last = moved }
        return moved
    }

    /// Notes where the node below level `level` + 1 of the path is.
    private func setChild(_ path: RankedPath, above level: Int, _ base: UnsafeMutableRawPointer) {
        if unsafe level &+ 1 == storage.pointee.height {
            unsafe storage.pointee.root = unsafe base
        } else {
            unsafe path[level &+ 1].node.setChild(path[level &+ 1].index, base)
        }
    }
}
