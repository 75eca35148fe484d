// Elements of lists in replies.
import Bytes
import Containers
import Keyspace
import RESP

extension CommandContext {
    /// How lists are stored now.
    var listLimit: NodeLimit {
        @inline(__always) get { unsafe settings.pointee.listNodeLimit }
    }

    /// The element as a bulk; a large one is sent from where it is.
    @inline(__always)
    func replyElement(_ cursor: ListCursor) {
        if let large = cursor.large { return replyLarge(large) }
        reply.bulk(cursor.element)
    }

    @inline(never)
    private func replyLarge(_ large: RetainedBytes) {
        if large.count > referenceThreshold { reply.bulk(reference: large) } else { reply.bulk(large.view) }
    }

    /// An array of `count` elements from the one with that index on, which all exist; backwards if not `forward`.
    func replyElements(_ list: ListValue, from index: Int, count: Int, forward: Bool = true) {
        reply.array(count)
        guard count > 0, var cursor = list.cursor(at: index) else { return }
        if !forward { return replyBackwards(&cursor, count) }
        var left = count
        while true {
            if let large = cursor.large {
                replyLarge(large)
                left &-= 1
            } else {
                left &-= reply.bulks(cursor.listpack, from: cursor.position, limit: left)
            }
            if left == 0 { return }
            guard let next = cursor.node?.next else { preconditionFailure("the list is shorter than it says") }
            cursor = ListCursor(next, atFront: true)
        }
    }

    private func replyBackwards(_ cursor: inout ListCursor, _ count: Int) {
        replyElement(cursor)
        for _ in 1..<count {
            guard cursor.retreat() else { preconditionFailure("the list is shorter than it says") }
            replyElement(cursor)
        }
    }
}

extension ReplyWriter {
    /// Elements of a listpack as bulks, from `position` on, at most `limit`; returns how many there were.
    func bulks(_ listpack: Listpack, from position: Int, limit: Int) -> Int {
        let end = listpack.end
        // An element takes at least two bytes.
        var run = beginRun(bytes: end &- position, count: min(limit, (end &- position) / 2))
        var place = position
        var written = 0
        while written < limit && place < end {
            let element = listpack.element(place)
            if let view = element.view { run.append(view) } else { run.append(integer: element.integer ?? 0) }
            place = listpack.next(place)
            written &+= 1
        }
        finish(run)
        return written
    }
}
