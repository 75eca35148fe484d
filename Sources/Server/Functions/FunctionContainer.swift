// FUNCTION: the libraries of functions, and the function that runs.
import Bytes
import Commands
import Platform
import RESP
import Scripting

private let changes: CommandFlags = [.write, .noScript]

let functionContainer: Command = unsafe Command(
    "function", arity: -2, [], routing: .keyless, group: .scripting, since: "7.0.0",
    complexity: "Depends on subcommand.", summary: "Commands about functions.",
    subcommands: [
        Command(
            "delete", arity: 3, changes, [.scripting], routing: .session, group: .scripting, since: "7.0.0",
            summary: "Deletes a library and its functions.", syntax: "library-name",
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
        ) { unsafe functionDelete(&$0.context) },
        unsafe Command(
            "dump", arity: 2, [.noScript], [.scripting], routing: .keyless, group: .scripting, since: "7.0.0",
            complexity: "O(N) with N being the number of libraries", summary: "Answers with all libraries as bytes."
        ) { unsafe functionDump(&$0.context) },
        unsafe Command(
            "flush", arity: -2, changes, [.scripting], routing: .session, group: .scripting, since: "7.0.0",
            complexity: "O(N) with N being the number of functions", summary: "Deletes all libraries.",
            syntax: "[ASYNC | SYNC]", tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
        ) { unsafe functionFlush(&$0.context) },
        unsafe Command(
            "help", arity: 2, [.loading, .stale], [.scripting], routing: .keyless, group: .scripting,
            since: "7.0.0", summary: "Lists the subcommands."
        ) { unsafe functionHelp(&$0.context) },
        unsafe Command(
            "kill", arity: 2, [.noScript, .allowBusy], [.scripting], routing: .keyless, group: .scripting,
            since: "7.0.0", summary: "Ends a function that is running and has written nothing.",
            tips: ["request_policy:all_shards", "response_policy:one_succeeded"]
        ) { unsafe $0.context.killScripts(functions: true) },
        unsafe Command(
            "list", arity: -2, [.noScript], [.scripting], routing: .keyless, group: .scripting, since: "7.0.0",
            complexity: "O(N) with N being the number of functions", summary: "Lists the libraries.",
            syntax: "[LIBRARYNAME library-name-pattern] [WITHCODE]", tips: ["nondeterministic_output_order"]
        ) { unsafe functionList(&$0.context) },
        unsafe Command(
            "load", arity: -3, changes.union(.denyOutOfMemory), [.scripting], routing: .session, group: .scripting,
            since: "7.0.0", complexity: "O(1) (considering compilation time is redundant)",
            summary: "Takes a library of functions up.", syntax: "[REPLACE] function-code",
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
        ) { unsafe functionLoad(&$0.context) },
        unsafe Command(
            "restore", arity: -3, changes.union(.denyOutOfMemory), [.scripting], routing: .session,
            group: .scripting, since: "7.0.0", complexity: "O(N) with N being the number of functions in the payload",
            summary: "Takes up the libraries that FUNCTION DUMP has answered with.",
            syntax: "serialized-value [FLUSH | APPEND | REPLACE]",
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
        ) { unsafe functionRestore(&$0.context) },
        unsafe Command(
            "stats", arity: 2, [.noScript, .allowBusy], [.scripting], routing: .keyless, group: .scripting,
            since: "7.0.0", summary: "Says which function is running, and how many there are.",
            tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"]
        ) { unsafe functionStatistics(&$0.context) },
    ]
) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'function' command") }

private func functionDelete(_ context: inout CommandContext) {
    let name = context.arguments[2].bytes
    do throws(ScriptFailure) {
        try context.server.functionStore.change { (content) throws(ScriptFailure) in
            guard let library = content.libraries[name] else { throw ScriptFailure("Library not found") }
            content.remove(library)
        }
        context.reply.ok()
    } catch {
        context.functionFails(error)
    }
}

private func functionFlush(_ context: inout CommandContext) {
    if context.arguments.count > 3 { return context.wrongSubcommand("FUNCTION") }
    if context.arguments.count == 3 {
        let mode = context.arguments[2]
        guard mode.equalsIgnoringCase("sync") || mode.equalsIgnoringCase("async") else {
            return context.reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")
        }
    }
    context.server.functionStore.change { $0 = FunctionStore.Content() }
    context.reply.ok()
}

