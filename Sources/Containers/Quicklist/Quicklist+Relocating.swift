// Moving the nodes of a quicklist out of sparse pages, a few at a time.
import Bytes
import Platform

extension Quicklist {
    /// Nodes that one step looks at.
    private static var relocationStep: Int { 16 }

    /// The same list at another address, if its head is better off there.
    package func relocated(_ mover: inout BlockMover) -> Quicklist? {
        guard let moved = unsafe mover.relocate(base, size: Quicklist.headSize) else { return nil }
        return unsafe Quicklist(address: moved)
    }

    /// One step of a walk over the nodes, from the first one on if `isStarted` is not set yet; returns whether there is
    /// more. The list may change between steps.
    package func relocateElements(_ isStarted: inout Bool, _ mover: inout BlockMover) -> Bool {
        var next = isStarted ? bookmark : first
        isStarted = true
        var left = Quicklist.relocationStep
        while left > 0, let node = next {
            next = relocate(node, &mover).next
            left -= 1
        }
        bookmark = next
        return next != nil
    }

    private func relocate(_ node: QuicklistNode, _ mover: inout BlockMover) -> QuicklistNode {
        var node = node
        if let base = unsafe mover.relocate(node.base, size: QuicklistNode.size) {
            node = unsafe QuicklistNode(base)
            if let previous = node.previous { previous.setNext(node) } else { setFirst(node) }
            if let next = node.next { next.setPrevious(node) } else { setLast(node) }
        }
        if node.isLarge {
            if let moved = node.large.relocated(&mover) { node.setLarge(moved) }
        } else {
            var listpack = node.listpack
            if listpack.relocate(&mover) { node.listpack = listpack }
        }
        return node
    }
}
