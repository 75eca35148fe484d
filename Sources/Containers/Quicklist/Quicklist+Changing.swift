// Changing the inside of a quicklist.
import Bytes
import Platform

extension Quicklist {
    /// The node of a cursor of this list.
    private func node(_ cursor: ListCursor) -> QuicklistNode {
        guard let node = cursor.node else { preconditionFailure("not a place in a quicklist") }
        return node
    }

    /// Puts another element in the place of one. The cursor is no longer usable.
    package func replace(_ cursor: ListCursor, _ text: ByteView, _ limit: NodeLimit) {
        let node = node(cursor)
        // A node may outgrow the limit this way, but not by far.
        if !node.isLarge && !limit.isLarge(text.count) && node.listpack.totalBytes + text.count <= 4 * limit.bytes {
            return update(node, by: 0) { $0.replace(cursor.position, text) }
        }
        insert(text, at: cursor, after: true, limit, merging: false)
        // What is inserted behind the element may have moved only what follows it.
        if node.count == 1 {
            unlink(node)
        } else {
            update(node, by: -1) { $0.delete(cursor.position) }
            mergeNeighbours(of: node, limit)
        }
    }

    /// Removes an element. The cursor then shows the next one in the direction; false if there is none.
    package func remove(_ cursor: inout ListCursor, forward: Bool) -> Bool {
        let node = node(cursor)
        if node.count == 1 {
            let neighbour = forward ? node.next : node.previous
            unlink(node)
            guard let neighbour else { return false }
            cursor = ListCursor(neighbour, atFront: forward)
            return true
        }
        update(node, by: -1) { $0.delete(cursor.position) }
        cursor.listpack = node.listpack
        if forward {
            if !cursor.listpack.isEnd(cursor.position) { return true }
            guard let next = node.next else { return false }
            cursor = ListCursor(next, atFront: true)
            return true
        }
        return cursor.retreat()
    }

    /// Inserts before or behind an element. The cursor is no longer usable.
    package func insert(
        _ text: ByteView, at cursor: ListCursor, after: Bool, _ limit: NodeLimit, merging: Bool = true
    ) {
        let node = node(cursor)
        if node.allows(text.count, limit) {
            return update(node, by: 1) {
                $0.insert(text, at: after ? $0.next(cursor.position) : cursor.position)
            }
        }
        if isAtEdge(cursor, after: after) {
            if after, let next = node.next, next.allows(text.count, limit) {
                update(next, by: 1) { $0.prepend(text) }
            } else if !after, let previous = node.previous, previous.allows(text.count, limit) {
                update(previous, by: 1) { $0.append(text) }
            } else {
                link(newNode(text, limit), after: after ? node : node.previous)
            }
            return
        }
        split(node, at: after ? node.listpack.next(cursor.position) : cursor.position)
        link(newNode(text, limit), after: node)
        if merging { mergeNeighbours(of: node.next ?? node, limit) }
    }

    /// Whether what is inserted there would be the last or the first of the node.
    private func isAtEdge(_ cursor: ListCursor, after: Bool) -> Bool {
        if cursor.isLarge { return true }
        let listpack = cursor.listpack
        return after ? listpack.isEnd(listpack.next(cursor.position)) : cursor.position == listpack.start
    }

    /// Moves the elements from `position` on into a new node behind this one.
    private func split(_ node: QuicklistNode, at position: Int) {
        var index = 0
        var place = node.listpack.start
        while place < position {
            place = node.listpack.next(place)
            index += 1
        }
        let moved = node.count - index
        let tail = update(node, by: -moved) { $0.split(index: index) }
        link(.create(tail, count: moved), after: node)
    }

    /// Joins small nodes around one: the two before it, the two behind it, and those that are left with it.
    private func mergeNeighbours(of center: QuicklistNode, _ limit: NodeLimit) {
        if let previous = center.previous, let second = previous.previous { _ = merge(second, previous, limit) }
        if let next = center.next, let second = next.next { _ = merge(next, second, limit) }
        var center = center
        if let previous = center.previous, merge(previous, center, limit) { center = previous }
        if let next = center.next { _ = merge(center, next, limit) }
    }

    /// Moves the elements of the second node into the first, if they fit.
    private func merge(_ left: QuicklistNode, _ right: QuicklistNode, _ limit: NodeLimit) -> Bool {
        if !left.allowsMerge(right, limit) { return false }
        let moved = right.listpack
        update(left, by: right.count) { $0.append(contentsOf: moved) }
        unlink(right)
        return true
    }
}
