// The container CLIENT: what a connection may say of itself and do to others.
import Bytes
import Commands
import RESP

private let plain: CommandFlags = [.noScript, .loading, .stale]
private let admin: CommandFlags = [.admin, .noScript, .loading, .stale]

/// A subcommand of CLIENT; they all run where the connection lives.
private func client(
    _ name: StaticString, arity: Int, _ flags: CommandFlags, since: StaticString, complexity: StaticString = "O(1)",
    _ summary: StaticString, syntax: StaticString = "", tips: [StaticString] = [],
    _ handler: @escaping Command.Handler
) -> Command {
    unsafe Command(
        name, arity: arity, flags, [.connection], routing: .session, group: .connection, since: since,
        complexity: complexity, summary: summary, syntax: syntax, tips: tips, handler)
}

let clientCommands: [Command] = unsafe [
    Command(
        "client", arity: -2, [], routing: .session, group: .connection, since: "2.4.0",
        complexity: "Depends on subcommand.", summary: "Commands about connections.",
        subcommands: clientIdentityCommands + clientControlCommands
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'client' command") }
]

private let clientIdentityCommands: [Command] = unsafe [
    client(
        "caching", arity: 3, plain, since: "6.0.0",
        "Says whether the keys of the next command are remembered.", syntax: "<YES | NO>"
    ) { unsafe clientCaching(&$0.context) },
    unsafe client(
        "capa", arity: -3, plain.union(.allowBusy), since: "8.0.0",
        "Tells the server what the client understands.", syntax: "capability [capability ...]"
    ) { unsafe clientCapa(&$0.context) },
    unsafe client("getname", arity: 2, plain, since: "2.6.9", "Answers with the connection's name.") {
        unsafe clientGetName(&$0.context)
    },
    unsafe client("getredir", arity: 2, plain, since: "6.0.0", "Answers with the client that is told instead.") {
        unsafe clientGetRedirection(&$0.context)
    },
    unsafe client("help", arity: 2, [.loading, .stale], since: "5.0.0", "Lists the subcommands.") {
        unsafe clientHelp(&$0.context)
    },
    unsafe client("id", arity: 2, plain, since: "5.0.0", "Answers with the connection's number.") {
        unsafe clientId(&$0.context)
    },
    unsafe client(
        "import-source", arity: 3, plain, since: "8.1.0",
        "Marks the connection as the source of an import.", syntax: "<ON | OFF>"
    ) { unsafe clientImportSource(&$0.context) },
    unsafe client(
        "info", arity: 2, plain, since: "6.2.0", "Describes the connection.", tips: ["nondeterministic_output"]
    ) { unsafe clientInfo(&$0.context) },
    unsafe client(
        "list", arity: -2, admin, since: "2.4.0", complexity: "O(N) where N is the number of client connections",
        "Lists connections.", syntax: "[TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]",
        tips: ["nondeterministic_output"]
    ) { unsafe clientList(&$0.context) },
    unsafe client(
        "setinfo", arity: 4, plain, since: "7.2.0", "Notes the client library of the connection.",
        syntax: "<LIB-NAME libname | LIB-VER libver>",
        tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
    ) { unsafe clientSetInfo(&$0.context) },
    unsafe client(
        "setname", arity: 3, plain, since: "2.6.9", "Gives the connection a name.", syntax: "connection-name",
        tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
    ) { unsafe clientSetName(&$0.context) },
]

private let clientControlCommands: [Command] = unsafe [
    client(
        "kill", arity: -3, admin, since: "2.4.0", complexity: "O(N) where N is the number of client connections",
        "Closes connections.",
        syntax: """
            <ip:port | <[ID client-id] [TYPE <NORMAL | MASTER | SLAVE | REPLICA | PUBSUB>] [USER username] \
            [ADDR ip:port] [LADDR ip:port] [SKIPME <YES | NO>] [MAXAGE maxage]>>
            """
    ) { unsafe clientKill(&$0.context) },
    unsafe client(
        "no-evict", arity: 3, admin, since: "7.0.0", "Keeps the connection from being closed when memory is short.",
        syntax: "<ON | OFF>"
    ) { unsafe clientNoEvict(&$0.context) },
    unsafe client(
        "no-touch", arity: 3, plain, since: "7.2.0", "Lets the connection's commands leave no trace on keys.",
        syntax: "<ON | OFF>"
    ) { unsafe clientNoTouch(&$0.context) },
    unsafe client(
        "pause", arity: -3, admin, since: "3.0.0", "Makes clients wait for a while.",
        syntax: "timeout [WRITE | ALL]"
    ) { unsafe clientPause(&$0.context) },
    unsafe client(
        "reply", arity: 3, plain, since: "3.2.0", "Chooses whether the connection gets replies.",
        syntax: "<ON | OFF | SKIP>"
    ) { unsafe clientReply(&$0.context) },
    unsafe client(
        "tracking", arity: -3, plain, since: "6.0.0",
        complexity: "O(1). Some options may introduce additional complexity.",
        "Switches on or off that the connection is told of changed keys.",
        syntax: """
            <ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]
            """
    ) { unsafe clientTracking(&$0.context) },
    unsafe client("trackinginfo", arity: 2, plain, since: "6.2.0", "Describes what the connection tracks.") {
        unsafe clientTrackingInfo(&$0.context)
    },
    unsafe client(
        "unblock", arity: -3, admin, since: "5.0.0", complexity: "O(log N) where N is the number of client connections",
        "Ends the wait of a blocked connection.", syntax: "client-id [TIMEOUT | ERROR]"
    ) { unsafe clientUnblock(&$0.context) },
    unsafe client(
        "unpause", arity: 2, admin, since: "6.2.0", complexity: "O(N) where N is the number of paused clients",
        "Ends the wait that CLIENT PAUSE began."
    ) { unsafe clientUnpause(&$0.context) },
]
