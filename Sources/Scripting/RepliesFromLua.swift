// What a script returns, as a reply.
import Bytes
import RESP

/// Turns the Lua value that a script returned into a reply, as Redis does.
/// https://redis.io/docs/latest/develop/programmability/lua-api/#data-type-conversion
struct RepliesFromLua {
    let state: LuaState
    let reply: ReplyWriter
    /// The version of the protocol that the script chose by `redis.setresp`.
    let scriptProtocol: Int

    /// Takes the value on top of the stack off and writes it.
    func write() {
        guard state.hasRoom(for: 6) else {
            reply.error("ERR reached lua stack limit")
            return state.pop()
        }
        switch state.type(-1) {
        case .string: reply.bulk(state.bytes(-1))
        case .number: reply.integer(RepliesFromLua.integer(state.number(-1)))
        case .boolean: write(state.truth(-1))
        case .table: writeTable()
        case .null, .none, .function, .userdata, .lightUserdata, .thread: reply.null()
        }
        state.pop()
    }

    /// Cut off towards zero; what is no 64-bit integer becomes the smallest one, as x86 converts it.
    private static func integer(_ number: Double) -> Int64 { Int64(exactly: number.rounded(.towardZero)) ?? .min }

    private func write(_ truth: Bool) {
        if scriptProtocol >= 3 {
            reply.boolean(truth)
        } else if truth {
            reply.integer(1)
        } else {
            reply.null()
        }
    }

    /// Pushes the table's field if it is of that type.
    private func field(_ name: StaticString, _ type: LuaType) -> Bool {
        state.pushField(name, of: -1)
        if state.type(-1) == type { return true }
        state.pop()
        return false
    }

    private func writeTable() {
        if field("err", .string) {
            withOneLine(state.bytes(-1)) { reply.error($0) }
            return state.pop()
        }
        if field("ok", .string) {
            withOneLine(state.bytes(-1)) { reply.simple($0) }
            return state.pop()
        }
        if field("double", .number) {
            reply.double(state.number(-1))
            return state.pop()
        }
        if field("map", .table) { return writeMap() }
        if field("set", .table) { return writeSet() }
        if field("big_number", .string) {
            withOneLine(state.bytes(-1)) { reply.bigNumber($0) }
            return state.pop()
        }
        if field("verbatim_string", .table) { return writeVerbatim() }
        writeArray()
    }

    /// The text with spaces for what would end the line.
    private func withOneLine(_ text: ByteView, _ body: (ByteView) -> Void) {
        ByteView.withView(text.bytes.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }, body)
    }

    private func writeMap() {
        let header = reply.deferLength()
        var count = 0
        state.pushNil()
        while state.next(of: -2) {
            state.pushCopy(of: -2)
            write()
            write()
            count += 1
        }
        reply.finishMap(header, count)
        state.pop()
    }

    private func writeSet() {
        let header = reply.deferLength()
        var count = 0
        state.pushNil()
        while state.next(of: -2) {
            state.pop()
            state.pushCopy(of: -1)
            write()
            count += 1
        }
        reply.finishSet(header, count)
        state.pop()
    }

    private func writeVerbatim() {
        defer { state.pop() }
        state.pushField("string", of: -1)
        state.pushField("format", of: -2)
        defer { state.pop(2) }
        guard state.type(-2) == .string, state.type(-1) == .string, state.bytes(-1).count == 3 else {
            // Not a whole one: like any table without elements.
            return reply.array(0)
        }
        reply.verbatim(state.bytes(-1), state.bytes(-2))
    }

    private func writeArray() {
        let header = reply.deferLength()
        var count = 0
        while true {
            state.pushElement(count + 1, of: -1)
            if state.type(-1) == .null {
                state.pop()
                break
            }
            count += 1
            write()
        }
        reply.finishArray(header, count)
    }
}
