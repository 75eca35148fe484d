// Running a script: its keys and arguments, and the commands that it calls.
import Bytes
import Commands
import Keyspace
import Logging
import Platform
import RESP
import Scripting

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// The worker's machine; made when the first script runs here.
    var scripts: WorkerScripts {
        if let scripts = unsafe self.pointee.scripts { return scripts }
        let scripts = WorkerScripts()
        unsafe self.pointee.scripts = scripts
        return scripts
    }

    /// What the machine asks of the server.
    var scriptHost: ScriptHost {
        unsafe ScriptHost(
            owner: UnsafeMutableRawPointer(self), call: callCommandOfScript, check: checkCommand, log: logLine,
            mustEnd: mustEnd
        )
    }

    var scriptStore: ScriptStore { unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.scriptStore } }

    /// Whether a script or function provably uses no keys but those that its request names.
    func namesItsKeys(_ command: UInt16, _ arguments: Arguments) -> Bool {
        if unsafe self.pointee.server._withUnsafeGuaranteedRef({ $0.functionCommands.contains(Int(command)) }) {
            return unsafe functionNamesItsKeys(arguments[1])
        }
        if arguments[0].equalsIgnoringCase("eval") || arguments[0].equalsIgnoringCase("eval_ro") {
            // EVAL or EVAL_RO: a text that cannot be compiled will be refused when it is run.
            let found = unsafe try? takeUp(arguments[1])
            return found?.script.namesItsKeys ?? false
        }
        guard let name = ScriptName(arguments[1]), let found = unsafe scripts.find(name, in: scriptStore) else {
            return false
        }
        return found.script.namesItsKeys
    }

    /// The command or subcommand that the first arguments name; -1: there is none.
    func findCommand(_ arguments: Arguments) -> Int {
        let index = unsafe self.pointee.commandIndex.find(arguments[0])
        if unsafe index < 0 || !self.pointee.commands[index].hasSubcommands || arguments.count < 2 { return index }
        return unsafe self.pointee.commandTable.takeUnretainedValue().findSubcommand(of: index, arguments[1])
    }

    /// Takes a text up as a script, or finds it; fails with what is wrong with the text.
    func takeUp(_ text: ByteView) throws(ScriptFailure) -> KnownScript {
        if let found = unsafe scripts.find(text: text, in: scriptStore) { return found }
        let hexadecimal = ScriptDigest.hex(text)
        let name = ByteView.withView(hexadecimal) { ScriptName($0) }
        guard let name else { throw ScriptFailure(message: Array("the digest of the script is none".utf8)) }
        if let found = unsafe scripts.find(name, in: scriptStore) { return found }
        // In the middle of a script its machine is left alone.
        let machine = unsafe self.pointee.occupation.hasBegun ? ScriptMachine() : scripts.machine
        let header = try ScriptHeader(text)
        let body = text.dropFirst(header.length)
        let compiled = try machine.compile(body)
        machine.forget(compiled)
        let bytes = text.bytes
        let table = unsafe self.pointee.commandTable.takeUnretainedValue()
        let script = Script(
            name: name, hexadecimal: hexadecimal, text: bytes, header: header,
            namesItsKeys: table.namesItsKeys(body.bytes))
        unsafe scriptStore.add(script)
        guard let found = unsafe scripts.find(name, in: scriptStore) else {
            throw ScriptFailure(message: Array("the script was forgotten at once".utf8))
        }
        return found
    }
}

extension CommandContext {
    /// The number of keys that follows a script's text or name, or that of a function; nil: an error was replied, of
    /// one that is no number `notInteger`.
    func keyCount(_ notInteger: StaticString) -> Int? {
        guard let count = IntegerText.parse(arguments[2]) else {
            reply.error(notInteger)
            return nil
        }
        if count > Int64(arguments.count - 3) {
            reply.error(ErrorText.numberOfKeysTooLarge)
            return nil
        }
        if count < 0 {
            reply.error(ErrorText.numberOfKeysNegative)
            return nil
        }
        return Int(count)
    }

