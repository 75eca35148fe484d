// Going down a ranked tree: by score, by member, by rank.
import Bytes
import Platform

/// Divides the members in order into those before it and the others.
protocol RankedBound {
    /// Whether a member with that score is before the bound. Once false, it stays so for all behind.
    func isAfter(_ score: Double, _ element: RankedElement) -> Bool

    /// Whether that depends on the member's bytes, which are elsewhere in memory.
    func reads(_ score: Double) -> Bool
}

/// Before a score, or behind all that have it.
struct ScoreBound: RankedBound {
    let score: Double
    let isBehindEqual: Bool

    @inline(__always)
    func isAfter(_ score: Double, _ element: RankedElement) -> Bool {
        isBehindEqual ? score <= self.score : score < self.score
    }

    @inline(__always)
    func reads(_ score: Double) -> Bool { false }
}

/// Before a member, or behind it, where all scores are equal.
struct MemberBound: RankedBound {
    let member: ByteView
    let isBehindEqual: Bool

    @inline(__always)
    func isAfter(_ score: Double, _ element: RankedElement) -> Bool {
        let order = element.member.compare(member)
        return isBehindEqual ? order <= 0 : order < 0
    }

    @inline(__always)
    func reads(_ score: Double) -> Bool { true }
}

/// Before the place that a member with a score has or would have, or behind it.
struct PlaceBound: RankedBound {
    let score: Double
    let member: ByteView
    var isBehindEqual = false

    @inline(__always)
    func isAfter(_ score: Double, _ element: RankedElement) -> Bool {
        if score != self.score { return score < self.score }
        let order = element.member.compare(member)
        return isBehindEqual ? order <= 0 : order < 0
    }

    @inline(__always)
    func reads(_ score: Double) -> Bool { score == self.score }
}

extension RankedTree {
    /// The first place that is not before the bound, perhaps the end of a leaf, and the way there.
    @inline(__always)
    func descend(_ bound: some RankedBound, _ path: inout RankedPath) -> RankedPosition {
        var node = unsafe storage.pointee.root
        var level = unsafe storage.pointee.height
        while level > 0 {
            level &-= 1
            let inner = unsafe RankedInner(node)
            let index = RankedTree.child(of: inner, bound)
            path.set(level, inner, index)
            unsafe node = unsafe inner.child(index)
        }
        let leaf = unsafe RankedLeaf(node)
        return RankedPosition(leaf, RankedTree.index(in: leaf, bound))
    }

    /// Where an element of the tree is, and the way there.
    func locate(_ element: RankedElement, _ path: inout RankedPath) -> RankedPosition {
        var position = descend(
            PlaceBound(score: element.score, member: element.member, isBehindEqual: true), &path)
        position.index &-= 1
        unsafe precondition(position.element?.base == element.base, "a member is not in its place")
        return position
    }

    /// The last child whose first member is before the bound, else the first child.
    @inline(__always)
    private static func child(of inner: RankedInner, _ bound: some RankedBound) -> Int {
        var low = 1
        var high = inner.count
        while low < high {
            let middle = (low &+ high) &>> 1
            let score = inner.score(middle)
            if bound.reads(score) && high &- low > 2 {
                // One of the two will be looked at next: both are asked for while this one is compared.
                inner.element((low &+ middle) &>> 1).prefetch()
                inner.element((middle &+ 1 &+ high) &>> 1).prefetch()
            }
            if bound.isAfter(score, inner.element(middle)) { low = middle &+ 1 } else { high = middle }
        }
        return low &- 1
    }

    @inline(__always)
    private static func index(in leaf: RankedLeaf, _ bound: some RankedBound) -> Int {
        var low = 0
        var high = leaf.count
        while low < high {
            let middle = (low &+ high) &>> 1
            let score = leaf.score(middle)
            if bound.reads(score) && high &- low > 2 {
                leaf.element((low &+ middle) &>> 1).prefetch()
                leaf.element((middle &+ 1 &+ high) &>> 1).prefetch()
            }
            if bound.isAfter(score, leaf.element(middle)) { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// How many members are before the bound.
    @inline(__always)
    private func rank(_ bound: some RankedBound) -> Int {
        var node = unsafe storage.pointee.root
        var level = unsafe storage.pointee.height
        var rank = 0
        while level > 0 {
            level &-= 1
            let inner = unsafe RankedInner(node)
            let index = RankedTree.child(of: inner, bound)
            rank &+= inner.sum(before: index)
            unsafe node = unsafe inner.child(index)
        }
        return unsafe rank &+ RankedTree.index(in: RankedLeaf(node), bound)
    }

    /// How many members have a smaller score, or one that is not greater if `inclusive`.
    package func rank(below score: Double, inclusive: Bool = false) -> Int {
        rank(ScoreBound(score: score, isBehindEqual: inclusive))
    }

    /// The same by the members' bytes.
    /// - Precondition: the answer means something only if all scores are equal.
    package func rank(below member: ByteView, inclusive: Bool = false) -> Int {
        rank(MemberBound(member: member, isBehindEqual: inclusive))
    }

    /// How many members are before this one.
    package func rank(of element: RankedElement) -> Int {
        rank(PlaceBound(score: element.score, member: element.member))
    }

    /// The place with that rank and the way there.
    func position(rank: Int, _ path: inout RankedPath) -> RankedPosition {
        var node = unsafe storage.pointee.root
        var level = unsafe storage.pointee.height
        var rest = rank
        while level > 0 {
            level &-= 1
            let inner = unsafe RankedInner(node)
            var index = 0
            var total = inner.total(0)
            while rest >= total {
                rest &-= total
                index &+= 1
                precondition(index < inner.count, "no such rank")
                total = inner.total(index)
            }
            path.set(level, inner, index)
            unsafe node = unsafe inner.child(index)
        }
        return unsafe RankedPosition(RankedLeaf(node), rest)
    }

    /// The way to the last leaf.
    func descendToEnd(_ path: inout RankedPath) {
        var node = unsafe storage.pointee.root
        var level = unsafe storage.pointee.height
        while level > 0 {
            level &-= 1
            let inner = unsafe RankedInner(node)
            let index = inner.count &- 1
            path.set(level, inner, index)
            unsafe node = unsafe inner.child(index)
        }
    }

    /// Notes along the way that the leaf below it has a new first member.
    func setFirst(_ path: RankedPath, from level: Int = 0, _ element: RankedElement, score: Double) {
        var level = level
        while unsafe level < storage.pointee.height {
            let step = path[level]
            step.node.setFirst(step.index, element, score: score)
            if step.index != 0 { return }
            level &+= 1
        }
    }

    /// Counts along the way.
    @inline(__always)
    func addToTotals(_ path: RankedPath, from level: Int = 0, _ change: Int) {
        var level = level
        while unsafe level < storage.pointee.height {
            let step = path[level]
            step.node.addToTotal(step.index, change)
            level &+= 1
        }
    }
}
