// The table entries of the commands on groups of streams, and of those that read and may wait.
import Bytes
import Keyspace
import RESP

/// The keys stand behind STREAMS, in front of as many IDs.
private func keysBehindStreams(from start: Int) -> [KeySpec] {
    [
        KeySpec(
            .keyword("STREAMS", startFrom: start), .range(last: -1, step: 1, limit: 2),
            [.readOnly, .access])
    ]
}

let streamReadingCommands: [Command] = unsafe [
    Command(
        "xread", arity: -4, [.readonly, .blocking, .movableKeys], [.stream], keys: keysBehindStreams(from: 1),
        group: .stream, since: "5.0.0", complexity: "O(N) where N is the number of entries returned.",
        summary: "Returns entries of streams behind the IDs given; waits for some if it is told to.",
        syntax: "[COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]"
    ) { unsafe xread(&$0.context, isGroup: false) },
    unsafe Command(
        "xreadgroup", arity: -7, [.write, .blocking, .movableKeys], [.stream], keys: keysBehindStreams(from: 4),
        group: .stream, since: "5.0.0", complexity: "O(N) where N is the number of entries returned.",
        summary: "Returns new or pending entries of streams to a consumer of a group; waits for some if it is told to.",
        syntax:
            """
            GROUP group consumer [COUNT count] [BLOCK milliseconds] [CLAIM min-idle-time] [NOACK] STREAMS \
            key [key ...] id [id ...]
            """
    ) { unsafe xread(&$0.context, isGroup: true) },
]

let streamPendingCommands: [Command] = unsafe [
    Command(
        "xack", arity: -4, [.write, .fast], [.stream], keys: [.one([.readWrite, .update])], group: .stream,
        since: "5.0.0", complexity: "O(1) for each ID.",
        summary: "Acknowledges entries, which are then no longer pending; returns how many were.",
        syntax: "key group id [id ...]"
    ) { unsafe xack(&$0.context) },
    unsafe Command(
        "xackdel", arity: -6, [.write, .fast], [.stream], keys: [.one([.readWrite, .update, .delete])],
        group: .stream, since: "8.2.0", complexity: "O(1) for each ID.",
        summary: "Acknowledges entries and removes them from the stream.",
        syntax: "key group [KEEPREF | DELREF | ACKED] <IDS numids id [id ...]>"
    ) { unsafe xackdel(&$0.context) },
    unsafe Command(
        "xpending", arity: -3, [.readonly], [.stream], keys: [.one([.readOnly, .access])], group: .stream,
        since: "5.0.0", complexity: "O(N) where N is the number of entries looked at.",
        summary: "Tells what of a group is pending, and for whom.",
        syntax: "key group [[IDLE min-idle-time] start end count [consumer]]", tips: ["nondeterministic_output"]
    ) { unsafe xpending(&$0.context) },
    unsafe Command(
        "xclaim", arity: -6, [.write, .fast], [.stream], keys: [.one([.readWrite, .update])], group: .stream,
        since: "5.0.0", complexity: "O(log N) for each ID, with N pending entries in the group.",
        summary: "Gives pending entries to another consumer.",
        syntax:
            """
            key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-milliseconds] \
            [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID lastid]
            """,
        tips: ["nondeterministic_output"]
    ) { unsafe xclaim(&$0.context) },
    unsafe Command(
        "xautoclaim", arity: -6, [.write, .fast], [.stream], keys: [.one([.readWrite, .delete])],
        group: .stream, since: "6.2.0", complexity: "O(1) if COUNT is small.",
        summary: "Gives entries that have been pending for long to another consumer.",
        syntax: "key group consumer min-idle-time start [COUNT count] [JUSTID]", tips: ["nondeterministic_output"]
    ) { unsafe xautoclaim(&$0.context) },
]

