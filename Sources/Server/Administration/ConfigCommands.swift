// CONFIG: reading and changing the configuration, and starting the statistics anew.
import Bytes
import Commands
import Containers
import Platform
import RESP

private let admin: CommandFlags = [.admin, .noScript, .loading, .stale]

let configCommands: [Command] = unsafe [
    Command(
        "config", arity: -2, [], routing: .session, group: .server, since: "2.0.0",
        complexity: "Depends on subcommand.", summary: "Commands about the configuration.",
        subcommands: [
            Command(
                "get", arity: -3, admin, routing: .session, group: .server, since: "2.0.0",
                complexity: "O(N) where N is the number of directives asked for",
                summary: "Answers with the values of directives.", syntax: "parameter [parameter ...]"
            ) { unsafe configGet(&$0.context) },
            unsafe Command(
                "help", arity: 2, [.loading, .stale], routing: .session, group: .server, since: "5.0.0",
                summary: "Lists the subcommands."
            ) { unsafe configHelp(&$0.context) },
            unsafe Command(
                "resetstat", arity: 2, admin, routing: .allShards, group: .server, since: "2.0.0",
                summary: "Sets the counters that INFO shows to zero.",
                tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
            ) { unsafe configResetStatistics(&$0.context) },
            unsafe Command(
                "rewrite", arity: 2, admin, routing: .session, group: .server, since: "2.8.0",
                summary: "Writes the configuration back into its file.",
                tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
            ) { unsafe configRewrite(&$0.context) },
            unsafe Command(
                "set", arity: -4, admin, routing: .session, group: .server, since: "2.0.0",
                complexity: "O(N) where N is the number of directives set", summary: "Changes directives.",
                syntax: "parameter value [parameter value ...]",
                tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
            ) { unsafe configSet(&$0.context) },
        ]
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'config' command") }
]

private func configGet(_ context: inout CommandContext) {
    let patterns = (2..<context.arguments.count).map { context.arguments[$0].bytes }
    let found = context.server.board.read { $0.get(patterns) }
    context.reply.map(found.count)
    for (name, value) in found {
        ByteView.withView(name) { context.reply.bulk($0) }
        ByteView.withView(value) { context.reply.bulk($0) }
    }
}

private func configSet(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count % 2 != 0 { return context.reply.error(ErrorText.syntax) }
    let assignments = stride(from: 2, to: arguments.count, by: 2).map {
        ConfigurationStore.Assignment(name: arguments[$0].bytes, value: arguments[$0 + 1].bytes)
    }
    let server = context.server
    let isLocal = context.session.peer.isLocal
    let before = server.configuration
    do throws(ConfigurationError) {
        try server.board.changeConfiguration { store throws(ConfigurationError) in
            try store.set(assignments, isLocal: isLocal) { server.apply($0, insteadOf: before) }
        }
    } catch {
        return context.reply.error(error.text)
    }
    server.configurationChanged()
    context.announceSettings()
    context.reply.ok()
}

extension ServerState {
    /// Makes those directives true that more than a number depends on.
    func apply(_ new: Configuration, insteadOf old: Configuration) -> (name: String, reason: String)? {
        if new.maximumClients > old.maximumClients, let reachable = Launch.reachableClients(new) {
            return ("maxclients", "The operating system lets in no more than \(reachable) clients")
        }
        if new.port == old.port && new.addresses == old.addresses { return nil }
        if listenAnew(new, insteadOf: old) { return nil }
        return new.port != old.port
            ? ("port", "Unable to listen on this port. Check server logs.")
            : ("bind", "Failed to bind to specified addresses.")
    }

    /// What keeps a limit of its own takes over the new one.
    func configurationChanged() {
        board.read { logs.limit(by: $0) }
        logOutput.setLevel(configuration.logLevel)
    }
}

private func configRewrite(_ context: inout CommandContext) {
    do throws(ConfigurationError) {
        try context.server.board.rewrite()
        context.reply.ok()
    } catch {
        context.reply.error(error.text)
    }
}

private func configResetStatistics(_ context: inout CommandContext) {
    context.server.resetStatistics(context.keyspace)
    context.reply.ok()
}

private func configHelp(_ context: inout CommandContext) {
    context.help(
        "CONFIG",
        [
            "GET <pattern>", "    The directives whose names match the glob-like <pattern>, and their values.",
            "SET <directive> <value>", "    Set the <directive> to <value>.",
            "RESETSTAT", "    Set the counters that INFO shows to zero.",
            "REWRITE", "    Write the configuration back into its file.",
        ])
}
