// Short cuts of the bit commands: offsets among the arguments, and strings whose bits may be written.
import Bytes
import Keyspace
import RESP

/// A string that is ready for bits to be written.
struct WritableBits {
    let bytes: MutableBytes
    /// Whether it is new, or had to grow.
    let hasGrown: Bool
}

extension CommandContext {
    /// The bit offset that an argument means. Nil: an error was replied.
    @inline(__always)
    func bitOffset(_ index: Int) -> Int? {
        guard let offset = IntegerText.parse(arguments[index]), isBitOffset(offset) else { return refuseBitOffset() }
        return Int(offset)
    }

    /// The same where `#3` means the third integer of so many bits.
    func bitOffset(_ index: Int, width: Int) -> Int? {
        let text = arguments[index]
        if text.isEmpty || text[0] != 35 { return bitOffset(index) }
        guard let number = IntegerText.parse(text.dropFirst(1)) else { return refuseBitOffset() }
        // The product wraps around, as in Redis.
        let offset = number &* Int64(width)
        guard isBitOffset(offset) else { return refuseBitOffset() }
        return Int(offset)
    }

    /// Whether a string may have such a bit.
    @inline(__always)
    private func isBitOffset(_ offset: Int64) -> Bool {
        unsafe offset >= 0 && offset &>> 3 < min(settings.pointee.maximumStringLength, 1 << 48)
    }

    @inline(never)
    private func refuseBitOffset() -> Int? {
        reply.error("ERR bit offset is not an integer or out of range")
        return nil
    }

    /// The key's string, at least `length` bytes long and raw, as Redis makes it before it writes bits. Nobody was told
    /// of a change yet. Nil: an error was replied.
    @inline(__always)
    func writableBits(_ key: Key, length: Int) -> WritableBits? {
        switch findString(key, .write) {
        case .found(var found):
            let oldLength = found.entry.stringLength
            let bytes = database(of: key).writableString(
                &found, hash: key.hash, length: max(oldLength, length), touching: false)
            return WritableBits(bytes: bytes, hasGrown: length > oldLength)
        case .absent:
            var found = set(key, replacing: nil, .bytes(.empty, isRaw: true))
            let bytes = database(of: key).writableString(&found, hash: key.hash, length: length, touching: false)
            return WritableBits(bytes: bytes, hasGrown: true)
        case .refused: return nil
        }
    }

    /// Tells everyone that bits were changed, so many times.
    @inline(__always)
    func changedBits(_ key: Key, count: Int = 1) {
        let database = database(of: key)
        database.touch(key.name)
        database.noteChanges(count)
        notify(.string, "setbit", key.name)
    }
}
