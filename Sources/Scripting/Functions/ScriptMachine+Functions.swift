// Libraries of functions: loading them, and calling their functions.
import Bytes
import CLua
import Platform
import RESP

/// How long a library may take to register its functions.
private let longestLoadMilliseconds: Int64 = 500

/// A function that a library has registered.
package struct RegisteredFunction {
    package let name: [UInt8]
    package let description: [UInt8]?
    package let flags: FunctionFlags
    /// To be called by the machine that has loaded the library.
    package let callback: CompiledScript
}

/// What a library says of a function.
package struct FunctionFlags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let noWrites = FunctionFlags(rawValue: 1)
    package static let allowOutOfMemory = FunctionFlags(rawValue: 2)
    package static let allowStale = FunctionFlags(rawValue: 4)
    package static let noCluster = FunctionFlags(rawValue: 8)
    package static let allowCrossSlotKeys = FunctionFlags(rawValue: 16)

    /// The names in the order in which FUNCTION LIST prints them.
    package static let names: [(FunctionFlags, StaticString)] = [
        (.noWrites, "no-writes"), (.allowOutOfMemory, "allow-oom"), (.allowStale, "allow-stale"),
        (.noCluster, "no-cluster"), (.allowCrossSlotKeys, "allow-cross-slot-keys"),
    ]
}

extension ScriptMachine {
    /// Runs a library's text, which begins with the end of its first line, and returns what it has registered; a
    /// function is kept until it is forgotten. Fails with what is wrong with the library.
    package func loadLibrary(_ text: ByteView, host: ScriptHost) throws(ScriptFailure) -> [RegisteredFunction] {
        let bottom = state.top
        self.host = host
        defer {
            state.top = bottom
            self.host = nil
        }
        guard state.hasRoom(for: 12) else { throw ScriptFailure("Error registering functions: the stack is full") }
        state.pushKept(libraryLoader)
        if state.load(text, name: "@user_function") != nil {
            throw ScriptFailure("Error compiling function: ", state.bytes(-1))
        }
        loadEnds = Clock.monotonicMilliseconds() + longestLoadMilliseconds
        unsafe clua_set_question(state.pointer, askWhetherLoadEnds, 100_000)
        if state.call(arguments: 1, results: 2) != nil || state.type(-2) != .table {
            throw ScriptFailure("Error registering functions: ", state.bytes(-1))
        }
        state.pop()
        let count = state.count(of: -1)
        if count == 0 { throw ScriptFailure("No functions registered") }
        return (1...count).map { position in
            state.pushElement(position, of: -1)
            defer { state.pop() }
            return takeRegistered()
        }
    }

    /// The function that the table on top of the stack describes.
    private func takeRegistered() -> RegisteredFunction {
        for position in 1...4 { state.pushElement(position, of: -position) }
        defer { state.pop(4) }
        let description = state.type(-1) == .string ? state.bytes(-1).bytes : nil
        let flags = FunctionFlags(rawValue: UInt8(truncatingIfNeeded: Int(state.number(-2))))
        let name = state.bytes(-4).bytes
        state.pushCopy(of: -3)
        let callback = CompiledScript(reference: state.keep())
        return RegisteredFunction(name: name, description: description, flags: flags, callback: callback)
    }

    /// Calls a function with a table of keys and one of arguments, and writes what it returns, or its error.
    package func call(
        _ function: CompiledScript, name: ByteView, keys: Arguments, arguments: Arguments, host: ScriptHost,
        reply: ReplyWriter
    ) {
        run(name: name, host: host, reply: reply) { handler in
            state.pushKept(function.reference)
            push(keys)
            push(arguments)
            return state.call(arguments: 2, results: 1, handler: handler)
        }
    }
}

extension ScriptFailure {
    package init(_ message: String) { self.init(message: Array(message.utf8)) }

    /// With bytes as they are in the middle, which need be no text.
    package init(_ before: String, _ bytes: some Sequence<UInt8>, _ after: String = "") {
        self.init(message: Array(before.utf8) + Array(bytes) + Array(after.utf8))
    }
}

/// Asked while a library is loaded.
private func askWhetherLoadEnds(_ pointer: OpaquePointer?) -> Int32 {
    guard let pointer = unsafe pointer, let machine = unsafe ScriptMachine.running(pointer) else { return 0 }
    if Clock.monotonicMilliseconds() < machine.loadEnds { return 0 }
    unsafe LuaState(pointer).push("FUNCTION LOAD timeout" as StaticString)
    return 1
}
