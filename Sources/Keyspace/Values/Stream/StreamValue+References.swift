// Deleting entries with regard to the groups that still have to do with them.
import Bytes
import Containers
import Platform

/// What becomes of pending entries when the entry itself is deleted.
package enum StreamReferences {
    /// They stay.
    case keep
    /// They go with it, in all groups.
    case delete
    /// An entry is only deleted if every group has read and acknowledged it.
    case acknowledged
}

extension StreamValue {
    /// Whether a group has not read the entry yet, or has it pending.
    package func isReferenced(_ id: StreamID) -> Bool {
        (0..<groupCount).contains { index in
            let group = group(at: index)
            return id > group.lastID || group.pending(id) != nil
        }
    }

    /// Takes an entry out of the pending ones of all groups.
    package func dropReferences(_ id: StreamID) {
        for index in 0..<groupCount { _ = acknowledge(id, group(at: index)) }
    }

    /// Removes entries from the beginning, with regard to references; returns how many.
    package func trim(_ trim: StreamTrim, _ references: StreamReferences) -> Int {
        if references == .keep || groupCount == 0 { return self.trim(trim) }
        if trim.isApproximate { return trimNodes(trim, references) }
        var removed = 0
        var next = StreamID.zero
        while true {
            if case .length(let most) = trim.bound, length <= most { break }
            var cursor = entries(from: next, to: .maximum)
            guard cursor.advance(), let id = cursor.entry?.id else { break }
            if case .id(let lowest) = trim.bound, id >= lowest { break }
            if removeUnlessReferenced(id, references) { removed += 1 }
            guard let behind = id.next else { break }
            next = behind
        }
        if removed > 0 { noteDeleted(highest: .zero, includesFirst: true) }
        return removed
    }

    /// The same for whole nodes; of one in which an entry is still referenced the others go.
    private func trimNodes(_ trim: StreamTrim, _ references: StreamReferences) -> Int {
        var removed = 0
        var next = StreamID.zero
        while let place = unsafe storage.pointee.nodes.cursor(atOrAfter: next) {
            let node = unsafe StreamNode(address: place.address, firstID: place.id)
            let live = node.liveCount
            if trim.limit > 0 && removed &+ live > trim.limit { break }
            let last = node.lastID
            switch trim.bound {
            case .length(let most): if length &- live < most { return finish(removed) }
            case .id(let lowest): if last >= lowest { return finish(removed) }
            }
            var ids: [StreamID] = []
            var cursor = entries(from: place.id, to: last)
            while cursor.advance(), let id = cursor.entry?.id { ids.append(id) }
            for id in ids where removeUnlessReferenced(id, references) { removed += 1 }
            guard let behind = last.next else { break }
            next = behind
        }
        return finish(removed)
    }

    private func finish(_ removed: Int) -> Int {
        if removed > 0 { noteDeleted(highest: .zero, includesFirst: true) }
        return removed
    }

    private func removeUnlessReferenced(_ id: StreamID, _ references: StreamReferences) -> Bool {
        if references == .acknowledged && isReferenced(id) { return false }
        if references == .delete { dropReferences(id) }
        return remove(id)
    }
}
