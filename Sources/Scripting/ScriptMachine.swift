// The Lua state of one worker: compiles scripts, runs them, and turns what they return into replies.
import Bytes
import CLua
import Platform
import RESP

/// So many instructions run between two questions whether the script must end.
private let instructionsBetweenQuestions: Int32 = 100_000
/// The same once it has taken long, so that those who wait are served soon.
private let instructionsOfLongScripts: Int32 = 10_000

/// The field of errors that were counted when a command replied with them. Redis' name for it: scripts can see it.
let alreadyCounted: StaticString = "ignore_error_stats_update"

/// A machine is used by one thread at a time and runs one script at a time.
@safe
package final class ScriptMachine {
    let state: LuaState
    /// The server that the running script belongs to; nil between scripts.
    var host: ScriptHost?
    /// What the command that the script is calling replies.
    let commandReply: UnsafeMutablePointer<ReplyBuffer>
    /// The arguments of the command that the script is calling: views of strings on the stack.
    var arguments = ArgumentList()
    /// The version of the protocol that commands reply in, as `redis.setresp` chose it.
    var protocolVersion = 2
    /// Kept functions: the handler that says where an error happened, and the one that sets KEYS and ARGV.
    var errorHandler: Int32 = 0
    var setParameters: Int32 = 0
    /// The kept function that runs libraries of functions, and when the one that is being loaded must be done.
    var libraryLoader: Int32 = 0
    var loadEnds: Int64 = 0
    /// The reply is an error of a command, which was counted when the script called that.
    package var repliedWithCounted = false
    /// The script has been told to end.
    var isEnding = false

    /// - Parameter version: what `redis.REDIS_VERSION` says.
    package init(version: StaticString = "0.0.0") {
        unsafe commandReply = .allocate(capacity: 1)
        unsafe commandReply.initialize(to: ReplyBuffer())
        guard let pointer = unsafe lua_newstate(reallocateForLua, nil) else {
            fatalError("out of memory: no Lua state could be made")
        }
        state = unsafe LuaState(pointer)
        prepareSandbox(version)
    }

    deinit {
        unsafe lua_close(state.pointer)
        arguments.deallocate()
        unsafe commandReply.pointee.deallocate()
        unsafe commandReply.deallocate()
    }

    /// The machine that a function called by Lua belongs to.
    static func owner(of pointer: OpaquePointer) -> ScriptMachine {
        unsafe Unmanaged<ScriptMachine>.fromOpaque(clua_owner(pointer).unsafelyUnwrapped).takeUnretainedValue()
    }

    /// A script is under way.
    package var isRunning: Bool { host != nil }

    /// Bytes that Lua holds.
    package var memoryBytes: Int { state.memoryBytes }

    /// Compiles a script; a script is kept until `forget`. Fails with what Lua says of the text.
    package func compile(_ text: ByteView) throws(ScriptFailure) -> CompiledScript {
        if state.load(text, name: "@user_script") != nil { throw takeFailure() }
        return CompiledScript(reference: state.keep())
    }

    /// Frees a compiled script.
    package func forget(_ script: CompiledScript) { state.drop(script.reference) }

    /// Runs a script and writes what it returns, or its error, to `reply`.
    /// - Parameter name: shown in errors; the digest, or a function's name.
    package func run(
        _ script: CompiledScript, name: ByteView, keys: Arguments, arguments: Arguments, host: ScriptHost,
        reply: ReplyWriter
    ) {
        run(name: name, host: host, reply: reply) { handler in
            state.pushKept(setParameters)
            push(keys)
            push(arguments)
            if let failure = state.call(arguments: 2, results: 0) { return failure }
            state.pushKept(script.reference)
            return state.call(arguments: 0, results: 1, handler: handler)
        }
    }

    /// - Parameter body: calls a function with the handler of errors that it is given, and leaves one result, or an
    ///   error, on the stack.
    @inline(__always)
    func run(name: ByteView, host: ScriptHost, reply: ReplyWriter, _ body: (_ handler: Int) -> LuaFailure?) {
        self.host = host
        protocolVersion = 2
        isEnding = false
        repliedWithCounted = false
        let bottom = state.top
        defer {
            state.top = bottom
            self.host = nil
        }
        guard state.hasRoom(for: 8) else { return reply.error("ERR the script machine's stack is full") }
        unsafe clua_set_question(state.pointer, askWhetherToEnd, instructionsBetweenQuestions)
        state.pushKept(errorHandler)
        if body(bottom + 1) != nil { return writeFailure(name, reply) }
        noteWhetherCounted()
        RepliesFromLua(state: state, reply: reply, scriptProtocol: protocolVersion).write()
    }

    func push(_ values: Arguments) {
        state.pushTable(elements: values.count)
        for index in 0..<values.count {
            state.push(values[index])
            state.setElement(index + 1, of: -2)
        }
    }

    /// Looks whether the error on top of the stack was counted.
    private func noteWhetherCounted() {
        guard state.type(-1) == .table else { return }
        state.pushField(alreadyCounted, of: -1)
        repliedWithCounted = state.type(-1) == .boolean
        state.pop()
    }

    /// What Lua says of a text that it could not compile; taken off the stack.
    private func takeFailure() -> ScriptFailure {
        defer { state.pop() }
        return ScriptFailure(message: state.type(-1) == .string ? state.bytes(-1).bytes : Array("unknown error".utf8))
    }

    /// Writes the error on top of the stack: what it says, which script it was, and where.
    private func writeFailure(_ name: ByteView, _ reply: ReplyWriter) {
        noteWhetherCounted()
        var line = ByteBuffer()
        defer { line.deallocate() }
        if state.type(-1) == .table {
            state.pushField("err", of: -1)
            line.append(state.type(-1) == .string ? state.bytes(-1) : ByteView("ERR unknown error"))
            state.pop()
            state.pushField("source", of: -1)
            state.pushField("line", of: -2)
            if state.type(-2) == .string && state.type(-1) == .number {
                line.append(" script: ")
                line.append(name)
                line.append(", on ")
                line.append(state.bytes(-2))
                line.append(":")
                line.append(decimal: Int64(state.number(-1)))
                line.append(".")
            }
            state.pop(2)
        } else {
            line.append("ERR ")
            line.append(state.type(-1) == .string ? state.bytes(-1) : ByteView("unknown error"))
        }
        reply.error(line.view.hasPrefix("-") ? line.view.dropFirst(1) : line.view)
    }
}

