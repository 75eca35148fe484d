// The invariants of a ranked tree, for tests, and how full it is.
import Bytes
import Platform

extension RankedTree {
    /// Stops the process if the structure contradicts itself; slow, for tests.
    package func checkInvariants() {
        var nodeBytes = 0
        var leaves: [RankedLeaf] = []
        let total = unsafe check(storage.pointee.root, height: storage.pointee.height, &leaves, &nodeBytes)
        unsafe precondition(total == count && nodeBytes == storage.pointee.nodeBytes)
        var leaf: RankedLeaf? = unsafe storage.pointee.first
        var previous: RankedLeaf?
        for wanted in leaves {
            guard let current = leaf else { preconditionFailure("the chain of leaves is too short") }
            unsafe precondition(current.base == wanted.base && current.previous?.base == previous?.base)
            (previous, leaf) = (current, current.next)
        }
        unsafe precondition(leaf == nil && storage.pointee.last.base == previous?.base)
        checkOrder()
        unsafe storage.pointee.index.checkInvariants()
    }

    private func check(
        _ node: UnsafeMutableRawPointer, height: Int, _ leaves: inout [RankedLeaf], _ nodeBytes: inout Int
    ) -> Int {
        if height == 0 {
            let leaf = unsafe RankedLeaf(node)
            unsafe precondition(leaf.count > 0 || storage.pointee.height == 0)
            unsafe precondition(leaf.capacity == RankedLeaf.fullCapacity || storage.pointee.height == 0)
            leaves.append(leaf)
            nodeBytes += leaf.memoryBytes
            return leaf.count
        }
        let inner = unsafe RankedInner(node)
        unsafe precondition(inner.count > (height == storage.pointee.height ? 1 : 0))
        nodeBytes += RankedInner.memoryBytes
        for index in 0..<inner.count {
            var below = unsafe inner.child(index)
            for _ in 1..<height { unsafe below = unsafe RankedInner(below).child(0) }
            unsafe precondition(RankedLeaf(below).element(0).base == inner.element(index).base)
            unsafe precondition(RankedLeaf(below).score(0) == inner.score(index))
            unsafe precondition(
                check(inner.child(index), height: height - 1, &leaves, &nodeBytes) == inner.total(index))
        }
        return inner.sum
    }

    private func checkOrder() {
        var position = start
        var bytes = 0
        var before: RankedElement?
        while let element = position.element {
            precondition(element.score == position.score)
            unsafe precondition(find(element.member)?.base == element.base)
            if let before {
                let bound = PlaceBound(score: element.score, member: element.member)
                precondition(bound.isAfter(before.score, before))
            }
            bytes += element.memoryBytes
            before = element
            position.moveForward()
        }
        unsafe precondition(bytes == storage.pointee.elementBytes)
    }

    /// The part of all places in leaves that is taken.
    package var fill: Double {
        var places = 0
        var leaf: RankedLeaf? = unsafe storage.pointee.first
        while let current = leaf {
            places += current.capacity
            leaf = current.next
        }
        return Double(count) / Double(places)
    }
}
