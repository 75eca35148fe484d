// Values of Lua as MessagePack.
import Bytes
import Platform

/// Writes every value in its shortest form.
struct MessagePackWriter {
    let state: LuaState
    var output = ByteBuffer()

    /// Tables within tables deeper than this become nil, so that one that contains itself has an end.
    private static let deepestTable = 16

    init(state: LuaState) { self.state = state }

    /// Takes the value on top of the stack off and writes it.
    mutating func write(depth: Int = 0) throws(LibraryFailure) {
        switch state.type(-1) {
        case .string: write(text: state.bytes(-1))
        case .boolean: output.append(state.truth(-1) ? 0xc3 : 0xc2)
        case .number: write(number: state.number(-1))
        case .table where depth < Self.deepestTable:
            try state.needRoom(for: 4, "in function mp_encode_lua_table")
            if isArray() { try writeArray(depth) } else { try writeMap(depth) }
        default: output.append(0xc0)
        }
        state.pop()
    }

    private mutating func bigEndian<Number: FixedWidthInteger>(_ code: UInt8, _ value: Number) {
        output.append(code)
        var shift = Number.bitWidth
        while shift > 0 {
            shift -= 8
            output.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private mutating func write(text: ByteView) {
        let count = text.count
        switch count {
        case ..<32: output.append(0xa0 | UInt8(truncatingIfNeeded: count))
        case ..<0x100: bigEndian(0xd9, UInt8(truncatingIfNeeded: count))
        case ..<0x1_0000: bigEndian(0xda, UInt16(truncatingIfNeeded: count))
        default: bigEndian(0xdb, UInt32(truncatingIfNeeded: count))
        }
        output.append(text)
    }

    private mutating func write(number: Double) {
        if let integer = Int64(exactly: number) { return write(integer: integer) }
        let single = Float(number)
        if Double(single) == number {
            bigEndian(0xca, single.bitPattern)
        } else {
            bigEndian(0xcb, number.bitPattern)
        }
    }

    private mutating func write(integer: Int64) {
        switch integer {
        case 0...0x7f, -32..<0: output.append(UInt8(truncatingIfNeeded: integer))
        case 0...0xff: bigEndian(0xcc, UInt8(truncatingIfNeeded: integer))
        case 0...0xffff: bigEndian(0xcd, UInt16(truncatingIfNeeded: integer))
        case 0...0xffff_ffff: bigEndian(0xce, UInt32(truncatingIfNeeded: integer))
        case 0...: bigEndian(0xcf, integer)
        case -0x80..<0: bigEndian(0xd0, Int8(truncatingIfNeeded: integer))
        case -0x8000..<0: bigEndian(0xd1, Int16(truncatingIfNeeded: integer))
        case -0x8000_0000..<0: bigEndian(0xd2, Int32(truncatingIfNeeded: integer))
        default: bigEndian(0xd3, integer)
        }
    }

    /// Whether the keys of the table on top are 1, 2, 3 and so on.
    private func isArray() -> Bool {
        var count = 0
        var highest = 0
        state.pushNil()
        while state.next(of: -2) {
            state.pop()
            guard state.type(-1) == .number, let key = Int32(exactly: state.number(-1)), key > 0 else {
                state.pop()
                return false
            }
            count += 1
            highest = max(highest, Int(key))
        }
        return count == highest
    }

    private mutating func writeHeader(_ count: Int, small: UInt8, medium: UInt8, large: UInt8) {
        switch count {
        case ..<16: output.append(small | UInt8(truncatingIfNeeded: count))
        case ..<0x1_0000: bigEndian(medium, UInt16(truncatingIfNeeded: count))
        default: bigEndian(large, UInt32(truncatingIfNeeded: count))
        }
    }

    private mutating func writeArray(_ depth: Int) throws(LibraryFailure) {
        let count = state.count(of: -1)
        writeHeader(count, small: 0x90, medium: 0xdc, large: 0xdd)
        var index = 0
        while index < count {
            index += 1
            state.pushElement(index, of: -1)
            try write(depth: depth + 1)
        }
    }

    private mutating func writeMap(_ depth: Int) throws(LibraryFailure) {
        var count = 0
        state.pushNil()
        while state.next(of: -2) {
            state.pop()
            count += 1
        }
        writeHeader(count, small: 0x80, medium: 0xde, large: 0xdf)
        state.pushNil()
        while state.next(of: -2) {
            state.pushCopy(of: -2)
            try write(depth: depth + 1)
            try write(depth: depth + 1)
        }
    }
}
