// What commands reply, as Lua values.
import Bytes
import RESP

/// Turns replies in RESP2 or RESP3 into Lua values, as Redis' scripts get them.
/// https://redis.io/docs/latest/develop/programmability/lua-api/#data-type-conversion
struct RepliesToLua {
    let state: LuaState
    let bytes: ByteView
    var position = 0

    init(_ bytes: ByteView, into state: LuaState) {
        self.bytes = bytes
        self.state = state
    }

    /// Pushes the next reply; false if it is nested too deeply or is no reply, and nothing is pushed.
    mutating func push() -> Bool {
        guard state.hasRoom(for: 6), position < bytes.count,
            let end = bytes.firstIndex(of: RESPByte.lineFeed, from: position), end > position + 1
        else { return false }
        let type = bytes[position]
        let line = bytes[position + 1..<end - 1]
        position = end + 1
        switch type {
        case RESPByte.plus: pushField("ok", line)
        case RESPByte.minus: pushError(line)
        case RESPByte.colon: state.push(Double(IntegerText.parse(line) ?? 0))
        case RESPByte.dollar: return pushBulk(line)
        case RESPByte.asterisk, RESPByte.greater: return pushArray(line)
        case RESPByte.percent: return pushMap(line)
        case RESPByte.tilde: return pushSet(line)
        case RESPByte.underscore: state.pushNil()
        case RESPByte.hash: state.push(line.count > 0 && line[0] == 0x74)
        case RESPByte.comma:
            state.pushTable(fields: 1)
            state.push(DoubleText.parse(line) ?? 0)
            state.setField("double", of: -2)
        case RESPByte.parenthesis: pushField("big_number", line)
        case RESPByte.equals: return pushVerbatim(line)
        case RESPByte.bar: return skipAttributes(line) && push()
        default: return false
        }
        return true
    }

    private func pushField(_ name: StaticString, _ value: ByteView) {
        state.pushTable(fields: 1)
        state.push(value)
        state.setField(name, of: -2)
    }

    /// The error of a command was counted when the command was run.
    private func pushError(_ line: ByteView) {
        state.pushTable(fields: 2)
        state.push(line)
        state.setField("err", of: -2)
        state.push(true)
        state.setField("ignore_error_stats_update", of: -2)
    }

    /// The bytes that follow a length.
    private mutating func body(_ line: ByteView) -> ByteView? {
        guard let length = IntegerText.parse(line), length >= 0, Int(length) + 2 <= bytes.count - position else {
            return nil
        }
        defer { position += Int(length) + 2 }
        return bytes[position..<position + Int(length)]
    }

    private mutating func pushBulk(_ line: ByteView) -> Bool {
        if line.count > 0 && line[0] == RESPByte.minus {
            state.push(false)
            return true
        }
        guard let body = body(line) else { return false }
        state.push(body)
        return true
    }

    private mutating func pushVerbatim(_ line: ByteView) -> Bool {
        guard let body = body(line), body.count >= 4 else { return false }
        state.pushTable(fields: 1)
        state.pushTable(fields: 2)
        state.push(body.prefix(3))
        state.setField("format", of: -2)
        state.push(body.dropFirst(4))
        state.setField("string", of: -2)
        state.setField("verbatim_string", of: -2)
        return true
    }

    private mutating func pushArray(_ line: ByteView) -> Bool {
        guard let count = IntegerText.parse(line) else { return false }
        if count < 0 {
            state.push(false)
            return true
        }
        state.pushTable(elements: Int(count))
        for index in 0..<Int(count) {
            guard push() else { return forget() }
            state.setElement(index + 1, of: -2)
        }
        return true
    }

    private mutating func pushMap(_ line: ByteView) -> Bool {
        guard let count = IntegerText.parse(line), count >= 0 else { return false }
        state.pushTable(fields: 1)
        state.pushTable(fields: Int(count))
        for _ in 0..<Int(count) {
            guard push() else { return forget(2) }
            guard push() else { return forget(3) }
            state.setPair(of: -3)
        }
        state.setField("map", of: -2)
        return true
    }

    private mutating func pushSet(_ line: ByteView) -> Bool {
        guard let count = IntegerText.parse(line), count >= 0 else { return false }
        state.pushTable(fields: 1)
        state.pushTable(fields: Int(count))
        for _ in 0..<Int(count) {
            guard push() else { return forget(2) }
            state.push(true)
            state.setPair(of: -3)
        }
        state.setField("set", of: -2)
        return true
    }

    private mutating func skipAttributes(_ line: ByteView) -> Bool {
        guard let count = IntegerText.parse(line), count >= 0 else { return false }
        for _ in 0..<Int(count) * 2 {
            guard push() else { return false }
            state.pop()
        }
        return true
    }

    /// What was begun is taken off the stack.
    private func forget(_ count: Int = 1) -> Bool {
        state.pop(count)
        return false
    }
}
