// Removing members of a sorted set: ZREM, ZREMRANGEBY…, ZPOPMIN, ZPOPMAX, ZMPOP and what waits for them.
import Bytes
import Containers
import Keyspace
import RESP

func zrem(_ context: inout CommandContext) {
    let key = context.key(1)
    guard let found = context.writableSortedSet(key, whenAbsent: { $0.integer(0) }) else { return }
    let arguments = context.arguments
    let database = context.database(of: key)
    var removed = 0
    var isEmpty = false
    database.reshape(found) { value in
        var set = SortedSetValue(value)
        var index = 2
        while index < arguments.count && !isEmpty {
            if set.remove(arguments[index]) {
                removed &+= 1
                isEmpty = set.count == 0
            }
            index &+= 1
        }
        value = set.value
    }
    if removed > 0 {
        database.touch(key.name)
        database.noteChanges(removed)
        context.notify(.sortedSet, "zrem", key.name)
        if isEmpty { context.removeEmptied(key, found) }
    }
    context.reply.integer(removed)
}

func zremrangebyrank(_ context: inout CommandContext) {
    guard let start = IntegerText.parse(context.arguments[2]), let end = IntegerText.parse(context.arguments[3]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    removeRange(&context, "zremrangebyrank") { rankRange(start, end, count: $0.count) }
}

func zremrangebyscore(_ context: inout CommandContext) {
    guard let range = ScoreRange(context.arguments[2], context.arguments[3]) else {
        return context.reply.error(ErrorText.minimumOrMaximumNotFloat)
    }
    removeRange(&context, "zremrangebyscore") { $0.ranks(range) }
}

func zremrangebylex(_ context: inout CommandContext) {
    guard let range = MemberRange(context.arguments[2], context.arguments[3]) else {
        return context.reply.error(ErrorText.minimumOrMaximumNotString)
    }
    removeRange(&context, "zremrangebylex") { $0.ranks(range) }
}

private func removeRange(
    _ context: inout CommandContext, _ event: StaticString, _ ranks: (SortedSetValue) -> Range<Int>
) {
    let key = context.key(1)
    guard let found = context.writableSortedSet(key, whenAbsent: { $0.integer(0) }) else { return }
    let ranks = ranks(SortedSetValue(found.entry.external))
    context.remove(key, found, ranks: ranks, event: event)
    context.reply.integer(ranks.count)
}

// MARK: - Popping

/// ZPOPMIN and ZPOPMAX.
func zpop(_ context: inout CommandContext, maximum: Bool) {
    let arguments = context.arguments
    if arguments.count > 3 { return context.reply.error(ErrorText.syntax) }
    var count = 1
    if arguments.count == 3 {
        guard let given = IntegerText.parse(arguments[2]), given >= 0 else {
            return context.reply.error(ErrorText.notPositive)
        }
        count = Int(given)
    }
    let key = context.key(1)
    guard let found = context.writableSortedSet(key, whenAbsent: { $0.array(0) }) else { return }
    let isNested = context.reply.isRESP3 && arguments.count == 3
    context.pop(key, found, count: count, maximum: maximum, nested: isNested)
}

extension CommandContext {
    /// Removes up to `count` members at either end and replies with them and their scores.
    fileprivate func pop(_ key: Key, _ found: Found, count: Int, maximum: Bool, nested: Bool) {
        let set = SortedSetValue(found.entry.external)
        let size = set.count
        let popped = min(count, size)
        reply.members(
            set, from: maximum ? size - 1 : 0, count: popped, reversed: maximum, withScores: true, nested: nested)
        let ranks = maximum ? size - popped..<size : 0..<popped
        remove(key, found, ranks: ranks, event: maximum ? "zpopmax" : "zpopmin")
    }

    /// The same for a single member, as BZPOPMIN replies: the key, the member, the score.
    fileprivate func popOne(_ key: Key, _ found: Found, maximum: Bool) {
        let set = SortedSetValue(found.entry.external)
        let rank = maximum ? set.count - 1 : 0
        let cursor = set.cursor(rank: rank)
        reply.array(3)
        reply.bulk(key.name)
        reply.bulk(cursor.member)
        reply.double(cursor.score)
        remove(key, found, ranks: rank..<rank + 1, event: maximum ? "zpopmax" : "zpopmin")
    }
}

/// BZPOPMIN and BZPOPMAX.
func bzpop(_ context: inout CommandContext, maximum: Bool) {
    let last = context.arguments.count - 1
    guard let deadline = context.waitDeadline(seconds: last) else { return }
    context.serveFirst(of: 1..<last, as: .sortedSet, waitingUntil: deadline) { context, key, found in
        context.popOne(key, found, maximum: maximum)
    }
}

/// ZMPOP, and BZMPOP, which `waits` and has its timeout before the number of keys.
func zmpop(_ context: inout CommandContext, waits: Bool) {
    let arguments = context.arguments
    let start = waits ? 2 : 1
    guard let number = IntegerText.parse(arguments[start]), number > 0 else {
        return context.reply.error(ErrorText.numberOfKeysNotPositive)
    }
    guard number < Int64(arguments.count - start - 1) else { return context.reply.error(ErrorText.syntax) }
    let keys = start + 1..<start + 1 + Int(number)
    let end = arguments[keys.upperBound]
    let isMaximum = end.equalsIgnoringCase("max")
    if !isMaximum && !end.equalsIgnoringCase("min") { return context.reply.error(ErrorText.syntax) }
    var count = 1
    var index = keys.upperBound + 1
    while index < arguments.count {
        guard index == keys.upperBound + 1, index + 1 < arguments.count,
            arguments[index].equalsIgnoringCase("count")
        else { return context.reply.error(ErrorText.syntax) }
        guard let value = IntegerText.parse(arguments[index + 1]), value > 0 else {
            return context.reply.error("ERR count should be greater than 0")
        }
        count = Int(value)
        index += 2
    }
    var deadline: Int64?
    if waits {
        guard let given = context.waitDeadline(seconds: 1) else { return }
        deadline = given
    }
    context.serveFirst(of: keys, as: .sortedSet, waitingUntil: deadline) { context, key, found in
        context.reply.array(2)
        context.reply.bulk(key.name)
        context.pop(key, found, count: count, maximum: isMaximum, nested: true)
    }
}
