// A place in the order of a ranked tree, and walking from it.
import Bytes
import Platform

/// At a member, or behind the last one, or before the first one. Valid until the tree changes.
@safe
@usableFromInline
package struct RankedPosition {
    @usableFromInline var leaf: RankedLeaf
    @usableFromInline var index: Int

    @inlinable
    init(_ leaf: RankedLeaf, _ index: Int) {
        self.leaf = leaf
        self.index = index
    }

    /// The member here; nil behind the last one and before the first one.
    @inlinable
    package var element: RankedElement? {
        @inline(__always) get {
            index >= 0 && index < leaf.count ? leaf.element(index) : nil
        }
    }

    /// The score here.
    /// - Precondition: there is a member.
    @inlinable
    package var score: Double {
        @inline(__always) get {
            precondition(index >= 0 && index < leaf.count, "no member here")
            return leaf.score(index)
        }
    }

    @inlinable
    @inline(__always)
    package mutating func moveForward() {
        index &+= 1
        if index &+ RankedPosition.distance < leaf.count { leaf.element(index &+ RankedPosition.distance).prefetch() }
        if index >= leaf.count, let next = leaf.next { enter(next, at: 0) }
    }

    @inlinable
    @inline(__always)
    package mutating func moveBackward() {
        index &-= 1
        if index >= RankedPosition.distance { leaf.element(index &- RankedPosition.distance).prefetch() }
        if index < 0, let previous = leaf.previous { enter(previous, at: previous.count &- 1) }
    }

    /// How many members ahead of the walk are asked for, as each is in memory of its own.
    @inlinable static var distance: Int { 8 }

    @usableFromInline
    @inline(never)
    mutating func enter(_ leaf: RankedLeaf, at index: Int) {
        self.leaf = leaf
        self.index = index
        let count = leaf.count
        let start = index == 0 ? 0 : max(0, count &- RankedPosition.distance)
        for place in start..<min(count, start &+ RankedPosition.distance) { leaf.element(place).prefetch() }
    }
}

extension RankedTree {
    /// The first member's place.
    package var start: RankedPosition { unsafe RankedPosition(storage.pointee.first, 0) }

    /// The last member's place.
    package var end: RankedPosition {
        let leaf = unsafe storage.pointee.last
        return RankedPosition(leaf, leaf.count &- 1)
    }

    /// The place of the member with that rank.
    /// - Precondition: 0 ≤ `rank` < `count`.
    package func position(rank: Int) -> RankedPosition {
        precondition(rank >= 0 && rank < count, "no such rank")
        if rank == 0 { return start }
        if rank == count &- 1 { return end }
        var path = RankedPath()
        return position(rank: rank, &path)
    }

    /// The first place whose score is not less; behind the last member if there is none.
    package func position(from score: Double) -> RankedPosition {
        var path = RankedPath()
        var position = descend(ScoreBound(score: score, isBehindEqual: false), &path)
        if position.index >= position.leaf.count, let next = position.leaf.next { position.enter(next, at: 0) }
        return position
    }
}
