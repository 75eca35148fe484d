// GET and SET.
import Bytes
import Keyspace
import RESP

package let stringCommands: [Command] = unsafe [
    Command(
        "get", arity: 2, [.readonly, .fast], [.string], keys: [.one([.readOnly, .access])], group: .string,
        since: "1.0.0", summary: "Returns the string value of a key.", syntax: "key"
    ) { unsafe get(&$0.context) },
    unsafe Command(
        "set", arity: -3, [.write, .denyOutOfMemory], [.string],
        keys: [.one([.readWrite, .access, .update, .variableFlags])], group: .string, since: "1.0.0",
        summary: "Sets the string value of a key.", syntax: "key value"
    ) { unsafe set(&$0.context) },
]

private func get(_ context: inout CommandContext) {
    let key = context.key(1)
    let database = unsafe key.shard.pointee.database(context.database)
    guard let found = database.find(key.name, hash: key.hash, now: context.now) else {
        context.reply.null()
        return
    }
    guard found.entry.type == .string else {
        context.reply.error("WRONGTYPE Operation against a key holding the wrong kind of value")
        return
    }
    found.entry.withString { context.reply.bulk($0) }
}

private func set(_ context: inout CommandContext) {
    let key = context.key(1)
    let database = unsafe key.shard.pointee.database(context.database)
    let found = database.find(key.name, hash: key.hash, now: context.now, .write)
    database.set(key.name, hash: key.hash, replacing: found, .string(context.arguments[2]))
    context.reply.ok()
}
