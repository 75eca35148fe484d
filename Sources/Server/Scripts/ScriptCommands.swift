// EVAL and its relatives: running a script, by its text or by its name.
import Bytes
import Commands
import RESP
import Scripting

private let writtenKeys = KeySpec(.index(2), .keyCount(count: 0, first: 1, step: 1), [.readWrite, .access, .update])
private let readKeys = KeySpec(.index(2), .keyCount(count: 0, first: 1, step: 1), [.readOnly, .access])

private let runs: CommandFlags = [.noScript, .stale, .skipMonitor, .noMandatoryKeys, .movableKeys]

let scriptCommands: [Command] = unsafe [
    Command(
        "eval", arity: -3, runs.union(.mayReplicate), [.scripting], keys: [writtenKeys], routing: .script,
        group: .scripting, since: "2.6.0", complexity: "Depends on the script.", summary: "Runs a Lua script.",
        syntax: "script numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe evaluate(&$0.context, readsOnly: false) },
    unsafe Command(
        "eval_ro", arity: -3, runs.union(.readonly), [.scripting], keys: [readKeys], routing: .script,
        group: .scripting, since: "7.0.0", complexity: "Depends on the script.",
        summary: "Runs a Lua script that only reads.", syntax: "script numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe evaluate(&$0.context, readsOnly: true) },
    unsafe Command(
        "evalsha", arity: -3, runs.union(.mayReplicate), [.scripting], keys: [writtenKeys], routing: .script,
        group: .scripting, since: "2.6.0", complexity: "Depends on the script.",
        summary: "Runs a Lua script that the server knows, by its SHA-1.",
        syntax: "sha1 numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe evaluateByName(&$0.context, readsOnly: false) },
    unsafe Command(
        "evalsha_ro", arity: -3, runs.union(.readonly), [.scripting], keys: [readKeys], routing: .script,
        group: .scripting, since: "7.0.0", complexity: "Depends on the script.",
        summary: "Runs a Lua script that only reads and that the server knows, by its SHA-1.",
        syntax: "sha1 numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe evaluateByName(&$0.context, readsOnly: true) },
    scriptContainer,
]

private func evaluate(_ context: inout CommandContext, readsOnly: Bool) {
    defer { unsafe context.runner.pointee.occupation.isOutOfMemory = false }
    guard let keyCount = context.keyCount(ErrorText.notInteger) else { return }
    do throws(ScriptFailure) {
        let found = unsafe try context.runner.takeUp(context.arguments[1])
        context.run(found, keyCount: keyCount, readsOnly: readsOnly)
    } catch {
        context.scriptDoesNotCompile(error)
    }
}

private func evaluateByName(_ context: inout CommandContext, readsOnly: Bool) {
    // As in Redis: what cannot be a name is looked at before the number of keys, a name that is not known behind it.
    let name = context.arguments[1]
    guard name.count == ScriptName.length else { return context.noSuchScript() }
    guard let keyCount = context.keyCount(ErrorText.notInteger) else { return }
    let runner = unsafe context.runner
    defer { unsafe runner.pointee.occupation.isOutOfMemory = false }
    guard let name = ScriptName(name), let found = unsafe runner.scripts.find(name, in: runner.scriptStore) else {
        return context.noSuchScript()
    }
    context.run(found, keyCount: keyCount, readsOnly: readsOnly)
}

extension CommandContext {
    fileprivate func noSuchScript() { reply.error("NOSCRIPT No matching script. Please use EVAL.") }
}
