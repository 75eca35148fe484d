// bit: what processors do with the bits of 32-bit numbers. http://bitop.luajit.org/api.html
import Bytes
import CLua

/// Ours and not the packaged library, which writes outside its memory when it is asked for very few digits.
enum BitLibrary {
    /// Pushes the table of the library.
    static func push(on state: LuaState) {
        state.pushTable(fields: 12)
        unsafe state.addFunction("tobit", tobitFromLua)
        unsafe state.addFunction("bnot", bnotFromLua)
        unsafe state.addFunction("bswap", bswapFromLua)
        unsafe state.addFunction("band", bandFromLua)
        unsafe state.addFunction("bor", borFromLua)
        unsafe state.addFunction("bxor", bxorFromLua)
        unsafe state.addFunction("lshift", lshiftFromLua)
        unsafe state.addFunction("rshift", rshiftFromLua)
        unsafe state.addFunction("arshift", arshiftFromLua)
        unsafe state.addFunction("rol", rolFromLua)
        unsafe state.addFunction("ror", rorFromLua)
        unsafe state.addFunction("tohex", tohexFromLua)
    }

    /// The lowest 32 bits of the number, which is rounded by moving it to where doubles have no fraction.
    private static func bits(_ state: LuaState, _ argument: Int) throws(LibraryFailure) -> UInt32 {
        let number = try state.numberArgument(argument)
        return UInt32(truncatingIfNeeded: (number + 0x1.8p52).bitPattern)
    }

    private static func push(_ bits: UInt32, on state: LuaState) -> Int {
        state.push(Double(Int32(bitPattern: bits)))
        return 1
    }

    fileprivate static func change(
        _ state: LuaState, _ body: (UInt32) -> UInt32
    ) throws(LibraryFailure) -> Int {
        push(body(try bits(state, 1)), on: state)
    }

    /// One number with the next, and so on.
    fileprivate static func combine(
        _ state: LuaState, _ body: (UInt32, UInt32) -> UInt32
    ) throws(LibraryFailure) -> Int {
        var result = try bits(state, 1)
        // The last one first, as errors name that.
        var argument = state.top
        while argument > 1 {
            result = body(result, try bits(state, argument))
            argument -= 1
        }
        return push(result, on: state)
    }

    /// - Parameter body: the number and how far to shift it, which is less than 32.
    fileprivate static func shift(
        _ state: LuaState, _ body: (UInt32, UInt32) -> UInt32
    ) throws(LibraryFailure) -> Int {
        let number = try bits(state, 1)
        return push(body(number, try bits(state, 2) & 31), on: state)
    }

    /// `bit.tohex(number[, digits])`: the lowest digits; in upper case if their number is negative.
    fileprivate static func tohex(_ state: LuaState) throws(LibraryFailure) -> Int {
        let number = try bits(state, 1)
        let asked = state.type(2) == .none ? 8 : Int32(bitPattern: try bits(state, 2))
        let digits = Array((asked < 0 ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        var text: [UInt8] = []
        for place in (0..<min(asked.magnitude, 8)).reversed() {
            text.append(digits[Int(number >> (4 * place) & 15)])
        }
        ByteView.withView(text) { state.push($0) }
        return 1
    }
}

private func tobitFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.change(state) { $0 } }
}

private func bnotFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.change(state) { ~$0 } }
}

private func bswapFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.change(state) { $0.byteSwapped } }
}

private func bandFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.combine(state) { $0 & $1 } }
}

private func borFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.combine(state) { $0 | $1 } }
}

private func bxorFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.combine(state) { $0 ^ $1 } }
}

private func lshiftFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.shift(state) { $0 << $1 } }
}

private func rshiftFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in try BitLibrary.shift(state) { $0 >> $1 } }
}

private func arshiftFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in
        try BitLibrary.shift(state) { UInt32(bitPattern: Int32(bitPattern: $0) >> $1) }
    }
}

private func rolFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in
        try BitLibrary.shift(state) { $0 << $1 | $0 >> ((32 &- $1) & 31) }
    }
}

private func rorFromLua(_ pointer: OpaquePointer?) -> Int32 {
    unsafe LuaState.enter(pointer) { state throws(LibraryFailure) in
        try BitLibrary.shift(state) { $0 >> $1 | $0 << ((32 &- $1) & 31) }
    }
}

private func tohexFromLua(_ pointer: OpaquePointer?) -> Int32 { unsafe LuaState.enter(pointer, BitLibrary.tohex) }
