// TTL, PTTL, EXPIRETIME, PEXPIRETIME and PERSIST.
import Keyspace
import RESP

let timeToLiveCommands: [Command] = unsafe [
    Command(
        "ttl", arity: 2, [.readonly, .fast], [.keyspace], keys: [.one([.readOnly, .access])], group: .generic,
        since: "1.0.0", summary: "Tells in how many seconds a key expires.", syntax: "key",
        tips: ["nondeterministic_output"]
    ) { unsafe tellDeadline(&$0.context) { Seconds.rounded($0 &- $1) } },
    unsafe Command(
        "pttl", arity: 2, [.readonly, .fast], [.keyspace], keys: [.one([.readOnly, .access])], group: .generic,
        since: "2.6.0", summary: "Tells in how many milliseconds a key expires.", syntax: "key",
        tips: ["nondeterministic_output"]
    ) { unsafe tellDeadline(&$0.context) { $0 &- $1 } },
    unsafe Command(
        "expiretime", arity: 2, [.readonly, .fast], [.keyspace], keys: [.one([.readOnly, .access])], group: .generic,
        since: "7.0.0", summary: "Tells at which Unix time in seconds a key expires.", syntax: "key"
    ) { unsafe tellDeadline(&$0.context) { deadline, _ in Seconds.rounded(deadline) } },
    unsafe Command(
        "pexpiretime", arity: 2, [.readonly, .fast], [.keyspace], keys: [.one([.readOnly, .access])], group: .generic,
        since: "7.0.0", summary: "Tells at which Unix time in milliseconds a key expires.", syntax: "key"
    ) { unsafe tellDeadline(&$0.context) { deadline, _ in deadline } },
    unsafe Command(
        "persist", arity: 2, [.write, .fast], [.keyspace], keys: [.one([.readWrite, .update])], group: .generic,
        since: "2.2.0", summary: "Takes a key's time to live away.", syntax: "key"
    ) { unsafe persist(&$0.context) },
]

private enum Seconds {
    /// The nearest number of seconds.
    static func rounded(_ milliseconds: Int64) -> Int64 {
        milliseconds / 1000 &+ (milliseconds % 1000 >= 500 ? 1 : 0)
    }
}

/// Answers what `answer` makes of the deadline and the time it is; -1: there is none; -2: no such key.
@inline(__always)
private func tellDeadline(_ context: inout CommandContext, _ answer: (Int64, Int64) -> Int64) {
    guard let found = context.find(context.key(1), .counts) else {
        context.reply.integer(-2)
        return
    }
    let deadline = found.entry.deadline
    context.reply.integer(deadline == .max ? -1 : answer(deadline, context.now))
}

private func persist(_ context: inout CommandContext) {
    let key = context.key(1)
    guard var found = context.find(key, .write), found.entry.hasDeadline else {
        context.reply.integer(0)
        return
    }
    context.database(of: key).setDeadline(&found, hash: key.hash, to: .max)
    context.changed(key, .generic, "persist")
    context.reply.integer(1)
}