/// A script that a machine has compiled.
package struct CompiledScript {
    let reference: Int32
}

/// Why a script could not be compiled.
package struct ScriptFailure: Error {
    package let message: [UInt8]
    /// The message is all that is to be said.
    package let isWhole: Bool

    package init(message: [UInt8], isWhole: Bool = false) {
        self.message = message
        self.isWhole = isWhole
    }
}

/// Lua's memory; it never fails, as a failure would leave by longjmp.
private func reallocateForLua(
    _: UnsafeMutableRawPointer?, _ block: UnsafeMutableRawPointer?, _ oldSize: Int, _ newSize: Int
) -> UnsafeMutableRawPointer? {
    guard let block = unsafe block, oldSize > 0 else {
        return newSize == 0 ? nil : unsafe Allocator.allocate(newSize)
    }
    if newSize == 0 {
        unsafe Allocator.deallocate(block, size: oldSize)
        return nil
    }
    return unsafe Allocator.reallocate(block, to: newSize)
}

/// Asked while a script runs. Once it is to end it is asked at every line, so that no protected call goes on.
private func askWhetherToEnd(_ pointer: OpaquePointer?) -> Int32 {
    guard let pointer = unsafe pointer else { return 0 }
    let state = unsafe LuaState(pointer)
    guard let owner = unsafe ScriptMachine.running(pointer), let host = owner.host else { return 0 }
    if !owner.isEnding {
        switch unsafe ScriptVerdict(rawValue: host.mustEnd(host.owner)) {
        case .mustEnd: break
        case .takesLong:
            unsafe clua_set_question(pointer, askWhetherToEnd, instructionsOfLongScripts)
            return 0
        default: return 0
        }
        owner.isEnding = true
        unsafe clua_set_question(pointer, askWhetherToEnd, 1)
    }
    state.push("Script killed by user with SCRIPT KILL...")
    return 1
}