private func functionLoad(_ context: inout CommandContext) {
    var replaces = false
    for index in 2..<context.arguments.count - 1 {
        guard context.arguments[index].equalsIgnoringCase("replace") else {
            return context.error("ERR Unknown option given: ", quoting: context.arguments[index], "")
        }
        replaces = true
    }
    do throws(ScriptFailure) {
        let text = context.arguments[context.arguments.count - 1]
        let store = context.server.functionStore
        let header = try LibraryHeader(text)
        if !replaces && store.find(library: header.name) != nil {
            throw ScriptFailure("Library '\(String(decoding: header.name, as: UTF8.self))' already exists")
        }
        let library = unsafe try context.runner.takeUp(library: text, header)
        try store.change { (content) throws(ScriptFailure) in try content.add(library, replaces: replaces) }
        ByteView.withView(header.name) { context.reply.bulk($0) }
    } catch {
        unsafe context.runner.forgetStrangeLibraries()
        context.functionFails(error)
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Forgets what was loaded and did not become one of the libraries.
    func forgetStrangeLibraries() {
        let scripts = unsafe self.scripts
        unsafe scripts.functions.refresh(functionStore, scripts.machine)
    }

    /// Loads a library to see what is in it.
    func takeUp(library text: ByteView, _ header: LibraryHeader) throws(ScriptFailure) -> FunctionLibrary {
        let scripts = unsafe self.scripts
        // In the middle of a script its machine is left alone.
        let isFree = !scripts.machine.isRunning
        let machine = isFree ? scripts.machine : ScriptMachine(version: ServerIdentity.compatibleVersion)
        let registered = unsafe try machine.loadLibrary(FunctionLibrary.body(of: text), host: scriptHost)
        let table = unsafe self.pointee.commandTable.takeUnretainedValue()
        let bytes = text.bytes
        let library = FunctionLibrary(
            name: header.name, text: bytes,
            functions: registered.map {
                FunctionDescription(name: $0.name, description: $0.description, flags: $0.flags)
            },
            namesItsKeys: table.functionsNameTheirKeys(bytes))
        if isFree { scripts.functions.adopt(library, registered) }
        return library
    }
}

// MARK: - What there is

private func functionList(_ context: inout CommandContext) {
    var pattern: GlobPattern?
    var showsCode = false
    var index = 2
    while index < context.arguments.count {
        let option = context.arguments[index]
        if !showsCode && option.equalsIgnoringCase("withcode") {
            showsCode = true
        } else if pattern == nil && option.equalsIgnoringCase("libraryname") {
            index += 1
            guard index < context.arguments.count else {
                return context.reply.error("ERR library name argument was not given")
            }
            pattern = GlobPattern(context.arguments[index], ignoringCase: true)
        } else {
            return context.error("ERR Unknown argument ", quoting: option, "")
        }
        index += 1
    }
    let libraries = context.server.functionStore.libraries.filter { library in
        guard let pattern else { return true }
        return ByteView.withView(library.name) { pattern.matches($0) }
    }
    context.reply.array(libraries.count)
    for library in libraries { list(library, showsCode: showsCode, context.reply) }
}

private func list(_ library: FunctionLibrary, showsCode: Bool, _ reply: ReplyWriter) {
    reply.map(showsCode ? 4 : 3)
    reply.bulk("library_name")
    ByteView.withView(library.name) { reply.bulk($0) }
    reply.bulk("engine")
    reply.bulk("LUA")
    reply.bulk("functions")
    reply.array(library.functions.count)
    for function in library.functions {
        reply.map(3)
        reply.bulk("name")
        ByteView.withView(function.name) { reply.bulk($0) }
        reply.bulk("description")
        if let description = function.description {
            ByteView.withView(description) { reply.bulk($0) }
        } else {
            reply.null()
        }
        reply.bulk("flags")
        let flags = FunctionFlags.names.filter { function.flags.contains($0.0) }
        reply.set(flags.count)
        for flag in flags { reply.simple(flag.1) }
    }
    if !showsCode { return }
    reply.bulk("library_code")
    ByteView.withView(library.text) { reply.bulk($0) }
}

private func functionStatistics(_ context: inout CommandContext) {
    let store = context.server.functionStore
    let reply = context.reply
    if store.oldestCall == nil && context.server.refusal == .script { return reply.error(Refusal.script.text) }
    reply.map(2)
    reply.bulk("running_script")
    if let call = store.oldestCall {
        reply.map(3)
        reply.bulk("name")
        ByteView.withView(call.name) { reply.bulk($0) }
        reply.bulk("command")
        reply.array(call.command.count)
        for argument in call.command { ByteView.withView(argument) { reply.bulk($0) } }
        reply.bulk("duration_ms")
        reply.integer(Int(max(0, Clock.realtimeMilliseconds() - call.startedAt)))
    } else {
        reply.null()
    }
    reply.bulk("engines")
    reply.map(1)
    reply.bulk("LUA")
    reply.map(2)
    reply.bulk("libraries_count")
    reply.integer(store.libraryCount)
    reply.bulk("functions_count")
    reply.integer(store.functionCount)
}

private func functionHelp(_ context: inout CommandContext) {
    context.help(
        "FUNCTION",
        [
            "LOAD [REPLACE] <FUNCTION CODE>", "    Take a library up.",
            "DELETE <LIBRARY NAME>", "    Delete a library.",
            "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
            "    The libraries, their functions and, if asked for, their code.",
            "STATS", "    The function that is running, and how many there are.",
            "KILL", "    End a function that is running and has written nothing.",
            "FLUSH [ASYNC|SYNC]", "    Delete all libraries.",
            "DUMP", "    All libraries as bytes.",
            "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]", "    Take up what DUMP has answered with.",
        ])
}
