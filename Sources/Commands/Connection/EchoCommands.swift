// PING, ECHO and TIME: commands that need no key and no session.
import Bytes
import Platform
import RESP

package let echoCommands: [Command] = unsafe [
    Command(
        "ping", arity: -1, [.fast], [.connection], routing: .keyless, group: .connection, since: "1.0.0",
        summary: "Answers PONG, or the message it is given.", syntax: "[message]",
        tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
    ) { unsafe ping(&$0.context) },
    unsafe Command(
        "echo", arity: 2, [.loading, .stale, .fast], [.connection], routing: .keyless, group: .connection,
        since: "1.0.0", summary: "Answers with the message it is given.", syntax: "message"
    ) { unsafe echo(&$0.context) },
    unsafe Command(
        "time", arity: 1, [.loading, .stale, .fast], routing: .keyless, group: .server, since: "2.6.0",
        summary: "Answers with the server's clock: seconds and microseconds.", tips: ["nondeterministic_output"]
    ) { unsafe time(&$0.context) },
]

private func ping(_ context: inout CommandContext) {
    if context.isSubscriber && !context.reply.isRESP3 && context.arguments.count <= 2 {
        // As long as a message, so that clients need not tell them apart.
        context.reply.array(2)
        context.reply.bulk("pong")
        context.reply.bulk(context.arguments.count == 2 ? context.arguments[1] : .empty)
        return
    }
    switch context.arguments.count {
    case 1: context.reply.simple("PONG")
    case 2: context.reply.bulk(context.arguments[1])
    default: context.reply.error("ERR wrong number of arguments for 'ping' command")
    }
}

private func echo(_ context: inout CommandContext) {
    context.reply.bulk(context.arguments[1])
}

private func time(_ context: inout CommandContext) {
    let now = Clock.realtimeMicroseconds()
    context.reply.array(2)
    context.reply.bulk(integer: now / 1_000_000)
    context.reply.bulk(integer: now % 1_000_000)
}
