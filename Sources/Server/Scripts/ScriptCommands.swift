// EVAL, EVALSHA and SCRIPT.
import Bytes
import Commands
import RESP
import Scripting

private let namedKeys = KeySpec(
    .index(2), .keyCount(count: 0, first: 1, step: 1), [.readWrite, .access, .update])

let scriptCommands: [Command] = unsafe [
    Command(
        "eval", arity: -3, [.noScript, .stale, .skipMonitor, .mayReplicate, .noMandatoryKeys, .movableKeys],
        [.scripting], keys: [namedKeys], routing: .script, group: .scripting, since: "2.6.0",
        complexity: "Depends on the script.", summary: "Runs a Lua script.",
        syntax: "script numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe eval(&$0.context) },
    unsafe Command(
        "evalsha", arity: -3, [.noScript, .stale, .skipMonitor, .mayReplicate, .noMandatoryKeys, .movableKeys],
        [.scripting], keys: [namedKeys], routing: .script, group: .scripting, since: "2.6.0",
        complexity: "Depends on the script.", summary: "Runs a Lua script that the server knows, by its SHA-1.",
        syntax: "sha1 numkeys [key [key ...]] [arg [arg ...]]"
    ) { unsafe evalByName(&$0.context) },
]

private func eval(_ context: inout CommandContext) {
    guard let keyCount = context.scriptKeyCount() else { return }
    do throws(ScriptFailure) {
        let found = unsafe try context.runner.takeUp(context.arguments[1])
        context.run(found, keyCount: keyCount)
    } catch {
        context.scriptDoesNotCompile(error)
    }
}

private func evalByName(_ context: inout CommandContext) {
    guard let keyCount = context.scriptKeyCount() else { return }
    let runner = unsafe context.runner
    guard let name = ScriptName(context.arguments[1]),
        let found = unsafe runner.scripts.find(name, in: runner.scriptStore)
    else { return context.reply.error("NOSCRIPT No matching script. Please use EVAL.") }
    context.run(found, keyCount: keyCount)
}
