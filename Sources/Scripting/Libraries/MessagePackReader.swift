// MessagePack as values of Lua.
import Bytes

/// Reads values one after the other and pushes them. Tables within tables are followed without recursion: how deep they
/// may go is only limited by Lua's stack.
struct MessagePackReader {
    let state: LuaState
    let input: ByteView
    var position: Int
    private var open: [Table] = []

    /// A table that has begun: it is on the stack, below the key that the next value belongs to.
    private struct Table {
        let isMap: Bool
        var remaining: Int
        var nextIndex = 1
        /// Of a map: the key has been read.
        var hasKey = false
    }

    init(state: LuaState, input: ByteView, position: Int) {
        self.state = state
        self.input = input
        self.position = position
    }

    /// Pushes the next value.
    mutating func read() throws(LibraryFailure) {
        repeat {
            if try begin() { try complete() }
        } while !open.isEmpty
    }

    /// Puts the value on top of the stack where it belongs, and all tables that this completes.
    private mutating func complete() throws(LibraryFailure) {
        while !open.isEmpty {
            let last = open.count - 1
            if open[last].isMap && !open[last].hasKey {
                open[last].hasKey = true
                return
            }
            if open[last].isMap {
                if state.type(-2) == .null { throw state.plainFailure("table index is nil") }
                if state.type(-2) == .number && state.number(-2).isNaN {
                    throw state.plainFailure("table index is NaN")
                }
            }
            state.setPair(of: -3)
            open[last].hasKey = false
            open[last].remaining -= 1
            if open[last].remaining > 0 {
                pushIndex()
                return
            }
            open.removeLast()
        }
    }

    /// Pushes the place of the next element of an array.
    private mutating func pushIndex() {
        let last = open.count - 1
        if open[last].isMap { return }
        state.push(Double(open[last].nextIndex))
        open[last].nextIndex += 1
    }

    // MARK: - One value

    private func missing() -> LibraryFailure { state.failure("Missing bytes in input.") }

    /// Moves on by so many bytes and returns them.
    private mutating func take(_ count: Int) throws(LibraryFailure) -> ByteView {
        guard count <= input.count - position else { throw missing() }
        defer { position += count }
        return input[position..<position + count]
    }

    /// The number of `count` bytes, the highest one first.
    private mutating func unsigned(_ count: Int) throws(LibraryFailure) -> UInt64 {
        try take(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func length(_ count: Int) throws(LibraryFailure) -> Int {
        Int(truncatingIfNeeded: try unsigned(count))
    }

    /// Pushes a value, or the beginning of one; false: its elements are still to come.
    private mutating func begin() throws(LibraryFailure) -> Bool {
        let code = try take(1)[0]
        try state.needRoom(for: 1, "too many return values at once; use unpack_one or unpack_limit instead.")
        switch code {
        case 0x00...0x7f: state.push(Double(code))
        case 0x80...0x8f: return beginMap(Int(code & 0x0f))
        case 0x90...0x9f: return try beginArray(Int(code & 0x0f))
        case 0xa0...0xbf: try pushText(Int(code & 0x1f))
        case 0xc0: state.pushNil()
        case 0xc2: state.push(false)
        case 0xc3: state.push(true)
        case 0xca: state.push(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try unsigned(4)))))
        case 0xcb: state.push(Double(bitPattern: try unsigned(8)))
        case 0xcc: state.push(Double(try unsigned(1)))
        case 0xcd: state.push(Double(try unsigned(2)))
        case 0xce: state.push(Double(try unsigned(4)))
        // Numbers are signed, also where they should not be.
        case 0xcf, 0xd3: state.push(Double(Int64(bitPattern: try unsigned(8))))
        case 0xd0: state.push(Double(Int8(truncatingIfNeeded: try unsigned(1))))
        case 0xd1: state.push(Double(Int16(truncatingIfNeeded: try unsigned(2))))
        case 0xd2: state.push(Double(Int32(truncatingIfNeeded: try unsigned(4))))
        case 0xd9: try pushText(try length(1))
        case 0xda: try pushText(try length(2))
        case 0xdb: try pushText(try length(4))
        case 0xdc: return try beginArray(try length(2))
        case 0xdd: return try beginArray(try length(4))
        case 0xde: return beginMap(try length(2))
        case 0xdf: return beginMap(try length(4))
        case 0xe0...0xff: state.push(Double(Int8(bitPattern: code)))
        default: throw state.failure("Bad data format in input.")
        }
        return true
    }

    private mutating func pushText(_ count: Int) throws(LibraryFailure) { state.push(try take(count)) }

    private mutating func beginArray(_ count: Int) throws(LibraryFailure) -> Bool {
        state.pushTable()
        try state.needRoom(for: 1, "in function mp_decode_to_lua_array")
        return begin(Table(isMap: false, remaining: count))
    }

    private mutating func beginMap(_ count: Int) -> Bool {
        state.pushTable()
        return begin(Table(isMap: true, remaining: count))
    }

    private mutating func begin(_ table: Table) -> Bool {
        if table.remaining == 0 { return true }
        open.append(table)
        pushIndex()
        return false
    }
}
