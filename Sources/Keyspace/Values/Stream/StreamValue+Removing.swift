// Taking entries out of a stream: one by one, and from its beginning.
import Bytes
import Containers
import Platform

/// Up to where a stream is cut at its beginning.
package struct StreamTrim {
    package enum Bound {
        /// So many entries remain.
        case length(Int)
        /// Entries with lower IDs go.
        case id(StreamID)
    }

    package var bound: Bound
    /// Whole nodes only.
    package var isApproximate = false
    /// No more entries than this; 0: as many as it takes.
    package var limit = 0

    package init(_ bound: Bound) { self.bound = bound }
}

extension StreamValue {
    /// Removes an entry; false if there is none with this ID. To be followed by `noteDeleted`.
    package func remove(_ id: StreamID) -> Bool {
        if id > lastID || length == 0 { return false }
        var cursor = entries(from: id, to: id)
        guard cursor.advance(), let entry = cursor.entry, var node = cursor.currentNode else { return false }
        if node.liveCount == 1 {
            removeNode(node)
        } else {
            change(&node) { $0.delete(entry) }
        }
        unsafe storage.pointee.length &-= 1
        return true
    }

    /// After entries were removed by name: `highest` is the highest ID of these, `includesFirst` whether the first
    /// entry was among them.
    package func noteDeleted(highest: StreamID, includesFirst: Bool) {
        if highest > maximumDeletedID { maximumDeletedID = highest }
        if includesFirst || length == 0 { findFirst() }
    }

    private func findFirst() { unsafe storage.pointee.firstID = edge(first: true)?.id ?? .zero }

    private func removeNode(_ node: StreamNode) {
        unsafe storage.pointee.removedNodes &+= 1
        unsafe storage.pointee.bytes &-= node.listpack.memoryBytes
        _ = unsafe storage.pointee.nodes.remove(node.firstID, &storage.pointee.bytes)
        node.listpack.release()
    }

    // MARK: - Trimming

    /// Removes entries from the beginning; returns how many.
    package func trim(_ trim: StreamTrim) -> Int {
        if case .length(let most) = trim.bound, length <= most { return 0 }
        var removed = 0
        while let first = unsafe storage.pointee.nodes.firstCursor {
            if case .length(let most) = trim.bound, length <= most { break }
            var node = unsafe StreamNode(address: first.address, firstID: first.id)
            let live = node.liveCount
            if trim.limit > 0 && removed &+ live > trim.limit { break }
            if mayGoWhole(node, live, trim.bound) {
                removeNode(node)
                unsafe storage.pointee.length &-= live
                removed &+= live
                continue
            }
            if !trim.isApproximate { removed &+= trimInside(&node, trim.bound) }
            break
        }
        if removed > 0 { findFirst() }
        return removed
    }

    private func mayGoWhole(_ node: StreamNode, _ live: Int, _ bound: StreamTrim.Bound) -> Bool {
        switch bound {
        case .length(let most): return length &- live >= most
        case .id(let lowest):
            if node.firstID >= lowest { return false }
            return node.lastID < lowest
        }
    }

    private func trimInside(_ node: inout StreamNode, _ bound: StreamTrim.Bound) -> Int {
        let before = length
        var count = 0
        change(&node) { node in
            switch bound {
            case .length(let most): count = node.deleteFirst(before &- most)
            case .id(let lowest): count = node.deleteFirst(.max, below: lowest)
            }
        }
        unsafe storage.pointee.length &-= count
        return count
    }
}
