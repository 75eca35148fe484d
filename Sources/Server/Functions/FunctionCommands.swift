// FCALL and FCALL_RO: calling a function of a library.
import Bytes
import Commands
import Containers
import RESP
import Scripting

private let writtenKeys = KeySpec(.index(2), .keyCount(count: 0, first: 1, step: 1), [.readWrite, .access, .update])
private let readKeys = KeySpec(.index(2), .keyCount(count: 0, first: 1, step: 1), [.readOnly, .access])

private let calls: CommandFlags = [.noScript, .stale, .skipMonitor, .noMandatoryKeys, .movableKeys]

let functionCommands: [Command] = unsafe [
    Command(
        "fcall", arity: -3, calls.union(.mayReplicate), [.scripting], keys: [writtenKeys], routing: .script,
        group: .scripting, since: "7.0.0", complexity: "Depends on the function.", summary: "Calls a function.",
        syntax: "function numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe call(&$0.context, readsOnly: false) },
    unsafe Command(
        "fcall_ro", arity: -3, calls.union(.readonly), [.scripting], keys: [readKeys], routing: .script,
        group: .scripting, since: "7.0.0", complexity: "Depends on the function.",
        summary: "Calls a function that only reads.", syntax: "function numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe call(&$0.context, readsOnly: true) },
    functionContainer,
]

extension UnsafeMutablePointer where Pointee == WorkerState {
    var functionStore: FunctionStore { unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.functionStore } }

    /// Whether a function provably uses no keys but those that its call names.
    func functionNamesItsKeys(_ name: ByteView) -> Bool {
        let scripts = unsafe self.scripts
        return unsafe scripts.functions.find(name, in: functionStore, scripts.machine)?.library.namesItsKeys ?? false
    }

    /// Lets others know of the function that has been running for a while.
    func showFunction() {
        guard let functions = unsafe self.pointee.scripts?.functions, let running = functions.running,
            !functions.isShown
        else { return }
        functions.isShown = true
        let arguments = running.arguments
        let call = FunctionCall(
            name: running.function.description.name, command: (0..<arguments.count).map { arguments[$0].bytes },
            startedAt: running.startedAt)
        unsafe functionStore.note(call, of: self.pointee.index)
    }

    fileprivate func functionEnds(_ functions: WorkerFunctions) {
        functions.running = nil
        if !functions.isShown { return }
        functions.isShown = false
        unsafe functionStore.note(nil, of: self.pointee.index)
    }
}

extension CommandContext {
    /// Whether fewer shards than all are held.
    fileprivate var holdsSomeShards: Bool {
        if unsafe keyspace.single != nil { return keyspace.map.shardCount > 1 }
        guard let round = unsafe runner.pointee.occupation.lease else { return false }
        return unsafe round.pointee.shards.count < keyspace.map.shardCount
    }
}

private func call(_ context: inout CommandContext, readsOnly: Bool) {
    let runner = unsafe context.runner
    let scripts = unsafe runner.scripts
    let found = unsafe scripts.functions.find(
        context.arguments[1], in: runner.functionStore, scripts.machine, namesItsKeys: context.holdsSomeShards)
    guard let found else { return context.reply.error("ERR Function not found") }
    guard let keyCount = context.keyCount("ERR Bad number of keys provided") else { return }
    let flags = found.description.flags
    if readsOnly && !flags.contains(.noWrites) {
        return context.reply.error("ERR Can not execute a script with write flag using *_ro command.")
    }
    if unsafe runner.pointee.memory.isRefusing && flags.isDisjoint(with: [.noWrites, .allowOutOfMemory]) {
        return context.reply.error(ErrorText.outOfMemory)
    }
    do throws(ScriptFailure) {
        let callback = try unsafe scripts.functions.callback(
            of: found, scripts.machine, host: runner.scriptHost)
        let arguments = context.arguments
        scripts.functions.running = WorkerFunctions.Running(
            function: found, arguments: arguments, startedAt: context.now)
        defer { unsafe runner.functionEnds(scripts.functions) }
        let keys = arguments.dropFirst(3)
        unsafe runner.scripts.allowsOutOfMemory = !flags.isDisjoint(with: [.noWrites, .allowOutOfMemory])
        context.run(readsOnly: flags.contains(.noWrites), isFunction: true) { host, reply in
            ByteView.withView(found.description.name) {
                scripts.machine.call(
                    callback, name: $0, keys: Arguments(keys, upTo: keyCount), arguments: keys.dropFirst(keyCount),
                    host: host, reply: reply)
            }
        }
    } catch {
        context.functionFails(error)
    }
}

extension CommandContext {
    func functionFails(_ failure: ScriptFailure) {
        reply.errorParts { line in
            line.append("ERR ")
            ByteView.withView(failure.message) { line.append($0) }
        }
    }
}
