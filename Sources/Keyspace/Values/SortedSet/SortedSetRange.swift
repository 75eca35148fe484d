// Ranges of a sorted set by score and by member, as ranges of ranks.
import Bytes
import Containers

/// Scores between two bounds.
package struct ScoreRange {
    package var minimum: Double
    package var maximum: Double
    package var excludesMinimum = false
    package var excludesMaximum = false

    package init(minimum: Double, maximum: Double) {
        self.minimum = minimum
        self.maximum = maximum
    }

    fileprivate func isBefore(_ score: Double) -> Bool { excludesMinimum ? score <= minimum : score < minimum }
    fileprivate func isBehind(_ score: Double) -> Bool { excludesMaximum ? score >= maximum : score > maximum }
}

/// One end of a range of members.
package enum MemberLimit {
    case lowest, highest
    case including(ByteView)
    case excluding(ByteView)
}

/// Members between two limits, for sets whose scores are all the same.
package struct MemberRange {
    package var minimum: MemberLimit
    package var maximum: MemberLimit

    package init(minimum: MemberLimit, maximum: MemberLimit) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether nothing can be in it.
    package var isEmpty: Bool {
        switch (minimum, maximum) {
        case (.highest, _), (_, .lowest): return true
        case (.lowest, _), (_, .highest): return false
        case (.including(let low), .including(let high)): return low.compare(high) > 0
        case (.including(let low), .excluding(let high)), (.excluding(let low), .including(let high)),
            (.excluding(let low), .excluding(let high)):
            return low.compare(high) >= 0
        }
    }

    fileprivate func isAtLeastMinimum(_ element: ListpackElement) -> Bool {
        switch minimum {
        case .lowest: true
        case .highest: false
        case .including(let low): element.compare(low) >= 0
        case .excluding(let low): element.compare(low) > 0
        }
    }

    fileprivate func isAtMostMaximum(_ element: ListpackElement) -> Bool {
        switch maximum {
        case .lowest: false
        case .highest: true
        case .including(let high): element.compare(high) <= 0
        case .excluding(let high): element.compare(high) < 0
        }
    }
}

extension SortedSetValue {
    /// The ranks of the members whose scores are within the range.
    package func ranks(_ range: ScoreRange) -> Range<Int> {
        if isTree {
            let lower = tree.rank(below: range.minimum, inclusive: range.excludesMinimum)
            let upper = tree.rank(below: range.maximum, inclusive: !range.excludesMaximum)
            return lower..<max(lower, upper)
        }
        let list = listpack
        var lower = 0
        var rank = 0
        var position = list.start
        while !list.isEnd(position) {
            let scorePosition = list.next(position)
            let score = SortedSetValue.score(list.element(scorePosition))
            if range.isBehind(score) { break }
            rank &+= 1
            if range.isBefore(score) { lower = rank }
            position = list.next(scorePosition)
        }
        return lower..<max(lower, rank)
    }

    /// The ranks of the members within the range. If scores differ, a listpack is looked through from the end where
    /// the walk begins, as in Redis, up to the first member that is not within the range. `skipped` members at that
    /// end are left out, and in a listpack are not looked at.
    package func ranks(_ range: MemberRange, reversed: Bool = false, skipping skipped: Int = 0) -> Range<Int> {
        if range.isEmpty { return 0..<0 }
        if isTree {
            let lower = rank(before: range.minimum, isUpper: false)
            let upper = rank(before: range.maximum, isUpper: true)
            let count = max(0, upper - lower)
            let left = count - min(skipped, count)
            return reversed ? lower..<lower + left : lower + count - left..<lower + count
        }
        let list = listpack
        guard let first = list.first, let last = list.last,
            range.isAtMostMaximum(list.element(first)), range.isAtLeastMinimum(list.element(list.before(last)))
        else { return 0..<0 }
        return reversed ? ranksFromEnd(list, range, skipped) : ranksFromStart(list, range, skipped)
    }

    private func rank(before limit: MemberLimit, isUpper: Bool) -> Int {
        switch limit {
        case .lowest: 0
        case .highest: tree.count
        case .including(let member): tree.rank(below: member, inclusive: isUpper)
        case .excluding(let member): tree.rank(below: member, inclusive: !isUpper)
        }
    }

    private func ranksFromStart(_ list: Listpack, _ range: MemberRange, _ skipped: Int) -> Range<Int> {
        var rank = 0
        var position = list.start
        while !list.isEnd(position), !range.isAtLeastMinimum(list.element(position)) {
            position = list.next(list.next(position))
            rank &+= 1
        }
        // An end that is nowhere in the list is met before anything is skipped.
        if list.isEnd(position) || !range.isAtMostMaximum(list.element(position)) { return rank..<rank }
        var left = skipped
        while left > 0 && !list.isEnd(position) {
            position = list.next(list.next(position))
            rank &+= 1
            left &-= 1
        }
        let lower = rank
        while !list.isEnd(position), range.isAtMostMaximum(list.element(position)) {
            position = list.next(list.next(position))
            rank &+= 1
        }
        return lower..<rank
    }

    private func ranksFromEnd(_ list: Listpack, _ range: MemberRange, _ skipped: Int) -> Range<Int> {
        var upper = list.count &>> 1
        var position = list.end
        /// The member before `position`.
        func member() -> Int? { position <= list.start ? nil : list.before(list.before(position)) }
        while let place = member(), !range.isAtMostMaximum(list.element(place)) {
            position = place
            upper &-= 1
        }
        guard let place = member(), range.isAtLeastMinimum(list.element(place)) else { return upper..<upper }
        var left = skipped
        while left > 0, let place = member() {
            position = place
            upper &-= 1
            left &-= 1
        }
        var lower = upper
        while let place = member(), range.isAtLeastMinimum(list.element(place)) {
            position = place
            lower &-= 1
        }
        return lower..<upper
    }
}
