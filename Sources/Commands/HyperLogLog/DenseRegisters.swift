// Registers of six bits one behind the other, the lowest bits first.
import Bytes
import Keyspace

enum DenseRegisters {
    /// Raises a register; false if it is as high already.
    @inline(__always)
    static func raise(_ register: Int, to value: UInt8, in bytes: MutableBytes) -> Bool {
        let bit = register &* 6
        let offset = HyperLogLogFormat.headerBytes &+ bit &>> 3
        let shift = UInt16(truncatingIfNeeded: bit & 7)
        // From the third bit on, a register reaches into the next byte.
        let isSplit = shift > 2
        var word = UInt16(bytes[offset])
        if isSplit { word |= UInt16(bytes[offset &+ 1]) &<< 8 }
        if word &>> shift & 63 >= UInt16(value) { return false }
        word = word & ~(63 &<< shift) | UInt16(value) &<< shift
        bytes[offset] = UInt8(truncatingIfNeeded: word)
        if isSplit { bytes[offset &+ 1] = UInt8(truncatingIfNeeded: word &>> 8) }
        return true
    }

    /// Calls `body` with eight registers at a time, each a byte, the first one the lowest.
    @inline(__always)
    static func forEachEight(in text: ByteView, _ body: (Int, UInt64) -> Void) {
        let groups = HyperLogLogFormat.registerCount / 8
        for group in 0..<groups - 1 {
            let offset = HyperLogLogFormat.headerBytes &+ group &* 6
            body(group, spread(UInt64(littleEndian: text.load(offset, as: UInt64.self)) & 0xFFFF_FFFF_FFFF))
        }
        // Six bytes at the end of the string.
        let last = UInt64(littleEndian: text.load(HyperLogLogFormat.denseBytes - 8, as: UInt64.self))
        body(groups - 1, spread(last &>> 16))
    }

    /// Writes eight registers.
    static func store(_ registers: UInt64, group: Int, in bytes: MutableBytes) {
        let packed = pack(registers)
        let offset = HyperLogLogFormat.headerBytes + group * 6
        bytes.store(UInt32(truncatingIfNeeded: packed).littleEndian, at: offset)
        bytes.store(UInt16(truncatingIfNeeded: packed &>> 32).littleEndian, at: offset + 4)
    }

    /// Eight times six bits to eight bytes: in halves, quarters, eighths.
    @inline(__always)
    static func spread(_ word: UInt64) -> UInt64 {
        let halves = word & 0x00FF_FFFF | word &<< 8 & 0x00FF_FFFF_0000_0000
        let quarters = halves & 0x0000_0FFF_0000_0FFF | halves &<< 4 & 0x0FFF_0000_0FFF_0000
        return quarters & 0x003F_003F_003F_003F | quarters &<< 2 & 0x3F00_3F00_3F00_3F00
    }

    /// And back.
    @inline(__always)
    static func pack(_ word: UInt64) -> UInt64 {
        let quarters = word & 0x003F_003F_003F_003F | word &>> 2 & 0x0FC0_0FC0_0FC0_0FC0
        let halves = quarters & 0x0000_0FFF_0000_0FFF | quarters &>> 4 & 0x00FF_F000_00FF_F000
        return halves & 0x00FF_FFFF | halves &>> 8 & 0xFFFF_FF00_0000
    }
}
