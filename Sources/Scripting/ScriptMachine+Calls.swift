// The functions of the `redis` table that need the server.
import Bytes
import CLua
import Platform
import RESP

/// `redis.call`: an error of the command is raised.
func callFromLua(_ pointer: OpaquePointer?) -> Int32 { unsafe runCommand(pointer, raises: true) }

/// `redis.pcall`: an error of the command is what it returns.
func protectedCallFromLua(_ pointer: OpaquePointer?) -> Int32 { unsafe runCommand(pointer, raises: false) }

private func runCommand(_ pointer: OpaquePointer?, raises: Bool) -> Int32 {
    guard let pointer = unsafe pointer else { return 0 }
    let state = unsafe LuaState(pointer)
    let machine = unsafe ScriptMachine.owner(of: pointer)
    guard let host = machine.host else { return state.fail("ERR no script is running", raises) }
    guard var window = machine.takeArguments() else { return state.failForArguments(raises) }
    let reply = unsafe machine.commandReply
    unsafe reply.pointee.clear()
    unsafe withUnsafePointer(to: &window) {
        unsafe host.call(host.owner, UnsafeRawPointer($0), UnsafeMutableRawPointer(reply), machine.protocolVersion)
    }
    var reader = unsafe RepliesToLua(reply.pointee.bytes.view, into: state)
    guard reader.push() else { return state.fail("ERR the reply is nested too deeply for a script", raises) }
    let isError = unsafe reply.pointee.bytes.view.hasPrefix("-")
    if isError {
        state.push(true)
        state.setField(alreadyCounted, of: -2)
    }
    if isError && raises {
        state.notePlace()
        return state.raise()
    }
    return 1
}

/// `redis.acl_check_cmd(name, arguments…)`.
func checkCommandFromLua(_ pointer: OpaquePointer?) -> Int32 {
    guard let pointer = unsafe pointer else { return 0 }
    let state = unsafe LuaState(pointer)
    let machine = unsafe ScriptMachine.owner(of: pointer)
    guard let host = machine.host else { return state.fail("ERR no script is running", true) }
    guard var window = machine.takeArguments() else { return state.failForArguments(true) }
    let verdict = unsafe withUnsafePointer(to: &window) { unsafe host.check(host.owner, UnsafeRawPointer($0)) }
    if verdict < 0 { return state.fail("ERR Invalid command passed to redis.acl_check_cmd()", true) }
    state.push(verdict > 0)
    return 1
}

extension ScriptMachine {
    /// The arguments that Lua passes as texts; nil if there are none, or not all are texts or numbers.
    func takeArguments() -> Arguments? {
        let count = state.top
        if count == 0 { return nil }
        arguments.truncate(to: 0)
        for index in 1...count {
            guard state.makeText(index) else { return nil }
            arguments.append(state.bytes(index))
        }
        return arguments.window(from: 0, count: count)
    }
}

/// `redis.log(level, text…)`.
func logFromLua(_ pointer: OpaquePointer?) -> Int32 {
    guard let pointer = unsafe pointer else { return 0 }
    let state = unsafe LuaState(pointer)
    let machine = unsafe ScriptMachine.owner(of: pointer)
    let count = state.top
    if count < 2 { return state.fail("ERR redis.log() requires two arguments or more.", true) }
    if state.type(1) != .number { return state.fail("ERR First argument must be a number (log level).", true) }
    let level = state.number(1)
    if !(level >= 0 && level <= 3) { return state.fail("ERR Invalid debug level.", true) }
    var line = ByteBuffer()
    defer { line.deallocate() }
    for index in 2...count where state.makeText(index) {
        if index > 2 { line.append(" ") }
        line.append(state.bytes(index))
    }
    if let host = machine.host {
        var view = line.view
        unsafe withUnsafePointer(to: &view) { unsafe host.log(host.owner, Int(level), UnsafeRawPointer($0)) }
    }
    return 0
}

/// `redis.sha1hex(text)`.
func digestFromLua(_ pointer: OpaquePointer?) -> Int32 {
    guard let pointer = unsafe pointer else { return 0 }
    let state = unsafe LuaState(pointer)
    if state.top != 1 { return state.fail("ERR wrong number of arguments", true) }
    let text = state.makeText(1) ? state.bytes(1) : .empty
    ByteView.withView(ScriptDigest.hex(text)) { state.push($0) }
    return 1
}

/// `redis.setresp(2 or 3)`.
func setProtocolFromLua(_ pointer: OpaquePointer?) -> Int32 {
    guard let pointer = unsafe pointer else { return 0 }
    let state = unsafe LuaState(pointer)
    let machine = unsafe ScriptMachine.owner(of: pointer)
    if state.top != 1 { return state.fail("ERR redis.setresp() requires one argument.", true) }
    let version = state.makeText(1) ? state.number(1) : 0
    if version != 2 && version != 3 { return state.fail("ERR RESP version must be 2 or 3.", true) }
    machine.protocolVersion = Int(version)
    return 0
}

/// `redis.set_repl(flags)`: what a script changes is replicated as a whole, so that the flags only have to be valid.
func setReplicationFromLua(_ pointer: OpaquePointer?) -> Int32 {
    guard let pointer = unsafe pointer else { return 0 }
    let state = unsafe LuaState(pointer)
    if state.top != 1 { return state.fail("ERR redis.set_repl() requires two arguments.", true) }
    let flags = state.makeText(1) ? state.number(1) : 0
    if flags >= 0 && flags <= 3 { return 0 }
    return state.fail(
        "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.", true)
}

extension LuaState {
    /// Turns a number at `index` into its text, as `%.17g` writes it; false if it is neither text nor number.
    func makeText(_ index: Int) -> Bool {
        switch type(index) {
        case .string: return true
        case .number:
            let value = number(index)
            unsafe withUnsafeTemporaryAllocation(byteCount: DoubleText.maximumLength, alignment: 8) { scratch in
                let start = unsafe scratch.baseAddress.unsafelyUnwrapped
                let length =
                    if let integer = Int64(exactly: value), abs(value) < 1e17 {
                        unsafe IntegerText.write(integer, to: start)
                    } else {
                        unsafe DoubleText.write(value, to: start)
                    }
                unsafe push(ByteView(base: UnsafeRawPointer(start), count: length))
            }
            replace(index)
            return true
        default: return false
        }
    }

    /// Why the arguments of a command could not be taken.
    func failForArguments(_ raises: Bool) -> Int32 {
        if top == 0 { return fail("ERR Please specify at least one argument for this redis lib call", raises) }
        return fail("ERR Lua redis lib command arguments must be strings or integers", raises)
    }

    /// An error of the function's own: raised, or returned as a table.
    func fail(_ text: StaticString, _ raises: Bool) -> Int32 {
        pushTable(fields: 3)
        push(text)
        setField("err", of: -2)
        if raises {
            notePlace()
            return raise()
        }
        return 1
    }

    /// Notes in the error on top of the stack where the script called the function that is running.
    func notePlace() {
        guard let place = place(level: 1) else { return }
        push(place.source)
        setField("source", of: -2)
        push(Double(place.line))
        setField("line", of: -2)
    }
}
