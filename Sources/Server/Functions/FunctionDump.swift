// FUNCTION DUMP and FUNCTION RESTORE: all libraries as bytes, in the form that Redis' own files have.
import Bytes
import Commands
import RESP
import Scripting

/// What stands before every library.
private let libraryMark: UInt8 = 0xf5
/// The version of the form; later ones cannot be read.
private let dumpVersion: UInt16 = 10

func functionDump(_ context: inout CommandContext) {
    var output = ByteBuffer()
    defer { output.deallocate() }
    for library in context.server.functionStore.libraries {
        output.append(libraryMark)
        append(length: library.text.count, to: &output)
        output.append(library.text)
    }
    append(littleEndian: dumpVersion, to: &output)
    append(littleEndian: CRC64.checksum(output.view), to: &output)
    context.reply.bulk(output.view)
}

private func append<Number: FixedWidthInteger>(littleEndian value: Number, to output: inout ByteBuffer) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
        output.append(UInt8(truncatingIfNeeded: value >> shift))
    }
}

/// 6 or 14 bits with the two highest ones telling which, or a mark and 32 bits, the highest byte first.
private func append(length: Int, to output: inout ByteBuffer) {
    if length < 1 << 6 { return output.append(UInt8(length)) }
    if length < 1 << 14 {
        output.append(0x40 | UInt8(length >> 8))
    } else {
        output.append(0x80)
        for shift in [24, 16, 8] { output.append(UInt8(truncatingIfNeeded: length >> shift)) }
    }
    output.append(UInt8(truncatingIfNeeded: length))
}

func functionRestore(_ context: inout CommandContext) {
    if context.arguments.count > 4 { return context.wrongSubcommand("FUNCTION") }
    var flushes = false
    var replaces = false
    if context.arguments.count == 4 {
        let policy = context.arguments[3]
        flushes = policy.equalsIgnoringCase("flush")
        replaces = policy.equalsIgnoringCase("replace")
        guard flushes || replaces || policy.equalsIgnoringCase("append") else {
            return context.reply.error(
                "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.")
        }
    }
    do throws(ScriptFailure) {
        let libraries = unsafe try context.runner.libraries(in: context.arguments[2])
        try context.server.functionStore.change { (content) throws(ScriptFailure) in
            if flushes { content = FunctionStore.Content() }
            for library in libraries {
                if !replaces && content.libraries[library.name] != nil {
                    throw ScriptFailure("Library \(String(decoding: library.name, as: UTF8.self)) already exists")
                }
                try content.add(library, replaces: replaces)
            }
        }
        context.reply.ok()
    } catch {
        unsafe context.runner.forgetStrangeLibraries()
        context.functionFails(error)
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// The libraries of a dump, all of them loaded.
    fileprivate func libraries(in dump: ByteView) throws(ScriptFailure) -> [FunctionLibrary] {
        var reader = try DumpReader(dump)
        // What contradicts itself fails before it is compared with what there is.
        var content = FunctionStore.Content()
        var libraries: [FunctionLibrary] = []
        while let text = try reader.next() {
            let library = try ByteView.withView(text) { (view) throws(ScriptFailure) in
                unsafe try takeUp(library: view, try LibraryHeader(view))
            }
            try content.add(library, replaces: false)
            libraries.append(library)
        }
        return libraries
    }
}

/// Reads the texts of libraries.
private struct DumpReader {
    private let content: ByteView
    private var position = 0

    /// No text is longer.
    private static let longestText = 512 << 20

    /// The dump ends with its version and a checksum of all before that.
    init(_ dump: ByteView) throws(ScriptFailure) {
        let length = dump.count - 10
        guard length >= 0, dump.load(length, as: UInt16.self) <= dumpVersion,
            dump.load(length + 2, as: UInt64.self) == CRC64.checksum(dump.prefix(length + 2))
        else { throw ScriptFailure("DUMP payload version or checksum are wrong") }
        content = dump.prefix(length)
    }

    mutating func next() throws(ScriptFailure) -> [UInt8]? {
        if position == content.count { return nil }
        guard content[position] == libraryMark else { throw ScriptFailure("given type is not a function") }
        position += 1
        guard let text = text() else { throw ScriptFailure("Failed loading library payload") }
        return text
    }

    private mutating func byte() -> Int? {
        guard position < content.count else { return nil }
        defer { position += 1 }
        return Int(content[position])
    }

    private mutating func number(_ bytes: Int) -> Int? {
        var number = 0
        for _ in 0..<bytes {
            guard let byte = byte() else { return nil }
            number = number << 8 | byte
        }
        return number
    }

    /// A length, or what else the two highest bits announce.
    private mutating func length() -> (value: Int, isSpecial: Bool)? {
        guard let first = byte() else { return nil }
        switch first >> 6 {
        case 0: return (first, false)
        case 1: return byte().map { (first & 0x3f) << 8 | $0 }.map { ($0, false) }
        case 3: return (first & 0x3f, true)
        default:
            if first == 0x80 { return number(4).map { ($0, false) } }
            guard first == 0x81, let high = number(4), high == 0 else { return nil }
            return number(4).map { ($0, false) }
        }
    }

    private mutating func bytes(_ count: Int) -> ByteView? {
        guard count <= content.count - position else { return nil }
        defer { position += count }
        return content[position..<position + count]
    }

    /// A text as it is, as an integer, or compressed.
    private mutating func text() -> [UInt8]? {
        guard let (value, isSpecial) = length() else { return nil }
        if !isSpecial { return bytes(value)?.bytes }
        switch value {
        case 0...2:
            guard let bytes = bytes(1 << value) else { return nil }
            let number = bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
            let shift = UInt32(32 - (8 << value))
            return Array(String(Int32(bitPattern: number << shift) >> shift).utf8)
        case 3:
            guard let compressed = length(), let plain = length(), !compressed.isSpecial, !plain.isSpecial,
                plain.value <= Self.longestText, let bytes = bytes(compressed.value)
            else { return nil }
            return LempelZivFree.expand(bytes, to: plain.value)
        default: return nil
        }
    }
}
