// SLOWLOG and COMMANDLOG.
import Bytes
import Commands
import RESP

private let admin: CommandFlags = [.admin, .loading, .stale]

let slowLogCommands: [Command] = unsafe [
    Command(
        "slowlog", arity: -2, [], routing: .keyless, group: .server, since: "2.2.12",
        complexity: "Depends on subcommand.", summary: "Commands about the slow log.",
        subcommands: [
            Command(
                "get", arity: -2, admin, routing: .keyless, group: .server, since: "2.2.12",
                complexity: "O(N) where N is the number of entries returned",
                summary: "Answers with the newest entries of the slow log.", syntax: "[count]",
                tips: ["request_policy:all_nodes", "nondeterministic_output"]
            ) { unsafe slowLogGet(&$0.context) },
            unsafe Command(
                "help", arity: 2, [.loading, .stale], routing: .keyless, group: .server, since: "6.2.0",
                summary: "Lists the subcommands."
            ) { unsafe slowLogHelp(&$0.context) },
            unsafe Command(
                "len", arity: 2, admin, routing: .keyless, group: .server, since: "2.2.12",
                summary: "Counts the entries of the slow log.",
                tips: ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"]
            ) { unsafe $0.context.reply.integer($0.context.server.logs.slow.count) },
            unsafe Command(
                "reset", arity: 2, admin, routing: .keyless, group: .server, since: "2.2.12",
                complexity: "O(N) where N is the number of entries in the slow log", summary: "Empties the slow log.",
                tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
            ) { unsafe slowLogReset(&$0.context) },
        ]
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'slowlog' command") },
    unsafe Command(
        "commandlog", arity: -2, [], routing: .keyless, group: .server, since: "8.1.0",
        complexity: "Depends on subcommand.", summary: "Commands about the logs of slow and large commands.",
        subcommands: [
            Command(
                "get", arity: 4, admin, routing: .keyless, group: .server, since: "8.1.0",
                complexity: "O(N) where N is the number of entries returned",
                summary: "Answers with the newest entries of a log.",
                syntax: "count <SLOW | LARGE-REQUEST | LARGE-REPLY>",
                tips: ["request_policy:all_nodes", "nondeterministic_output"]
            ) { unsafe commandLogGet(&$0.context) },
            unsafe Command(
                "help", arity: 2, [.loading, .stale], routing: .keyless, group: .server, since: "8.1.0",
                summary: "Lists the subcommands."
            ) { unsafe commandLogHelp(&$0.context) },
            unsafe Command(
                "len", arity: 3, admin, routing: .keyless, group: .server, since: "8.1.0",
                summary: "Counts the entries of a log.", syntax: "<SLOW | LARGE-REQUEST | LARGE-REPLY>",
                tips: ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"]
            ) { unsafe commandLogLength(&$0.context) },
            unsafe Command(
                "reset", arity: 3, admin, routing: .keyless, group: .server, since: "8.1.0",
                complexity: "O(N) where N is the number of entries in the log", summary: "Empties a log.",
                syntax: "<SLOW | LARGE-REQUEST | LARGE-REPLY>",
                tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
            ) { unsafe commandLogReset(&$0.context) },
        ]
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'commandlog' command") },
]

private func slowLogGet(_ context: inout CommandContext) {
    if context.arguments.count > 3 { return context.wrongSubcommand("SLOWLOG") }
    var count: Int64 = 10
    if context.arguments.count == 3 {
        guard let number = IntegerText.parse(context.arguments[2]), number >= -1 else {
            return context.reply.error("ERR count should be greater than or equal to -1")
        }
        count = number
    }
    write(context.server.logs.slow, count, context.reply)
}

private func slowLogReset(_ context: inout CommandContext) {
    context.server.logs.slow.reset()
    context.reply.ok()
}

/// The newest `count` entries; -1: all.
private func write(_ log: CommandLog, _ count: Int64, _ reply: ReplyWriter) {
    let entries = log.newest(count < 0 ? nil : Int(clamping: count))
    reply.array(entries.count)
    for entry in entries {
        reply.array(6)
        reply.integer(entry.identifier)
        reply.integer(entry.time)
        reply.integer(entry.value)
        reply.array(entry.record.arguments.count)
        for argument in entry.record.arguments { ByteView.withView(argument) { reply.bulk($0) } }
        reply.bulk(entry.record.address)
        ByteView.withView(entry.record.clientName) { reply.bulk($0) }
    }
}

private func slowLogHelp(_ context: inout CommandContext) {
    context.help(
        "SLOWLOG",
        [
            "GET [<count>]", "    The newest <count> entries of the slow log (default: 10, -1 means all).",
            "    An entry has an id, a timestamp, the microseconds that the command took, its arguments, and the",
            "    address and the name of the client.",
            "LEN", "    The number of entries in the slow log.",
            "RESET", "    Empty the slow log.",
        ])
}

/// The log that the argument at `index` names; nil: an error has been written.
private func log(_ index: Int, _ context: CommandContext) -> CommandLog? {
    let word = context.arguments[index]
    let logs = context.server.logs
    if word.equalsIgnoringCase("slow") { return logs.slow }
    if word.equalsIgnoringCase("large-request") { return logs.largeRequests }
    if word.equalsIgnoringCase("large-reply") { return logs.largeReplies }
    context.reply.error("ERR type should be one of the following: slow, large-request, large-reply")
    return nil
}

private func commandLogGet(_ context: inout CommandContext) {
    guard let count = IntegerText.parse(context.arguments[2]), count >= -1 else {
        return context.reply.error("ERR count should be greater than or equal to -1")
    }
    guard let log = log(3, context) else { return }
    write(log, count, context.reply)
}

private func commandLogLength(_ context: inout CommandContext) {
    guard let log = log(2, context) else { return }
    context.reply.integer(log.count)
}

private func commandLogReset(_ context: inout CommandContext) {
    guard let log = log(2, context) else { return }
    log.reset()
    context.reply.ok()
}

private func commandLogHelp(_ context: inout CommandContext) {
    context.help(
        "COMMANDLOG",
        [
            "GET <count> <type>", "    The newest <count> entries of a log (-1 means all).",
            "    An entry has an id, a timestamp, microseconds (slow) or bytes (large-request, large-reply), the",
            "    command's arguments, and the address and the name of the client.",
            "LEN <type>", "    The number of entries in a log.",
            "RESET <type>", "    Empty a log.",
        ])
}
