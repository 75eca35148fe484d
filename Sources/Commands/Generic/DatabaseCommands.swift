// DBSIZE, FLUSHDB, FLUSHALL, SWAPDB, and MEMORY USAGE.
import Bytes
import Keyspace
import RESP

let databaseCommands: [Command] = unsafe [
    Command(
        "dbsize", arity: 1, [.readonly, .fast], [.keyspace], routing: .broadcast(.sum), group: .server, since: "1.0.0",
        summary: "Counts the keys of the selected database.",
        tips: ["request_policy:all_shards", "response_policy:agg_sum"]
    ) { unsafe databaseSize(&$0.context) },
    unsafe Command(
        "flushdb", arity: -1, [.write], [.keyspace, .dangerous], routing: .broadcast(.firstError), group: .server,
        since: "1.0.0", complexity: "O(1); the memory of N keys is given back later, in small steps.",
        summary: "Empties the selected database.", syntax: "[ASYNC | SYNC]",
        tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
    ) { unsafe flushDatabase(&$0.context) },
    unsafe Command(
        "flushall", arity: -1, [.write], [.keyspace, .dangerous], routing: .broadcast(.firstError), group: .server,
        since: "1.0.0", complexity: "O(1); the memory of N keys is given back later, in small steps.",
        summary: "Empties all databases.", syntax: "[ASYNC | SYNC]",
        tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
    ) { unsafe flushAll(&$0.context) },
    unsafe Command(
        "swapdb", arity: 3, [.write, .fast], [.keyspace, .dangerous], routing: .allShards, group: .server,
        since: "4.0.0", complexity: "O(N) for N keys of the two databases that are being watched.",
        summary: "Exchanges the contents of two databases.", syntax: "index1 index2"
    ) { unsafe swapDatabases(&$0.context) },
]

private func databaseSize(_ context: inout CommandContext) {
    let index = context.database
    var count = 0
    unsafe context.keyspace.forEachShard { unsafe count += $0.pointee.database(index).count }
    context.reply.integer(count)
}

/// Whether the arguments of FLUSHDB and FLUSHALL are right; both options mean the same: memory is given back in slices.
private func mayFlush(_ context: borrowing CommandContext) -> Bool {
    let arguments = context.arguments
    if arguments.count == 1 { return true }
    if arguments.count == 2, arguments[1].equalsIgnoringCase("async") || arguments[1].equalsIgnoringCase("sync") {
        return true
    }
    context.reply.error(ErrorText.syntax)
    return false
}

extension Database {
    /// Removes everything, and counts it as so many changes.
    fileprivate func empty() {
        noteChanges(count)
        removeAll()
    }
}

private func flushDatabase(_ context: inout CommandContext) {
    guard mayFlush(context) else { return }
    let index = context.database
    unsafe context.keyspace.forEachShard { unsafe $0.pointee.database(index).empty() }
    context.forgetReaders()
    context.reply.ok()
}

private func flushAll(_ context: inout CommandContext) {
    guard mayFlush(context) else { return }
    unsafe context.keyspace.forEachShard { shard in
        for index in unsafe 0..<shard.pointee.databaseCount { unsafe shard.pointee.database(index).empty() }
    }
    context.forgetReaders()
    context.reply.ok()
}

private func swapDatabases(_ context: inout CommandContext) {
    guard let first = IntegerText.parse(context.arguments[1]).flatMap(Int32.init(exactly:)) else {
        context.reply.error(ErrorText.invalidFirstDatabase)
        return
    }
    guard let second = IntegerText.parse(context.arguments[2]).flatMap(Int32.init(exactly:)) else {
        context.reply.error(ErrorText.invalidSecondDatabase)
        return
    }
    let range = 0..<context.databaseCount
    guard range.contains(Int(first)), range.contains(Int(second)) else {
        context.reply.error(ErrorText.databaseOutOfRange)
        return
    }
    unsafe context.keyspace.forEachShard { unsafe $0.pointee.swap(Int(first), Int(second)) }
    context.forgetReaders()
    context.reply.ok()
}

/// MEMORY USAGE key [SAMPLES count]: the bytes of the entry, its value and its slot in the table. Everything is
/// accounted for exactly, so that there is nothing to sample.
package func memoryUsage(_ context: inout CommandContext) {
    var index = 3
    while index < context.arguments.count {
        guard context.arguments[index].equalsIgnoringCase("samples"), index + 1 < context.arguments.count else {
            context.reply.error(ErrorText.syntax)
            return
        }
        guard let samples = IntegerText.parse(context.arguments[index + 1]) else {
            context.reply.error(ErrorText.notInteger)
            return
        }
        guard samples >= 0 else {
            context.reply.error(ErrorText.syntax)
            return
        }
        index += 2
    }
    let key = context.key(2)
    guard let found = context.find(key, .peek) else {
        context.reply.null()
        return
    }
    context.reply.integer(found.entry.memoryBytes + context.database(of: key).tableBytesPerEntry)
}
