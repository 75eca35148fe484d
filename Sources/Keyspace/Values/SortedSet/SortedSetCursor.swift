// Walking over a sorted set from a rank, in either direction.
import Bytes
import Containers

/// At a member. Valid until the set changes. Whoever walks knows how many members there are: the cursor must not be
/// read before the first or behind the last one.
@safe
@usableFromInline
package struct SortedSetCursor {
    @usableFromInline var position: RankedPosition?
    @usableFromInline var listpack: Listpack
    /// Of the member in the listpack.
    @usableFromInline var place: Int
    @usableFromInline let isReversed: Bool

    @usableFromInline
    init(_ set: SortedSetValue, rank: Int, reversed: Bool) {
        isReversed = reversed
        listpack = unsafe Listpack(address: set.value.address)
        place = 0
        if set.isTree {
            position = set.tree.position(rank: rank)
        } else {
            place = listpack.seek(rank &* 2) ?? listpack.end
        }
    }

    @usableFromInline
    init(_ set: SortedSetValue, from minimum: Double) {
        isReversed = false
        listpack = unsafe Listpack(address: set.value.address)
        place = 0
        if set.isTree {
            position = set.tree.position(from: minimum)
            return
        }
        // Often all scores are less.
        if let last = listpack.last, SortedSetValue.score(listpack.element(last)) < minimum {
            place = listpack.end
            return
        }
        place = listpack.start
        while let score = scoreHere, score < minimum { advance() }
    }

    /// The score here; nil behind the last member.
    @inlinable
    var scoreHere: Double? {
        @inline(__always) get {
            if let position { return position.element == nil ? nil : position.score }
            if listpack.isEnd(place) { return nil }
            return SortedSetValue.score(listpack.element(listpack.next(place)))
        }
    }

    /// The member; an integer that stands for its text, or bytes.
    @inlinable
    package var member: ListpackElement {
        @inline(__always) get {
            if let position {
                guard let element = position.element else { preconditionFailure("no member here") }
                return ListpackElement(element.member)
            }
            return listpack.element(place)
        }
    }

    @inlinable
    package var score: Double {
        @inline(__always) get {
            if let position { return position.score }
            return SortedSetValue.score(listpack.element(listpack.next(place)))
        }
    }

    /// Goes to the next member in the direction of the walk.
    @inlinable
    @inline(__always)
    package mutating func advance() {
        if position != nil {
            if isReversed { position?.moveBackward() } else { position?.moveForward() }
        } else if isReversed {
            place = place == listpack.start ? listpack.end : listpack.before(listpack.before(place))
        } else {
            place = listpack.next(listpack.next(place))
        }
    }
}

extension SortedSetValue {
    /// Calls `body` with the scores that are not less than `minimum` but less than `maximum`, in their order, and a
    /// cursor that is there and knows the member, until it says no. Returns whether it never did.
    @inlinable
    @inline(__always)
    package func walk(
        from minimum: Double, to maximum: Double, _ body: (Double, borrowing SortedSetCursor) -> Bool
    ) -> Bool {
        var cursor = cursor(from: minimum)
        while let score = cursor.scoreHere, score < maximum {
            if !body(score, cursor) { return false }
            cursor.advance()
        }
        return true
    }

    /// At the first member whose score is not less, or behind the last one.
    @usableFromInline
    func cursor(from minimum: Double) -> SortedSetCursor { SortedSetCursor(self, from: minimum) }

    /// A walk that begins at the member with that rank.
    /// - Precondition: there is one.
    package func cursor(rank: Int, reversed: Bool = false) -> SortedSetCursor {
        SortedSetCursor(self, rank: rank, reversed: reversed)
    }

    /// One step of a walk in the order in which the set is stored: calls `body` with members, their
    /// scores and the elements that stand for the scores, if there are any; returns where to go on, nil if that was
    /// all. A listpack is walked over in one step.
    package func scan(
        from position: UInt64, _ body: (ListpackElement, Double, ListpackElement?) -> Void
    ) -> UInt64? {
        if isTree { return tree.scan(from: position) { body(ListpackElement($0.member), $0.score, nil) } }
        let list = listpack
        var place = list.start
        while !list.isEnd(place) {
            let scorePlace = list.next(place)
            let score = list.element(scorePlace)
            body(list.element(place), SortedSetValue.score(score), score)
            place = list.next(scorePlace)
        }
        return nil
    }
}