let streamContainerCommands: [Command] = unsafe [
    Command(
        "xgroup", arity: -2, [], group: .stream, since: "5.0.0", complexity: "Depends on the subcommand.",
        summary: "Container of the commands on consumer groups.", subcommands: groupSubcommands
    ) { unsafe $0.context.reply.error(ErrorText.syntax) },
    unsafe Command(
        "xinfo", arity: -2, [], group: .stream, since: "5.0.0", complexity: "Depends on the subcommand.",
        summary: "Container of the commands that tell of streams.", subcommands: informationSubcommands
    ) { unsafe $0.context.reply.error(ErrorText.syntax) },
]

private let groupSubcommands: [Command] = unsafe [
    Command(
        "create", arity: -5, [.write, .denyOutOfMemory], [.stream], keys: [.one([.readWrite, .insert], at: 2)],
        group: .stream, since: "5.0.0", summary: "Creates a consumer group.",
        syntax: "key group <id | $> [MKSTREAM] [ENTRIESREAD entries-read]"
    ) { unsafe xgroupCreate(&$0.context) },
    unsafe Command(
        "createconsumer", arity: 5, [.write, .denyOutOfMemory], [.stream],
        keys: [.one([.readWrite, .insert], at: 2)], group: .stream, since: "6.2.0",
        summary: "Creates a consumer of a group.", syntax: "key group consumer"
    ) { unsafe xgroupCreateConsumer(&$0.context) },
    unsafe Command(
        "delconsumer", arity: 5, [.write], [.stream], keys: [.one([.readWrite, .delete], at: 2)], group: .stream,
        since: "5.0.0", summary: "Removes a consumer of a group; returns how many entries were pending for it.",
        syntax: "key group consumer"
    ) { unsafe xgroupDeleteConsumer(&$0.context) },
    unsafe Command(
        "destroy", arity: 4, [.write], [.stream], keys: [.one([.readWrite, .delete], at: 2)], group: .stream,
        since: "5.0.0", complexity: "O(N) where N is the number of pending entries.",
        summary: "Removes a consumer group.", syntax: "key group"
    ) { unsafe xgroupDestroy(&$0.context) },
    unsafe Command(
        "help", arity: 2, [.loading, .stale], [.stream], routing: .keyless, group: .stream, since: "5.0.0",
        summary: "Lists the subcommands."
    ) { unsafe xgroupHelp(&$0.context) },
    unsafe Command(
        "setid", arity: -5, [.write], [.stream], keys: [.one([.readWrite, .update], at: 2)], group: .stream,
        since: "5.0.0", summary: "Sets the ID behind which a group goes on reading.",
        syntax: "key group <id | $> [ENTRIESREAD entries-read]"
    ) { unsafe xgroupSetID(&$0.context) },
]

private let informationSubcommands: [Command] = unsafe [
    Command(
        "consumers", arity: 4, [.readonly], [.stream], keys: [.one([.readOnly, .access], at: 2)], group: .stream,
        since: "5.0.0", summary: "Tells of the consumers of a group.", syntax: "key group",
        tips: ["nondeterministic_output"]
    ) { unsafe xinfoConsumers(&$0.context) },
    unsafe Command(
        "groups", arity: 3, [.readonly], [.stream], keys: [.one([.readOnly, .access], at: 2)], group: .stream,
        since: "5.0.0", summary: "Tells of the consumer groups of a stream.", syntax: "key"
    ) { unsafe xinfoGroups(&$0.context) },
    unsafe Command(
        "help", arity: 2, [.loading, .stale], [.stream], routing: .keyless, group: .stream, since: "5.0.0",
        summary: "Lists the subcommands."
    ) { unsafe xinfoHelp(&$0.context) },
    unsafe Command(
        "stream", arity: -3, [.readonly], [.stream], keys: [.one([.readOnly, .access], at: 2)], group: .stream,
        since: "5.0.0", summary: "Tells of a stream.", syntax: "key [FULL [COUNT count]]"
    ) { unsafe xinfoStream(&$0.context) },
]
