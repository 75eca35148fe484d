// What functions of libraries share: their arguments, and errors in the words that Lua's own libraries use.
import Bytes
import CLua

/// Why a function gives up. The error that it raises is on top of the stack.
struct LibraryFailure: Error {
    /// What the function returns to `clua_enter_library`.
    let result: Int32
}

/// A function of a library: returns how many results it has pushed.
typealias LibraryFunction = (LuaState) throws(LibraryFailure) -> Int

extension LuaState {
    /// Runs a function that Lua has called.
    static func enter(_ pointer: OpaquePointer?, _ function: LibraryFunction) -> Int32 {
        guard let pointer = unsafe pointer else { return 0 }
        do throws(LibraryFailure) {
            return Int32(clamping: try function(unsafe LuaState(pointer)))
        } catch {
            return error.result
        }
    }

    // MARK: - Errors

    /// An error that says where the function was called.
    func failure(_ text: String) -> LibraryFailure {
        makeRoomForError()
        push(text)
        return LibraryFailure(result: Int32(clua_raises_here))
    }

    /// An error in the words of Lua itself, which say no place.
    func plainFailure(_ text: StaticString) -> LibraryFailure {
        makeRoomForError()
        push(text)
        return LibraryFailure(result: Int32(clua_raises))
    }

    /// What is wrong with an argument.
    func argumentFailure(_ argument: Int, _ text: String) -> LibraryFailure {
        makeRoomForError()
        push(text)
        return LibraryFailure(result: Int32(clua_bad_argument) - Int32(clamping: argument))
    }

    /// The same with a byte and a quote behind the text.
    func argumentFailure(_ argument: Int, _ text: ByteView, _ byte: UInt8) -> LibraryFailure {
        makeRoomForError()
        ByteView.withView(text.bytes + [byte, 0x27]) { push($0) }
        return LibraryFailure(result: Int32(clua_bad_argument) - Int32(clamping: argument))
    }

    /// What was left behind is of no use any more, and may be all that the stack can hold.
    private func makeRoomForError() { if top > 1 { top = 1 } }

    /// Makes sure that the stack can hold so many more values.
    func needRoom(for count: Int, _ reason: String) throws(LibraryFailure) {
        if !hasRoom(for: count) { throw failure("stack overflow (\(reason))") }
    }

    // MARK: - Arguments

    private func typeFailure(_ argument: Int, _ expected: String) -> LibraryFailure {
        let name = unsafe String(cString: lua_typename(pointer, lua_type(pointer, Int32(argument))))
        return argumentFailure(argument, "\(expected) expected, got \(name)")
    }

    /// The bytes of a text; a number becomes its text in place.
    func textArgument(_ argument: Int) throws(LibraryFailure) -> ByteView {
        let type = type(argument)
        guard type == .string || type == .number else { throw typeFailure(argument, "string") }
        return bytes(argument)
    }

    /// A number, or a text that is one.
    func numberArgument(_ argument: Int) throws(LibraryFailure) -> Double {
        guard unsafe lua_isnumber(pointer, Int32(argument)) != 0 else { throw typeFailure(argument, "number") }
        return number(argument)
    }

    /// - Parameter missing: what stands for nothing or nil; nil: that is an error, too.
    func integerArgument(_ argument: Int, missing: Int? = nil) throws(LibraryFailure) -> Int {
        let type = type(argument)
        if let missing, type == .none || type == .null { return missing }
        _ = try numberArgument(argument)
        return unsafe lua_tointeger(pointer, Int32(argument))
    }

    /// Adds a function to the table on top of the stack.
    func addFunction(_ name: StaticString, _ function: @escaping @convention(c) (OpaquePointer?) -> Int32) {
        unsafe clua_push_library_function(pointer, function)
        setField(name, of: -2)
    }

    func push(integer: Int) { unsafe lua_pushinteger(pointer, integer) }

    func isNumber(_ index: Int) -> Bool { unsafe lua_isnumber(pointer, Int32(index)) != 0 }
}
