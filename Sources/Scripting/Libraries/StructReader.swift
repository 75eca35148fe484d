// The bytes of C's types as values of Lua.
import Bytes

/// Reads values by a format and pushes them.
struct StructReader {
    let state: LuaState
    let input: ByteView
    /// May lie far behind the end: whoever calls says where to begin.
    var position: UInt
    var format: StructFormat
    /// How many values have been pushed.
    private(set) var count = 0

    init(state: LuaState, input: ByteView, position: UInt, format: StructFormat) {
        self.state = state
        self.input = input
        self.position = position
        self.format = format
    }

    mutating func readAll() throws(LibraryFailure) {
        while let option = try format.next() {
            position &+= UInt(bitPattern: format.padding(at: Int(truncatingIfNeeded: position), option))
            try needBytes(UInt(option.size))
            try state.needRoom(for: 2, "too many results")
            position &+= try read(option)
        }
    }

    private func needBytes(_ size: UInt) throws(LibraryFailure) {
        let count = UInt(input.count)
        if size > count || position > count - size { throw state.argumentFailure(2, "data string too short") }
    }

    /// - Returns: how many bytes the value takes.
    private mutating func read(_ option: StructFormat.Option) throws(LibraryFailure) -> UInt {
        let start = Int(position)
        switch option.letter {
        case "b", "h", "l", "i": push(Double(signed(start, option.size)))
        case "B", "H", "L", "T", "I": push(Double(unsigned(start, option.size)))
        case "x": break
        case "f": push(Double(Float(bitPattern: UInt32(truncatingIfNeeded: unsigned(start, 4)))))
        case "d": push(Double(bitPattern: unsigned(start, 8)))
        case "c":
            let size = option.size == 0 ? try sizeFromStack() : option.size
            state.push(input[start..<start + size])
            count += 1
            return UInt(size)
        case "s":
            guard let end = input.firstIndex(of: 0, from: start) else {
                throw state.failure("unfinished string in data")
            }
            state.push(input[start..<end])
            count += 1
            return UInt(end - start + 1)
        default: try format.control(option)
        }
        return UInt(option.size)
    }

    private mutating func push(_ number: Double) {
        state.push(number)
        count += 1
    }

    /// The number that was read last says how long the text is, and is no value of its own.
    private mutating func sizeFromStack() throws(LibraryFailure) -> Int {
        guard count > 0, state.isNumber(-1) else { throw state.failure("format 'c0' needs a previous size") }
        let number = state.number(-1).rounded(.towardZero)
        state.pop()
        count -= 1
        // What is too large for a text to have is too large for this one.
        let size = UInt(exactly: number) ?? .max
        try needBytes(size)
        return Int(size)
    }

    /// All bytes as one number; of more than eight the lowest ones count.
    private func unsigned(_ start: Int, _ size: Int) -> UInt64 {
        var value: UInt64 = 0
        for place in 0..<size {
            value = value << 8 | UInt64(input[start + (format.isLittleEndian ? size - 1 - place : place)])
        }
        return value
    }

    /// The same with the sign of the number of that size. The shift wraps around as that of the processor does.
    private func signed(_ start: Int, _ size: Int) -> Int64 {
        let value = unsigned(start, size)
        let mask = UInt64.max &<< UInt64(truncatingIfNeeded: size &* 8 &- 1)
        return Int64(bitPattern: value & mask != 0 ? value | mask : value)
    }
}
