// SCRIPT: the scripts that the server knows, and the one that runs.
import Bytes
import Commands
import RESP
import Scripting

let scriptContainer: Command = unsafe Command(
    "script", arity: -2, [], routing: .keyless, group: .scripting, since: "2.6.0",
    complexity: "Depends on subcommand.", summary: "Commands about scripts.",
    subcommands: [
        Command(
            "debug", arity: 3, [.noScript], [.scripting], routing: .keyless, group: .scripting, since: "3.2.0",
            summary: "Chooses how scripts are debugged, which they are not.", syntax: "<YES | SYNC | NO>"
        ) { unsafe scriptDebug(&$0.context) },
        unsafe Command(
            "exists", arity: -3, [.noScript], [.scripting], routing: .keyless, group: .scripting, since: "2.6.0",
            complexity: "O(N) with N being the number of scripts that are asked for",
            summary: "Says which scripts the server knows.", syntax: "sha1 [sha1 ...]",
            tips: ["request_policy:all_shards", "response_policy:agg_logical_and"]
        ) { unsafe scriptExists(&$0.context) },
        unsafe Command(
            "flush", arity: -2, [.noScript], [.scripting], routing: .keyless, group: .scripting, since: "2.6.0",
            complexity: "O(N) with N being the number of scripts", summary: "Forgets all scripts.",
            syntax: "[ASYNC | SYNC]", tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
        ) { unsafe scriptFlush(&$0.context) },
        unsafe Command(
            "help", arity: 2, [.loading, .stale], [.scripting], routing: .keyless, group: .scripting,
            since: "5.0.0", summary: "Lists the subcommands."
        ) { unsafe scriptHelp(&$0.context) },
        unsafe Command(
            "kill", arity: 2, [.noScript, .allowBusy], [.scripting], routing: .keyless, group: .scripting,
            since: "2.6.0", summary: "Ends a script that is running and has written nothing.",
            tips: ["request_policy:all_shards", "response_policy:one_succeeded"]
        ) { unsafe scriptKill(&$0.context) },
        unsafe Command(
            "load", arity: 3, [.noScript, .stale], [.scripting], routing: .keyless, group: .scripting,
            since: "2.6.0", complexity: "O(N) with N being the length of the script",
            summary: "Takes a script up without running it.", syntax: "script",
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"]
        ) { unsafe scriptLoad(&$0.context) },
        unsafe Command(
            "show", arity: 3, [.noScript, .stale], [.scripting], routing: .keyless, group: .scripting,
            since: "8.0.0", summary: "Answers with the text of a script.", syntax: "sha1"
        ) { unsafe scriptShow(&$0.context) },
    ]
) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'script' command") }

private func scriptDebug(_ context: inout CommandContext) {
    let mode = context.arguments[2]
    if mode.equalsIgnoringCase("no") { return context.reply.ok() }
    if mode.equalsIgnoringCase("yes") || mode.equalsIgnoringCase("sync") {
        return context.reply.error("ERR SCRIPT DEBUG is not available: scripts cannot be debugged on this server")
    }
    context.reply.error("ERR Use SCRIPT DEBUG YES/SYNC/NO")
}

private func scriptExists(_ context: inout CommandContext) {
    let store = context.server.scriptStore
    context.reply.array(context.arguments.count - 2)
    for index in 2..<context.arguments.count {
        let isKnown = ScriptName(context.arguments[index]).map { store.find($0) != nil } ?? false
        context.reply.integer(isKnown ? 1 : 0)
    }
}

private func scriptFlush(_ context: inout CommandContext) {
    if context.arguments.count > 2 {
        let mode = context.arguments[2]
        guard context.arguments.count == 3, mode.equalsIgnoringCase("sync") || mode.equalsIgnoringCase("async") else {
            return context.reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option")
        }
    }
    context.server.scriptStore.removeAll()
    context.reply.ok()
}

private func scriptKill(_ context: inout CommandContext) { context.killScripts(functions: false) }

extension CommandContext {
    /// SCRIPT KILL and FUNCTION KILL: ends what runs and has written nothing.
    func killScripts(functions: Bool) {
        var outcomes: Set<RunningScript.Kill> = []
        for index in 0..<server.workerCount {
            unsafe outcomes.insert(server.workers[index].statistics.pointee.script.kill(function: functions))
        }
        if outcomes.contains(.killed) { return reply.ok() }
        if outcomes.contains(.hasWritten) {
            return reply.error(
                """
                UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait \
                the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.
                """)
        }
        guard outcomes.contains(.isOther) else { return reply.error("NOTBUSY No scripts in execution right now.") }
        let wanted = functions ? "SCRIPT KILL" : "FUNCTION KILL"
        reply.error("BUSY Redis is busy running a script. You can only call \(wanted) or SHUTDOWN NOSAVE.")
    }
}

private func scriptLoad(_ context: inout CommandContext) {
    do throws(ScriptFailure) {
        let found = unsafe try context.runner.takeUp(context.arguments[2])
        ByteView.withView(found.script.hexadecimal) { context.reply.bulk($0) }
    } catch {
        context.scriptDoesNotCompile(error)
    }
}

private func scriptShow(_ context: inout CommandContext) {
    guard let name = ScriptName(context.arguments[2]), let script = context.server.scriptStore.find(name) else {
        return context.reply.error("NOSCRIPT No matching script. Please use EVAL.")
    }
    ByteView.withView(script.text) { context.reply.bulk($0) }
}

private func scriptHelp(_ context: inout CommandContext) {
    context.help(
        "SCRIPT",
        [
            "DEBUG (YES|SYNC|NO)", "    Scripts are not debugged here.",
            "EXISTS <sha1> [<sha1> ...]", "    Say which scripts are known.",
            "FLUSH [ASYNC|SYNC]", "    Forget all scripts.",
            "KILL", "    End a script that is running and has written nothing.",
            "LOAD <script>", "    Take a script up without running it.",
            "SHOW <sha1>", "    The text of a script.",
        ])
}
