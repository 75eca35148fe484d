// A walk over the entries of a stream, in either direction.
import Platform

/// A place between two entries of a node: how far it is behind the node's first entry. Adding entries does not change
/// that, nor does deleting some, which only marks them.
package struct StreamResumption {
    let node: StreamID
    let offset: Int
}

/// Stands before the first entry of a range of IDs at first. Valid until the stream changes.
@safe
package struct StreamCursor {
    private var place: IDCursor?
    private var node: StreamNode?
    private var fields: (count: Int, position: Int) = (0, 0)
    /// Forward: where the next entry begins; backward: where the one before it ends.
    private var position = 0
    /// Backward: where the node's first entry begins.
    private var floor = 0
    private let start: StreamID
    private let end: StreamID
    private let isForward: Bool
    /// Where the entry is to which the walk has come.
    package private(set) var entry: StreamEntry?

    /// - Parameter nodes: the nodes' listpacks by the IDs of their first entries.
    package init(_ nodes: borrowing IDTree, from start: StreamID, to end: StreamID, isForward: Bool = true) {
        self.start = start
        self.end = end
        self.isForward = isForward
        if start > end { return }
        place = nodes.cursor(atOrBefore: isForward ? start : end)
        if isForward && place == nil { place = nodes.firstCursor }
        enter()
    }

    /// A walk forward over all entries behind one at which another walk has been.
    /// - Parameter resumption: where that was, `last`; no node has been removed since.
    package init(_ nodes: borrowing IDTree, behind last: StreamID, _ resumption: StreamResumption) {
        start = last.next ?? .maximum
        end = .maximum
        isForward = true
        if last == .maximum { return }
        place = nodes.cursor(atOrBefore: start) ?? nodes.firstCursor
        enter()
        if let node, node.firstID == resumption.node { position = floor &+ resumption.offset }
    }

    /// Where a walk forward stands, behind `entry`.
    package var resumption: StreamResumption? {
        node.map { StreamResumption(node: $0.firstID, offset: position &- floor) }
    }

    /// The node of the entry to which the walk has come.
    package var currentNode: StreamNode? { node }

    private mutating func enter() {
        guard let place else {
            node = nil
            return
        }
        let node = unsafe StreamNode(address: place.address, firstID: place.id)
        self.node = node
        fields = node.fields
        floor = node.entriesPosition(fields)
        position = isForward ? floor : node.listpack.end
    }

    /// Goes to the next entry that is in the range and not deleted; false if there is none.
    package mutating func advance() -> Bool {
        while let node {
            guard let found = isForward ? nextEntry(node) : previousEntry(node) else {
                guard var next = place, isForward ? next.advance() : next.retreat() else { return false }
                place = next
                enter()
                continue
            }
            // Deleted ones end nothing: XSETID may have set back what comes behind them.
            if found.isDeleted || (isForward ? found.id < start : found.id > end) { continue }
            if isForward ? found.id > end : found.id < start {
                self.node = nil
                return false
            }
            entry = found
            return true
        }
        return false
    }

    @inline(__always)
    private mutating func nextEntry(_ node: StreamNode) -> StreamEntry? {
        if node.listpack.isEnd(position) { return nil }
        let entry = node.entry(at: position, fields)
        position = entry.end
        return entry
    }

    private mutating func previousEntry(_ node: StreamNode) -> StreamEntry? {
        if position <= floor { return nil }
        var place = node.listpack.before(position)
        let count = node.integer(place)
        for _ in 0..<count { place = node.listpack.before(place) }
        position = place
        return node.entry(at: place, fields)
    }
}
