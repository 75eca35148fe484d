// ZRANGE and its older relatives, and ZRANGESTORE.
import Bytes
import Containers
import Keyspace
import RESP

/// What of a sorted set is asked for.
private enum RangeKind {
    case ranks(start: Int64, end: Int64)
    case scores(ScoreRange)
    case members(MemberRange)
}

/// How a command of the family reads its arguments.
struct RangeForm {
    enum By { case rank, score, member }

    /// Nil: options say it.
    var by: By?
    var reversed: Bool?
    var stores = false
}

/// The arguments behind the key.
private struct RangeOptions {
    var kind: RangeKind
    var reversed = false
    var withScores = false
    var offset: Int64 = 0
    /// Negative: no limit.
    var limit: Int64 = -1

    /// Nil: they were refused, which the client has been told.
    init?(_ context: borrowing CommandContext, key: Int, _ form: RangeForm) {
        let arguments = context.arguments
        kind = .ranks(start: 0, end: 0)
        var form = form
        var index = key + 3
        while index < arguments.count {
            let word = arguments[index]
            if !form.stores && word.equalsIgnoringCase("withscores") {
                withScores = true
            } else if word.equalsIgnoringCase("limit") && index + 2 < arguments.count {
                guard let offset = IntegerText.parse(arguments[index + 1]),
                    let limit = IntegerText.parse(arguments[index + 2])
                else {
                    context.reply.error(ErrorText.notInteger)
                    return nil
                }
                (self.offset, self.limit) = (offset, limit)
                index += 2
            } else if form.reversed == nil && word.equalsIgnoringCase("rev") {
                form.reversed = true
            } else if form.by == nil && word.equalsIgnoringCase("bylex") {
                form.by = .member
            } else if form.by == nil && word.equalsIgnoringCase("byscore") {
                form.by = .score
            } else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            index += 1
        }
        reversed = form.reversed ?? false
        if let error = readLimits(arguments, key, form.by ?? .rank) {
            context.reply.error(error)
            return nil
        }
    }

    /// Reads the two ends of the range; returns what is wrong.
    private mutating func readLimits(_ arguments: Arguments, _ key: Int, _ by: RangeForm.By) -> StaticString? {
        if limit != -1 && by == .rank {
            return "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
        }
        if withScores && by == .member {
            return "ERR syntax error, WITHSCORES not supported in combination with BYLEX"
        }
        let isSwapped = reversed && by != .rank
        let first = arguments[isSwapped ? key + 2 : key + 1]
        let second = arguments[isSwapped ? key + 1 : key + 2]
        switch by {
        case .rank:
            guard let start = IntegerText.parse(first), let end = IntegerText.parse(second) else {
                return ErrorText.notInteger
            }
            kind = .ranks(start: start, end: end)
        case .score:
            guard let range = ScoreRange(first, second) else { return ErrorText.minimumOrMaximumNotFloat }
            kind = .scores(range)
        case .member:
            guard let range = MemberRange(first, second) else { return ErrorText.minimumOrMaximumNotString }
            kind = .members(range)
        }
        return nil
    }

    /// Whether Redis knows how many members there will be before it has seen them.
    var isCounted: Bool {
        if case .ranks = kind { return true }
        return false
    }

    /// The ranks that are asked for, counted from the beginning of the set.
    func ranks(of set: SortedSetValue) -> Range<Int> {
        switch kind {
        case .ranks(let start, let end):
            let count = set.count
            let range = rankRange(start, end, count: count)
            return reversed ? count - range.upperBound..<count - range.lowerBound : range
        case .scores(let range):
            let ranks = set.ranks(range)
            if offset < 0 || offset >= Int64(ranks.count) { return 0..<0 }
            let skipped = Int(offset)
            return limited(reversed ? ranks.dropLast(skipped) : ranks.dropFirst(skipped))
        case .members(let range):
            if offset < 0 || offset >= Int64(set.count) { return 0..<0 }
            return limited(set.ranks(range, reversed: reversed, skipping: Int(offset)))
        }
    }

    /// The part of the ranks that LIMIT leaves.
    private func limited(_ ranks: Range<Int>) -> Range<Int> {
        if limit < 0 || limit >= Int64(ranks.count) { return ranks }
        return reversed ? ranks.suffix(Int(limit)) : ranks.prefix(Int(limit))
    }
}

/// The ranks from `start` to `end`, both included and negative from the end, of a set of `count` members.
func rankRange(_ start: Int64, _ end: Int64, count: Int) -> Range<Int> {
    let length = Int64(count)
    let first = start < 0 ? max(0, start &+ length) : start
    let last = end < 0 ? end &+ length : min(end, length &- 1)
    if first > last || first >= length { return 0..<0 }
    return Int(first)..<Int(last) + 1
}

/// ZRANGE, ZREVRANGE, ZRANGEBYSCORE, ZREVRANGEBYSCORE, ZRANGEBYLEX and ZREVRANGEBYLEX.
func zrange(_ context: inout CommandContext, _ form: RangeForm) {
    guard let options = RangeOptions(context, key: 1, form),
        let set = context.readSortedSet(whenAbsent: { $0.array(0) })
    else { return }
    let ranks = options.ranks(of: set)
    context.reply.members(
        set, from: options.reversed ? ranks.upperBound - 1 : ranks.lowerBound, count: ranks.count,
        reversed: options.reversed, withScores: options.withScores, nested: context.reply.isRESP3)
}

func zrangestore(_ context: inout CommandContext) {
    guard let options = RangeOptions(context, key: 2, RangeForm(stores: true)) else { return }
    let limits = context.sortedSetLimits
    let seed = context.memberSeed
    let source: SortedSetValue?
    switch context.find(context.key(2), as: .sortedSet, .read) {
    case .found(let found): source = SortedSetValue(found.entry.external)
    case .absent: source = nil
    case .refused: return
    }
    let ranks = source.map { options.ranks(of: $0) } ?? 0..<0
    // A listpack to begin with, unless it is known to be too small: in between, minus zero loses its sign as in Redis.
    var result = SortedSetValue.create(
        memberLength: 0, count: options.isCounted ? ranks.count : 0, limits: limits, seed: seed)
    if let source, !ranks.isEmpty {
        var cursor = source.cursor(
            rank: options.reversed ? ranks.upperBound - 1 : ranks.lowerBound, reversed: options.reversed)
        var left = ranks.count
        while true {
            let score = cursor.score
            cursor.member.withBytes { result.set($0, score: score, limits: limits, seed: seed) }
            left -= 1
            if left == 0 { break }
            cursor.advance()
        }
    }
    context.store(result, at: context.key(1), event: "zrangestore")
}
