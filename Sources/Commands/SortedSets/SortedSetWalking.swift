// ZRANDMEMBER and ZSCAN.
import Bytes
import Containers
import Keyspace
import RESP

func zrandmember(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count == 2 {
        guard let set = context.readSortedSet(whenAbsent: { $0.null() }) else { return }
        let rank = context.randomRank(below: set.count)
        return context.reply.bulk(set.cursor(rank: rank).member)
    }
    guard let count = IntegerText.parse(arguments[2]) else { return context.reply.error(ErrorText.notInteger) }
    if count == .min {
        return context.reply.error(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")
    }
    var withScores = false
    if arguments.count > 3 {
        guard arguments.count == 4, arguments[3].equalsIgnoringCase("withscores") else {
            return context.reply.error(ErrorText.syntax)
        }
        withScores = true
        if count.magnitude > UInt64(Int64.max / 2) { return context.reply.error(ErrorText.outOfRange) }
    }
    guard let set = context.readSortedSet(whenAbsent: { $0.array(0) }) else { return }
    if count < 0 {
        replyRandom(&context, set, Int(count.magnitude), withScores)
    } else {
        replyDistinct(&context, set, Int(count), withScores)
    }
}

extension CommandContext {
    /// A random number below `bound`, all of them equally likely but for one part in 2³².
    fileprivate func randomRank(below bound: Int) -> Int {
        let random = unsafe key(1).shard.pointee.nextRandom()
        return Int(random.multipliedFullWidth(by: UInt64(bound)).high)
    }
}

private func replyMember(_ reply: ReplyWriter, _ cursor: SortedSetCursor, _ withScores: Bool) {
    if withScores && reply.isRESP3 { reply.array(2) }
    reply.bulk(cursor.member)
    if withScores { reply.double(cursor.score) }
}

/// Random members, the same one perhaps several times.
private func replyRandom(_ context: inout CommandContext, _ set: SortedSetValue, _ count: Int, _ withScores: Bool) {
    context.reply.array(withScores && !context.reply.isRESP3 ? count * 2 : count)
    for _ in 0..<count {
        if context.reply.isFullOfDraws { return }
        replyMember(context.reply, set.cursor(rank: context.randomRank(below: set.count)), withScores)
    }
}

/// Random members, each at most once.
private func replyDistinct(_ context: inout CommandContext, _ set: SortedSetValue, _ count: Int, _ withScores: Bool) {
    let size = set.count
    let taken = min(count, size)
    let nested = context.reply.isRESP3
    if taken == size || taken == 0 {
        return context.reply.members(
            set, from: 0, count: taken, reversed: false, withScores: withScores, nested: nested)
    }
    context.reply.array(withScores && !nested ? taken * 2 : taken)
    if taken * 3 < size {
        var seen = Set<Int>(minimumCapacity: taken)
        while seen.count < taken {
            let rank = context.randomRank(below: size)
            if seen.insert(rank).inserted { replyMember(context.reply, set.cursor(rank: rank), withScores) }
        }
        return
    }
    // Each member is taken with the chance that leaves as many as are wanted.
    var cursor = set.cursor(rank: 0)
    var wanted = taken
    for rank in 0..<size where wanted > 0 {
        if context.randomRank(below: size - rank) < wanted {
            replyMember(context.reply, cursor, withScores)
            wanted -= 1
        }
        if wanted > 0 { cursor.advance() }
    }
}

func zscan(_ context: inout CommandContext) {
    guard let cursor = ScanCursor.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.invalidCursor)
    }
    let absent: (ReplyWriter) -> Void = { $0.raw("*2\r\n$1\r\n0\r\n*0\r\n") }
    // As in Redis, the options are only read if there is such a key.
    guard let set = context.readSortedSet(whenAbsent: absent), let options = ScanOptions(context, from: 3)
    else { return }
    let reply = context.reply
    // A score is a bulk in every protocol version here.
    var plain = reply
    plain.protocolVersion = 2
    reply.page(options, from: cursor) { position, page in
        set.scan(from: position) { member, score, stored in
            page.seen += 1
            if !options.takes(member) { return }
            reply.bulk(member)
            if let stored { reply.bulk(stored) } else { plain.double(score) }
            page.written += 2
        }
    }
}
