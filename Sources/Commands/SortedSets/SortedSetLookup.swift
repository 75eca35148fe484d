// Looking members of a sorted set up: ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZCOUNT, ZLEXCOUNT.
import Bytes
import Containers
import Keyspace
import RESP

func zcard(_ context: inout CommandContext) {
    guard let set = context.readSortedSet(whenAbsent: { $0.integer(0) }) else { return }
    context.reply.integer(set.count)
}

func zscore(_ context: inout CommandContext) {
    guard let set = context.readSortedSet(whenAbsent: { $0.null() }) else { return }
    reply(context.reply, set.score(of: context.arguments[2]))
}

func zmscore(_ context: inout CommandContext) {
    let members = context.arguments.dropFirst(2)
    let found = context.find(context.key(1), as: .sortedSet, .read)
    if case .refused = found { return }
    context.reply.array(members.count)
    for index in 0..<members.count {
        if case .found(let found) = found {
            reply(context.reply, SortedSetValue(found.entry.external).score(of: members[index]))
        } else {
            context.reply.null()
        }
    }
}

private func reply(_ reply: ReplyWriter, _ score: Double?) {
    if let score { reply.double(score) } else { reply.null() }
}

/// ZRANK and ZREVRANK.
func zrank(_ context: inout CommandContext, reversed: Bool) {
    let count = context.arguments.count
    if count > 4 { return context.reply.wrongArity(reversed ? "zrevrank" : "zrank") }
    let withScore = count == 4
    if withScore && !context.arguments[3].equalsIgnoringCase("withscore") {
        return context.reply.error(ErrorText.syntax)
    }
    let absent: (ReplyWriter) -> Void = { if withScore { $0.nullArray() } else { $0.null() } }
    guard let set = context.readSortedSet(whenAbsent: absent) else { return }
    guard let found = set.rank(of: context.arguments[2]) else { return absent(context.reply) }
    if withScore { context.reply.array(2) }
    context.reply.integer(reversed ? set.count &- 1 &- found.rank : found.rank)
    if withScore { context.reply.double(found.score) }
}

func zcount(_ context: inout CommandContext) {
    guard let range = ScoreRange(context.arguments[2], context.arguments[3]) else {
        return context.reply.error(ErrorText.minimumOrMaximumNotFloat)
    }
    guard let set = context.readSortedSet(whenAbsent: { $0.integer(0) }) else { return }
    context.reply.integer(set.ranks(range).count)
}

func zlexcount(_ context: inout CommandContext) {
    guard let range = MemberRange(context.arguments[2], context.arguments[3]) else {
        return context.reply.error(ErrorText.minimumOrMaximumNotString)
    }
    guard let set = context.readSortedSet(whenAbsent: { $0.integer(0) }) else { return }
    context.reply.integer(set.ranks(range).count)
}

// MARK: - Ranges as clients write them

extension ScoreRange {
    /// `5`, `(5`, `-inf`; nil if either is no number.
    init?(_ minimum: ByteView, _ maximum: ByteView) {
        guard let low = ScoreRange.limit(minimum), let high = ScoreRange.limit(maximum) else { return nil }
        self.init(minimum: low.score, maximum: high.score)
        excludesMinimum = low.isExcluded
        excludesMaximum = high.isExcluded
    }

    private static func limit(_ text: ByteView) -> (score: Double, isExcluded: Bool)? {
        let isExcluded = !text.isEmpty && text[0] == 0x28
        return DoubleText.parseLeniently(text.dropFirst(isExcluded ? 1 : 0)).map { ($0, isExcluded) }
    }
}

extension MemberRange {
    /// `[a`, `(a`, `-`, `+`; nil if either is none of these.
    init?(_ minimum: ByteView, _ maximum: ByteView) {
        guard let low = MemberRange.limit(minimum), let high = MemberRange.limit(maximum) else { return nil }
        self.init(minimum: low, maximum: high)
    }

    private static func limit(_ text: ByteView) -> MemberLimit? {
        if text.isEmpty { return nil }
        switch text[0] {
        case 0x2b where text.count == 1: return .highest
        case 0x2d where text.count == 1: return .lowest
        case 0x28: return .excluding(text.dropFirst(1))
        case 0x5b: return .including(text.dropFirst(1))
        default: return nil
        }
    }
}