    /// Whether what a script says of itself lets it run now; if not, the reply says why.
    private func admits(_ header: ScriptHeader, readsOnly: Bool) -> Bool {
        guard header.isPresent else { return true }
        if readsOnly && !header.readsOnly {
            reply.error("ERR Can not execute a script with write flag using *_ro command.")
            return false
        }
        if unsafe !header.allowsOutOfMemory && runner.pointee.occupation.isOutOfMemory {
            reply.error(ErrorText.outOfMemory)
            return false
        }
        return true
    }

    /// Runs a script that was found. The keys and arguments follow their number.
    mutating func run(_ found: KnownScript, keyCount: Int, readsOnly: Bool) {
        let runner = unsafe self.runner
        let header = found.script.header
        if !admits(header, readsOnly: readsOnly) { return }
        let readsOnly = readsOnly || header.readsOnly
        unsafe runner.scripts.allowsOutOfMemory = header.allowsOutOfMemory
        do throws(ScriptFailure) {
            let scripts = unsafe runner.scripts
            let compiled = try scripts.compiled(found)
            let keys = arguments.dropFirst(3)
            run(readsOnly: readsOnly, isFunction: false) { host, reply in
                ByteView.withView(found.script.hexadecimal) {
                    scripts.machine.run(
                        compiled, name: $0, keys: Arguments(keys, upTo: keyCount), arguments: keys.dropFirst(keyCount),
                        host: host, reply: reply)
                }
            }
        } catch {
            scriptDoesNotCompile(error)
        }
    }

    /// Runs what calls commands. They use this context; it is as it was when `body` is done.
    mutating func run(readsOnly: Bool, isFunction: Bool, _ body: (ScriptHost, ReplyWriter) -> Void) {
        let runner = unsafe self.runner
        unsafe runner.scripts.readsOnly = readsOnly
        unsafe runner.beginScript(keyspace, isFunction: isFunction)
        defer { unsafe runner.endScript() }
        let outer = self
        let client = unsafe connection?.assumingMemoryBound(to: Connection.self)
        let database = unsafe client?.pointee.database ?? 0
        defer { if unsafe client?.pointee.database != database { unsafe client?.pointee.database = database } }
        unsafe body(runner.scriptHost, outer.reply)
        self = outer
    }

    func scriptDoesNotCompile(_ failure: ScriptFailure) {
        reply.errorParts { line in
            if !failure.isWhole { line.append("ERR Error compiling script (new function): ") }
            ByteView.withView(failure.message) { line.append($0) }
        }
    }
}

private func checkCommand(_ owner: UnsafeMutableRawPointer, _ argumentsAddress: UnsafeRawPointer) -> Int {
    let runner = unsafe owner.assumingMemoryBound(to: WorkerState.self)
    let arguments = unsafe argumentsAddress.assumingMemoryBound(to: Arguments.self).pointee
    let index = unsafe runner.findCommand(arguments)
    return unsafe index >= 0 && runner.pointee.commands[index].takes(arguments.count) ? 1 : -1
}

/// Whether the script that this worker runs must end: SCRIPT KILL wants it to, or the server itself ends.
private func mustEnd(_ owner: UnsafeMutableRawPointer) -> Int {
    let runner = unsafe owner.assumingMemoryBound(to: WorkerState.self)
    unsafe runner.continueScript(at: Clock.cycles())
    if unsafe runner.pointee.statistics.pointee.script.isKilled || runner.pointee.isStopping {
        return ScriptVerdict.mustEnd.rawValue
    }
    let takesLong = unsafe runner.pointee.occupation.hasBegun
    return (takesLong ? ScriptVerdict.takesLong : .goesOn).rawValue
}

private func logLine(_ owner: UnsafeMutableRawPointer, _ level: Int, _ textAddress: UnsafeRawPointer) {
    let runner = unsafe owner.assumingMemoryBound(to: WorkerState.self)
    let text = unsafe textAddress.assumingMemoryBound(to: ByteView.self).pointee.string
    let log = unsafe runner.pointee.server.takeUnretainedValue().log
    switch level {
    case 0: log.debug("\(text)")
    case 1: log.info("\(text)")
    case 2: log.notice("\(text)")
    default: log.warning("\(text)")
    }
}
