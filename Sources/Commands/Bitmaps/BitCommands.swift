// Single bits, and how many or where they are: SETBIT, GETBIT, BITCOUNT, BITPOS.
import Bytes
import Keyspace
import RESP

func setbit(_ context: inout CommandContext) {
    guard let offset = context.bitOffset(2) else { return }
    let argument = context.arguments[3]
    guard argument.count == 1, argument[0] &- 48 < 2 else {
        return context.reply.error("ERR bit is not an integer or out of range")
    }
    let isSet = argument[0] == 49
    let key = context.key(1)
    let index = offset &>> 3
    guard let bits = context.writableBits(key, length: index &+ 1) else { return }
    let mask = 0x80 &>> UInt8(truncatingIfNeeded: offset & 7)
    let byte = bits.bytes[index]
    let wasSet = byte & mask != 0
    if wasSet != isSet { bits.bytes[index] = byte ^ mask }
    if bits.hasGrown || wasSet != isSet { context.changedBits(key) }
    context.reply.integer(wasSet ? 1 : 0)
}

func getbit(_ context: inout CommandContext) {
    guard let offset = context.bitOffset(2) else { return }
    switch context.findString(context.key(1)) {
    case .found(let found):
        let isSet = found.entry.withString { text in
            let index = offset &>> 3
            return index < text.count && text[index] & (0x80 &>> UInt8(truncatingIfNeeded: offset & 7)) != 0
        }
        context.reply.integer(isSet ? 1 : 0)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// A key that is not there has no bits, whatever else is asked: as in Redis 7.0.
func bitcount(_ context: inout CommandContext) {
    switch context.findString(context.key(1)) {
    case .found(let found):
        found.entry.withString { text in
            if let range = bitsToCount(context, length: text.count) {
                context.reply.integer(text.setBitCount(in: range))
            }
        }
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// The bits of a string of `length` bytes that BITCOUNT is asked for. Nil: an error was replied.
private func bitsToCount(_ context: borrowing CommandContext, length: Int) -> Range<Int>? {
    let arguments = context.arguments
    if arguments.count == 2 { return 0..<length * 8 }
    guard arguments.count == 4 || arguments.count == 5 else {
        context.reply.error(ErrorText.syntax)
        return nil
    }
    guard let start = IntegerText.parse(arguments[2]), let end = IntegerText.parse(arguments[3]) else {
        context.reply.error(ErrorText.notInteger)
        return nil
    }
    if start < 0 && end < 0 && start > end { return 0..<0 }
    var unit = BitUnit.byte
    if arguments.count == 5 {
        guard let given = BitUnit(arguments[4]) else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        unit = given
    }
    return unit.bits(from: start, through: end, length: length)
}

func bitpos(_ context: inout CommandContext) {
    let arguments = context.arguments
    guard let bit = IntegerText.parse(arguments[2]) else { return context.reply.error(ErrorText.notInteger) }
    guard bit == 0 || bit == 1 else { return context.reply.error("ERR The bit argument must be 1 or 0.") }
    switch context.findString(context.key(1)) {
    case .found(let found):
        found.entry.withString { text in
            guard let range = bitsToSearch(context, length: text.count) else { return }
            if let position = text.firstBit(set: bit == 1, in: range) { return context.reply.integer(position) }
            // Where no end is given, a string goes on with zeros.
            let isOpen = bit == 0 && arguments.count <= 4 && !range.isEmpty
            context.reply.integer(isOpen ? text.count * 8 : -1)
        }
    case .absent: context.reply.integer(bit == 1 ? -1 : 0)
    case .refused: break
    }
}

/// The bits of a string of `length` bytes in which BITPOS is to search. Nil: an error was replied.
private func bitsToSearch(_ context: borrowing CommandContext, length: Int) -> Range<Int>? {
    let arguments = context.arguments
    if arguments.count == 3 { return 0..<length * 8 }
    guard arguments.count <= 6 else {
        context.reply.error(ErrorText.syntax)
        return nil
    }
    guard let start = IntegerText.parse(arguments[3]) else {
        context.reply.error(ErrorText.notInteger)
        return nil
    }
    var unit = BitUnit.byte
    if arguments.count == 6 {
        guard let given = BitUnit(arguments[5]) else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        unit = given
    }
    var end: Int64 = -1
    if arguments.count > 4 {
        guard let given = IntegerText.parse(arguments[4]) else {
            context.reply.error(ErrorText.notInteger)
            return nil
        }
        end = given
    }
    return unit.bits(from: start, through: end, length: length)
}

/// What the ends of a range count.
private enum BitUnit {
    case byte, bit

    init?(_ word: ByteView) {
        if word.equalsIgnoringCase("bit") {
            self = .bit
        } else if word.equalsIgnoringCase("byte") {
            self = .byte
        } else {
            return nil
        }
    }

    /// The bits from one position to another, both included, as far as a string of `length` bytes has them; negative
    /// positions count from the end.
    func bits(from start: Int64, through end: Int64, length: Int) -> Range<Int> {
        let total = Int64(self == .bit ? length * 8 : length)
        let first = max(0, start < 0 ? start + total : start)
        let last = min(total - 1, max(0, end < 0 ? end + total : end))
        if first > last { return 0..<0 }
        return self == .bit ? Int(first)..<Int(last) + 1 : Int(first) * 8..<(Int(last) + 1) * 8
    }
}
