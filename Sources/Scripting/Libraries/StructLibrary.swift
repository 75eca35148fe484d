// struct: numbers and texts as the bytes of C's types and back, by a format.
import Bytes
import CLua
import Platform

/// The library as scripts see it; the formats and errors are those of Redis'.
enum StructLibrary {
    /// Pushes the table of the library.
    static func push(on state: LuaState) {
        state.pushTable(fields: 3)
        unsafe state.addFunction("pack", packFromLua)
        unsafe state.addFunction("unpack", unpackFromLua)
        unsafe state.addFunction("size", sizeFromLua)
    }

    // MARK: - Packing

    /// `struct.pack(format, value, …)`
    fileprivate static func pack(_ state: LuaState) throws(LibraryFailure) -> Int {
        var format = StructFormat(state: state, text: try state.textArgument(1))
        var output = ByteBuffer()
        defer { output.deallocate() }
        // What is missing reads as one nil, and then as nothing.
        try state.needRoom(for: 2, "too many arguments")
        state.pushNil()
        var argument = 2
        while let option = try format.next() {
            output.append(zeros: format.padding(at: output.count, option))
            switch option.letter {
            case "b", "B", "h", "H", "l", "L", "T", "i", "I":
                let number = try state.numberArgument(argument)
                argument += 1
                append(number, size: option.size, format, to: &output)
            case "f":
                append(Float(try state.numberArgument(argument)).bitPattern, format, to: &output)
                argument += 1
            case "d":
                append(try state.numberArgument(argument).bitPattern, format, to: &output)
                argument += 1
            case "x": output.append(0)
            case "c", "s":
                let text = try state.textArgument(argument)
                argument += 1
                let size = option.size == 0 ? text.count : option.size
                guard text.count >= size else { throw state.argumentFailure(argument, "string too short") }
                output.append(text.prefix(size))
                if option.letter == "s" { output.append(0) }
            default: try format.control(option)
            }
        }
        state.push(output.view)
        return 1
    }

    private static func append<Number: FixedWidthInteger>(
        _ value: Number, _ format: StructFormat, to output: inout ByteBuffer
    ) {
        append(bits: UInt64(truncatingIfNeeded: value), size: Number.bitWidth / 8, format, to: &output)
    }

    private static func append(_ number: Double, size: Int, _ format: StructFormat, to output: inout ByteBuffer) {
        append(
            bits: number < 0 ? UInt64(bitPattern: signed(number)) : unsigned(number), size: size, format, to: &output)
    }

    /// The lowest `size` bytes; what is wider than 64 bits gets zeros.
    private static func append(bits: UInt64, size: Int, _ format: StructFormat, to output: inout ByteBuffer) {
        for place in 0..<size {
            let byte = format.isLittleEndian ? place : size - 1 - place
            output.append(byte < 8 ? UInt8(truncatingIfNeeded: bits >> (8 * UInt64(byte))) : 0)
        }
    }

    /// As x86 converts it: what does not fit becomes the smallest number.
    private static func signed(_ number: Double) -> Int64 { Int64(exactly: number.rounded(.towardZero)) ?? .min }

    /// As compilers for x86 convert it, by way of signed numbers.
    private static func unsigned(_ number: Double) -> UInt64 {
        let half = 0x1p63
        return number >= half ? UInt64(bitPattern: signed(number - half)) ^ 1 << 63 : UInt64(bitPattern: signed(number))
    }

    // MARK: - Unpacking

    /// `struct.unpack(format, bytes[, position])`: the values, and the position after them.
    fileprivate static func unpack(_ state: LuaState) throws(LibraryFailure) -> Int {
        let format = try state.textArgument(1)
        let input = try state.textArgument(2)
        let start = try state.integerArgument(3, missing: 1)
        if start == 0 { throw state.argumentFailure(3, "offset must be 1 or greater") }
        var reader = StructReader(
            state: state, input: input, position: UInt(bitPattern: start) - 1,
            format: StructFormat(state: state, text: format))
        try reader.readAll()
        state.push(Double(Int(bitPattern: reader.position &+ 1)))
        return reader.count + 1
    }

    // MARK: - Size

    /// `struct.size(format)`: of one whose values have a known size.
    fileprivate static func size(_ state: LuaState) throws(LibraryFailure) -> Int {
        var format = StructFormat(state: state, text: try state.textArgument(1))
        var position = 0
        while let option = try format.next() {
            position += format.padding(at: position, option)
            if option.letter == "s" { throw state.argumentFailure(1, "option 's' has no fixed size") }
            if option.letter == "c" && option.size == 0 {
                throw state.argumentFailure(1, "option 'c0' has no fixed size")
            }
            if !option.isAlphanumeric { try format.control(option) }
            position += option.size
        }
        state.push(integer: position)
        return 1
    }
}

private func packFromLua(_ pointer: OpaquePointer?) -> Int32 { unsafe LuaState.enter(pointer, StructLibrary.pack) }

private func unpackFromLua(_ pointer: OpaquePointer?) -> Int32 { unsafe LuaState.enter(pointer, StructLibrary.unpack) }

private func sizeFromLua(_ pointer: OpaquePointer?) -> Int32 { unsafe LuaState.enter(pointer, StructLibrary.size) }
