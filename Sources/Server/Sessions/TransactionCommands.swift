// MULTI, EXEC, DISCARD, WATCH, UNWATCH.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

let transactionCommands: [Command] = unsafe [
    Command(
        "multi", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy], [.transaction], routing: .session,
        group: .transactions, since: "1.2.0", summary: "Begins a transaction: what follows is queued until EXEC."
    ) { unsafe multi(&$0.context) },
    unsafe Command(
        "exec", arity: 1, [.noScript, .loading, .stale, .skipSlowlog], [.transaction], routing: .session,
        group: .transactions, since: "1.2.0", complexity: "Depends on the commands in the transaction",
        summary: "Runs all queued commands as one."
    ) { unsafe exec(&$0.context) },
    unsafe Command(
        "discard", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy], [.transaction],
        routing: .session, group: .transactions, since: "2.0.0",
        complexity: "O(N), when N is the number of queued commands", summary: "Drops all queued commands."
    ) { unsafe discard(&$0.context) },
    unsafe Command(
        "watch", arity: -2, [.noScript, .loading, .stale, .fast, .allowBusy], [.transaction],
        keys: [.all(.readOnly)], routing: .session, group: .transactions, since: "2.2.0",
        complexity: "O(1) for every key.", summary: "Lets the next EXEC fail if one of the keys changes before it.",
        syntax: "key [key ...]"
    ) { unsafe watch(&$0.context) },
    unsafe Command(
        "unwatch", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy], [.transaction],
        routing: .session, group: .transactions, since: "2.2.0", summary: "Forgets all watched keys."
    ) { unsafe unwatch(&$0.context) },
]

extension CommandContext {
    /// The connection that asked. Only for commands with `routing: .session`.
    var client: ConnectionPointer {
        unsafe connection.unsafelyUnwrapped.assumingMemoryBound(to: Connection.self)
    }

    /// The cold half of the connection that asked.
    var session: Session { unsafe client.pointee.session.takeUnretainedValue() }
}

private func multi(_ context: inout CommandContext) {
    let client = unsafe context.client
    if unsafe client.pointee.isInMulti || context.isInTransaction {
        context.reply.error("ERR MULTI calls can not be nested")
        return
    }
    unsafe client.pointee.isInMulti = true
    unsafe client.pointee.counters.multiCount.set(0)
    context.reply.ok()
}

/// EXEC itself never comes here: its round is made of what was queued.
private func exec(_ context: inout CommandContext) {
    context.reply.error("ERR EXEC without MULTI")
}

private func discard(_ context: inout CommandContext) {
    let client = unsafe context.client
    guard unsafe client.pointee.isInMulti else {
        context.reply.error("ERR DISCARD without MULTI")
        return
    }
    unsafe client.pointee.isInMulti = false
    unsafe client.pointee.counters.multiCount.set(-1)
    context.session.transaction.clear()
    unsafe client.pointee.hasStaleMemory = true
    context.reply.ok()
}

/// Runs on a lease of the keys' shards.
private func watch(_ context: inout CommandContext) {
    let client = unsafe context.client
    if unsafe client.pointee.isInMulti {
        context.reply.error("ERR WATCH inside MULTI is not allowed")
        return
    }
    let session = context.session
    let flag = session.transaction.flag ?? AtomicFlag.create()
    session.transaction.flag = flag
    for index in 1..<context.arguments.count {
        let key = context.key(index)
        let shard = unsafe key.shard.pointee.index
        let watched = QueuedTransaction.WatchedKey(
            database: context.database, name: key.name.bytes, hash: key.hash, shard: shard)
        if session.transaction.watched.contains(watched) { continue }
        session.transaction.watch(watched)
        unsafe key.shard.pointee.database(context.database)
            .watch(key.name, hash: key.hash, now: context.now, flag: flag)
    }
    unsafe client.pointee.hasStaleMemory = true
    unsafe client.pointee.counters.watchCount.set(session.transaction.watched.count)
    context.reply.ok()
}

/// The flow has forgotten the keys already.
private func unwatch(_ context: inout CommandContext) {
    context.reply.ok()
}
