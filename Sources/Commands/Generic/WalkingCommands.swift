// KEYS, SCAN and RANDOMKEY.
import Bytes
import Keyspace
import RESP

let walkingCommands: [Command] = unsafe [
    Command(
        "keys", arity: 2, [.readonly], [.keyspace, .dangerous], routing: .broadcast(.concatenate), group: .generic,
        since: "1.0.0", complexity: "O(N) for N keys in the database.",
        summary: "Lists all keys whose names match a pattern.", syntax: "pattern",
        tips: ["request_policy:all_shards", "nondeterministic_output_order"]
    ) { unsafe keys(&$0.context) },
    unsafe Command(
        "scan", arity: -2, [.readonly], [.keyspace], routing: .cursor, group: .generic, since: "2.8.0",
        complexity: "O(1) a call, O(N) from the first call to the last for N keys in the database.",
        summary: "Goes through the keys of the database, a few at a time.",
        syntax: "cursor [MATCH pattern] [COUNT count] [TYPE type]",
        tips: ["nondeterministic_output", "request_policy:special"]
    ) { unsafe scan(&$0.context) },
    unsafe Command(
        "randomkey", arity: 1, [.readonly], [.keyspace], routing: .allShards, group: .generic, since: "1.0.0",
        summary: "Picks a key at random.", tips: ["request_policy:all_shards", "nondeterministic_output"]
    ) { unsafe randomKey(&$0.context) },
]

private func keys(_ context: inout CommandContext) {
    let pattern = GlobPattern(context.arguments[1])
    let takesAll = pattern.matchesEverything
    let reply = context.reply
    let now = context.now
    let index = context.database
    let place = reply.deferLength()
    var count = 0
    unsafe context.keyspace.forEachShard { shard in
        unsafe shard.pointee.database(index).forEach { entry in
            if entry.isExpired(now: now) || !takesAll && !pattern.matches(entry.key) { return }
            reply.bulk(entry.key)
            count += 1
        }
    }
    reply.finishArray(place, count)
}

private func scan(_ context: inout CommandContext) {
    guard let cursor = ScanCursor.parse(context.arguments[1]) else {
        context.reply.error(ErrorText.invalidCursor)
        return
    }
    guard let options = ScanOptions(context, from: 2, allows: .type) else { return }
    let keyspace = context.keyspace
    var page = KeyPage(options: options, now: context.now)
    defer { page.found.deallocate() }
    // One shard is held, or all of them: then the page goes on until it is full.
    let named = ScanCursor.shard(cursor)
    var shard = unsafe keyspace.single?.pointee.index ?? (named < keyspace.map.shardCount ? named : 0)
    let end = unsafe keyspace.single == nil ? keyspace.map.shardCount : shard + 1
    var position: UInt64? = ScanCursor.position(cursor)
    let isForeign = ScanCursor.position(cursor) > ScanCursor.maximumPosition
    while shard < end && !isForeign {
        position = unsafe page.fill(from: keyspace.shards[shard].pointee.database(context.database), position ?? 0)
        if position != nil { break }
        shard += 1
    }
    let isOver = isForeign || shard == keyspace.map.shardCount
    context.reply.array(2)
    let next = isOver ? 0 : ScanCursor.make(position: position ?? 0, shard: shard)
    context.reply.bulk(integer: Int64(bitPattern: next))
    context.reply.array(page.found.count)
    for index in 0..<page.found.count { context.reply.bulk(page.found[index]) }
}

/// What one call of SCAN has found so far.
private struct KeyPage: ~Copyable {
    let options: ScanOptions
    let now: Int64
    /// Names of keys, as views of their entries.
    var found = ArgumentList()
    private var visited = 0
    private var steps = 0

    init(options: ScanOptions, now: Int64) {
        self.options = options
        self.now = now
    }

    /// Goes on at `position`; returns where to go on next time, or nil if the database is done.
    mutating func fill(from database: Database, _ position: UInt64) -> UInt64? {
        var position = position
        // A sparse table must not make a call long: most steps bring several keys.
        while visited < options.count && steps / 10 < options.count {
            steps += 1
            let next = database.scan(from: position) { entry in
                visited += 1
                if options.takes(entry, now: now) { found.append(entry.key) }
            }
            guard let next else { return nil }
            position = next
        }
        return position
    }
}

private func randomKey(_ context: inout CommandContext) {
    let keyspace = context.keyspace
    let index = context.database
    while true {
        var total = 0
        var random: UInt64 = 0
        unsafe keyspace.forEachShard { shard in
            unsafe total += shard.pointee.database(index).count
            unsafe random ^= shard.pointee.nextRandom()
        }
        if total == 0 {
            context.reply.null()
            return
        }
        var rest = Int(random % UInt64(total))
        var chosen: Entry?
        unsafe keyspace.forEachShard { shard in
            let count = unsafe shard.pointee.database(index).count
            if chosen == nil && rest < count { chosen = unsafe shard.pointee.database(index).randomEntry() }
            rest -= count
        }
        guard let entry = chosen else { continue }
        if !entry.isExpired(now: context.now) {
            context.reply.bulk(entry.key)
            return
        }
        // Looking an expired key up removes it; there are fewer of them at every turn.
        let route = keyspace.map.route(entry.key)
        let shard = unsafe keyspace.shards[route.shard]
        _ = unsafe shard.pointee.database(index).find(entry.key, hash: route.hash, now: context.now, .peek)
    }
}
