// Lua's own state behind a surface that cannot be misused by accident.
import Bytes
import CLua
import Platform

/// A Lua 5.1 state. Values are addressed by their place on its stack: from 1 upwards, or from -1 (the top) downwards.
/// Nothing here raises a Lua error: an error leaves by longjmp, which must not pass a Swift frame. Functions of Swift's
/// that Lua calls return `raise()` instead; see `clua_enter`. https://www.lua.org/manual/5.1/manual.html#3
@safe
package struct LuaState {
    let pointer: OpaquePointer

    @unsafe
    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    // MARK: - The stack

    /// How many values are on the stack of the running function.
    var top: Int {
        get { unsafe Int(lua_gettop(pointer)) }
        nonmutating set { unsafe lua_settop(pointer, Int32(newValue)) }
    }

    func pop(_ count: Int = 1) { unsafe clua_pop(pointer, Int32(count)) }

    /// Makes room for so many more values; false: there is none, because too much is on the stack.
    func hasRoom(for count: Int) -> Bool { unsafe lua_checkstack(pointer, Int32(count)) != 0 }

    /// Moves the top value to `index`, over what is there.
    func replace(_ index: Int) { unsafe lua_replace(pointer, Int32(index)) }

    /// Moves the top value to `index`; what is there and above moves up.
    func insert(_ index: Int) { unsafe lua_insert(pointer, Int32(index)) }

    func pushCopy(of index: Int) { unsafe lua_pushvalue(pointer, Int32(index)) }

    /// What a function of Swift's returns to raise the error on top of the stack.
    func raise() -> Int32 { Int32(clua_raises) }

    // MARK: - Pushing

    func push(_ text: ByteView) {
        unsafe lua_pushlstring(pointer, text.base.assumingMemoryBound(to: CChar.self), text.count)
    }

    func push(_ text: StaticString) { push(ByteView(text)) }

    func push(_ text: String) { ByteView.withView(text) { push($0) } }

    func push(_ number: Double) { unsafe lua_pushnumber(pointer, number) }

    func push(_ truth: Bool) { unsafe lua_pushboolean(pointer, truth ? 1 : 0) }

    func pushNil() { unsafe lua_pushnil(pointer) }

    func pushTable(elements: Int = 0, fields: Int = 0) {
        unsafe clua_new_table(pointer, Int32(clamping: elements), Int32(clamping: fields))
    }

    // MARK: - Looking

    func type(_ index: Int) -> LuaType { unsafe LuaType(rawValue: lua_type(pointer, Int32(index))) ?? .none }

    /// The bytes of a string; valid while it is on the stack. Not for numbers, which this would change in place.
    func bytes(_ index: Int) -> ByteView {
        var length = 0
        guard let text = unsafe lua_tolstring(pointer, Int32(index), &length) else { return .empty }
        return unsafe ByteView(base: UnsafeRawPointer(text), count: length)
    }

    func number(_ index: Int) -> Double { unsafe lua_tonumber(pointer, Int32(index)) }

    func truth(_ index: Int) -> Bool { unsafe lua_toboolean(pointer, Int32(index)) != 0 }

    // MARK: - Tables, without their metatables' say

    /// Pushes the field of the table at `index`; nil if there is none.
    func pushField(_ name: StaticString, of index: Int) {
        push(name)
        unsafe lua_rawget(pointer, Int32(index < 0 ? index - 1 : index))
    }

    /// Takes the top value off and makes it the field of the table at `index`, counted with the value still there.
    func setField(_ name: StaticString, of index: Int) {
        push(name)
        insert(-2)
        unsafe lua_rawset(pointer, Int32(index < 0 ? index - 1 : index))
    }

    func pushElement(_ position: Int, of index: Int) {
        unsafe lua_rawgeti(pointer, Int32(index), Int32(clamping: position))
    }

    func setElement(_ position: Int, of index: Int) {
        unsafe lua_rawseti(pointer, Int32(index), Int32(clamping: position))
    }

    /// Takes a key and a value off the stack and puts them into the table at `index`, counted with both still there.
    func setPair(of index: Int) { unsafe lua_rawset(pointer, Int32(index)) }

    /// Takes a key off the stack and pushes the next key and its value; false: there is none, and nothing is pushed.
    func next(of index: Int) -> Bool { unsafe lua_next(pointer, Int32(index)) != 0 }

    func count(of index: Int) -> Int { unsafe lua_objlen(pointer, Int32(index)) }

    // MARK: - Functions

    /// Compiles a text into a function on top of the stack; nil, or the error that is there instead.
    func load(_ text: ByteView, name: StaticString) -> LuaFailure? {
        // Compiled Lua could do anything to the memory of the process.
        if text.count > 0 && text[0] == 0x1b {
            push("\("\(name)".dropFirst()):1: unexpected symbol near 'char(27)'")
            return LuaFailure()
        }
        let status = unsafe luaL_loadbuffer(
            pointer, text.base.assumingMemoryBound(to: CChar.self), text.count,
            UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
        return status == 0 ? nil : LuaFailure()
    }

    /// Calls the function below its `arguments`, with the function at `handler` (0: none) for errors.
    func call(arguments: Int, results: Int, handler: Int = 0) -> LuaFailure? {
        unsafe lua_pcall(pointer, Int32(arguments), Int32(results), Int32(handler)) == 0 ? nil : LuaFailure()
    }

    /// Takes the top value off the stack and keeps it.
    func keep() -> Int32 { unsafe clua_make_reference(pointer) }

    func pushKept(_ reference: Int32) { unsafe clua_get_reference(pointer, reference) }

    func drop(_ reference: Int32) { unsafe clua_drop_reference(pointer, reference) }

    /// Where the caller at `level` is: its chunk's name and the line.
    func place(level: Int) -> (source: String, line: Int)? {
        var source: UnsafePointer<CChar>?
        var line: Int32 = 0
        guard unsafe clua_where(pointer, Int32(level), &source, &line) != 0, let text = unsafe source else {
            return nil
        }
        return unsafe (String(cString: text), Int(line))
    }

    /// Bytes that Lua holds.
    var memoryBytes: Int {
        unsafe Int(lua_gc(pointer, LUA_GCCOUNT, 0)) * 1024 + Int(lua_gc(pointer, LUA_GCCOUNTB, 0))
    }

    /// Collects a little of the garbage.
    func collect(step: Int) { unsafe _ = lua_gc(pointer, LUA_GCSTEP, Int32(step)) }
}

/// The error is on top of the stack.
package struct LuaFailure {}

/// What a value is.
package enum LuaType: Int32 {
    case none = -1
    case null, boolean, lightUserdata, number, string, table, function, userdata, thread
}
