// Moving the nodes of an ID tree, and what its addresses are of, out of sparse pages: a leaf at a time.
import Platform

extension IDTree {
    /// One step: the leaf in which `id` is or would be, and the nodes above it. `body` is called with every ID and
    /// address of the leaf and returns the new address of what it has moved. Returns where the next leaf begins, nil
    /// after the last one. Anything may happen to the tree between steps.
    package mutating func relocateLeaf(
        _ id: StreamID, _ mover: inout BlockMover,
        _ body: (StreamID, UnsafeMutableRawPointer, inout BlockMover) -> UnsafeMutableRawPointer?
    ) -> StreamID? {
        guard var node = root else { return nil }
        var parent: IDNode?
        var index = 0
        for level in stride(from: height, through: 0, by: -1) {
            let size = node.memoryBytes
            if let moved = unsafe mover.relocate(node.base, size: size) {
                node = unsafe IDNode(moved)
                if let parent { unsafe parent.setAddress(index, moved) } else { root = node }
                if level == 0 { relink(node) }
            }
            if level > 0 {
                parent = node
                index = node.childIndex(id)
                node = node.child(index)
            }
        }
        for index in 0..<node.count {
            if let moved = unsafe body(node.id(index), node.address(index), &mover) {
                unsafe node.setAddress(index, moved)
            }
        }
        return node.next?.id(0)
    }

    /// Tells a leaf's neighbours where it is now.
    private mutating func relink(_ leaf: IDNode) {
        if let before = leaf.previous { before.next = leaf } else { first = leaf }
        if let behind = leaf.next { behind.previous = leaf } else { last = leaf }
    }
}
