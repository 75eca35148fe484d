// cmsgpack: values of Lua as MessagePack and back. https://github.com/msgpack/msgpack/blob/master/spec.md
import Bytes
import CLua
import Platform

/// The library as scripts see it; the names, bytes and errors are those of Redis'.
enum MessagePackLibrary {
    /// Pushes the table of the library.
    static func push(on state: LuaState) {
        state.pushTable(fields: 7)
        unsafe state.addFunction("pack", packFromLua)
        unsafe state.addFunction("unpack", unpackFromLua)
        unsafe state.addFunction("unpack_one", unpackOneFromLua)
        unsafe state.addFunction("unpack_limit", unpackLimitFromLua)
        state.push("cmsgpack" as StaticString)
        state.setField("_NAME", of: -2)
        state.push("lua-cmsgpack 0.4.0" as StaticString)
        state.setField("_VERSION", of: -2)
        state.push("MessagePack for Lua" as StaticString)
        state.setField("_DESCRIPTION", of: -2)
    }

    /// `cmsgpack.pack(value, …)`: one after the other.
    fileprivate static func pack(_ state: LuaState) throws(LibraryFailure) -> Int {
        let count = state.top
        if count == 0 { throw state.argumentFailure(0, "MessagePack pack needs input.") }
        var writer = MessagePackWriter(state: state)
        defer { writer.output.deallocate() }
        if !state.hasRoom(for: max(count, 2)) {
            throw state.argumentFailure(0, "Too many arguments for MessagePack pack.")
        }
        for argument in 1...count {
            state.pushCopy(of: argument)
            try writer.write()
        }
        state.push(writer.output.view)
        return 1
    }

    /// `cmsgpack.unpack(bytes)`: all values in them.
    fileprivate static func unpack(_ state: LuaState) throws(LibraryFailure) -> Int {
        try unpack(state, limit: 0, offset: 0)
    }

    /// `cmsgpack.unpack_one(bytes[, offset])`: where the next value begins (-1: nowhere), and the first one.
    fileprivate static func unpackOne(_ state: LuaState) throws(LibraryFailure) -> Int {
        try unpack(state, limit: 1, offset: try state.integerArgument(2, missing: 0))
    }

    /// `cmsgpack.unpack_limit(bytes, limit[, offset])`: likewise, so many values at most.
    fileprivate static func unpackLimit(_ state: LuaState) throws(LibraryFailure) -> Int {
        let limit = try state.integerArgument(2)
        return try unpack(state, limit: limit, offset: try state.integerArgument(3, missing: 0))
    }

    private static func unpack(_ state: LuaState, limit: Int, offset: Int) throws(LibraryFailure) -> Int {
        let input = try state.textArgument(1)
        if offset < 0 || limit < 0 {
            let shown = Int32(truncatingIfNeeded: offset)
            throw state.failure("Invalid request to unpack with offset of \(shown) and limit of \(input.count).")
        }
        if offset > input.count {
            let shown = Int32(truncatingIfNeeded: offset)
            throw state.failure("Start offset \(shown) greater than input length \(input.count).")
        }
        if state.top > 1 { state.top = 1 }
        let takesAll = limit == 0 && offset == 0
        var reader = MessagePackReader(state: state, input: input, position: offset)
        var count = 0
        while reader.position < input.count && (takesAll || count < limit) {
            try reader.read()
            count += 1
        }
        if takesAll { return count }
        try state.needRoom(for: 1, "too many return values at once; use unpack_one or unpack_limit instead.")
        state.push(integer: reader.position == input.count ? -1 : reader.position)
        state.insert(2)
        return count + 1
    }
}

private func packFromLua(_ pointer: OpaquePointer?) -> Int32 { unsafe LuaState.enter(pointer, MessagePackLibrary.pack) }

private func unpackFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer, MessagePackLibrary.unpack)
}

private func unpackOneFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer, MessagePackLibrary.unpackOne)
}

private func unpackLimitFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer, MessagePackLibrary.unpackLimit)
}
