// OBJECT: what the server knows of a key beside its value.
import Bytes
import Keyspace
import RESP

let objectCommands: [Command] = unsafe [
    Command(
        "object", arity: -2, [], group: .generic, since: "2.2.3", complexity: "Depends on the subcommand.",
        summary: "Container of the commands that look at how a value is kept.",
        subcommands: [
            Command(
                "encoding", arity: 3, [.readonly], [.keyspace], keys: [.one(.readOnly, at: 2)], group: .generic,
                since: "2.2.3", summary: "Names the way in which a value is stored.", syntax: "key",
                tips: ["nondeterministic_output"]
            ) { unsafe objectEncoding(&$0.context) },
            unsafe Command(
                "freq", arity: 3, [.readonly], [.keyspace], keys: [.one(.readOnly, at: 2)], group: .generic,
                since: "4.0.0", summary: "Tells how often a key is used, as a logarithm.", syntax: "key",
                tips: ["nondeterministic_output"]
            ) { unsafe objectFrequency(&$0.context) },
            unsafe Command(
                "help", arity: 2, [.loading, .stale], [.keyspace], routing: .keyless, group: .generic,
                since: "6.2.0", summary: "Lists the subcommands."
            ) { unsafe objectHelp(&$0.context) },
            unsafe Command(
                "idletime", arity: 3, [.readonly], [.keyspace], keys: [.one(.readOnly, at: 2)], group: .generic,
                since: "2.2.3", summary: "Tells how many seconds ago a key was used.", syntax: "key",
                tips: ["nondeterministic_output"]
            ) { unsafe objectIdleTime(&$0.context) },
            unsafe Command(
                "refcount", arity: 3, [.readonly], [.keyspace], keys: [.one(.readOnly, at: 2)], group: .generic,
                since: "2.2.3", summary: "Tells how many references there are to a value.", syntax: "key",
                tips: ["nondeterministic_output"]
            ) { unsafe objectReferenceCount(&$0.context) },
        ]
    ) { unsafe $0.context.reply.error(ErrorText.syntax) }
]

/// The entry behind the second argument; nil: there is none, and that was replied.
private func objectEntry(_ context: inout CommandContext) -> Entry? {
    let found = context.find(context.key(2), [.counts, .silent])
    if found == nil { context.reply.null() }
    return found?.entry
}

private func objectEncoding(_ context: inout CommandContext) {
    if let entry = objectEntry(&context) { context.reply.bulk(entry.encoding.name) }
}

private func objectReferenceCount(_ context: inout CommandContext) {
    if objectEntry(&context) != nil { context.reply.integer(1) }
}

private func objectFrequency(_ context: inout CommandContext) {
    let shard = unsafe context.key(2).shard
    guard let entry = objectEntry(&context) else { return }
    guard unsafe shard.pointee.accessClock.kind != .time else {
        context.reply.error(
            """
            ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when \
            switching between policies at runtime LRU and LFU data will take some time to adjust.
            """)
        return
    }
    unsafe context.reply.integer(shard.pointee.accessClock.frequency(of: entry))
}

private func objectIdleTime(_ context: inout CommandContext) {
    let shard = unsafe context.key(2).shard
    guard let entry = objectEntry(&context) else { return }
    guard unsafe shard.pointee.accessClock.kind == .time else {
        context.reply.error(
            """
            ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between \
            policies at runtime LRU and LFU data will take some time to adjust.
            """)
        return
    }
    unsafe context.reply.integer(shard.pointee.accessClock.idleSeconds(of: entry))
}

private func objectHelp(_ context: inout CommandContext) {
    let lines: [StaticString] = [
        "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "ENCODING <key>",
        "    The name of the way in which the value of <key> is stored.",
        "FREQ <key>",
        "    How often <key> is used, on a logarithmic scale. Needs an LFU maxmemory policy.",
        "IDLETIME <key>",
        "    How many seconds <key> has not been used. Not with an LFU maxmemory policy.",
        "REFCOUNT <key>",
        "    How many references there are to the value of <key>: always one.",
        "HELP",
        "    These lines.",
    ]
    context.reply.array(lines.count)
    for line in lines { context.reply.simple(line) }
}
