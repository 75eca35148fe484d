// The two checksums of Redis: CRC16 (XMODEM) for cluster slots, CRC64 (Jones, reflected) for dumps.
import Platform

/// A table that is computed once and never changes.
@safe
struct ConstantTable<Element: BitwiseCopyable>: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Element>
    private let count: Int

    init(count: Int, _ element: (Int) -> Element) {
        self.count = count
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: count)
        for index in 0..<count { unsafe (base + index).initialize(to: element(index)) }
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "outside the table")
        return unsafe base[index]
    }
}

package enum CRC16 {
    /// Polynomial x^16 + x^12 + x^5 + 1, most significant bit first, starting at 0.
    private static let table = ConstantTable<UInt16>(count: 256) { byte in
        var remainder = UInt16(byte) << 8
        for _ in 0..<8 { remainder = remainder & 0x8000 != 0 ? remainder << 1 ^ 0x1021 : remainder << 1 }
        return remainder
    }

    package static func checksum(_ bytes: ByteView) -> UInt16 {
        let table = table
        var remainder: UInt16 = 0
        for byte in bytes {
            remainder = remainder &<< 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder &>> 8) ^ byte)]
        }
        return remainder
    }

    /// The cluster slot of a key, 0..<16384.
    package static func slot(_ key: ByteView) -> Int { Int(checksum(HashTag.of(key)) & 0x3fff) }
}

package enum CRC64 {
    /// Polynomial ad93d23594c935a9, reflected. Row `r` moves a byte on by `r` more bytes, for eight bytes at once.
    private static let table = ConstantTable<UInt64>(count: 8 * 256) { place in
        var remainder = UInt64(place % 256)
        for _ in 0..<8 * (place / 256 + 1) {
            remainder = remainder & 1 != 0 ? remainder >> 1 ^ 0x95ac_9329_ac4b_c9b5 : remainder >> 1
        }
        return remainder
    }

    /// Goes on from `initial`, the checksum of what came before.
    package static func checksum(_ bytes: ByteView, initial: UInt64 = 0) -> UInt64 {
        let table = table
        var remainder = initial
        var index = 0
        while index &+ 8 <= bytes.count {
            var word = remainder ^ bytes.load(index, as: UInt64.self)
            remainder = 0
            var row = 7
            while row >= 0 {
                remainder ^= table[row &* 256 &+ Int(word & 0xff)]
                word &>>= 8
                row &-= 1
            }
            index &+= 8
        }
        while index < bytes.count {
            remainder = table[Int((remainder ^ UInt64(bytes[index])) & 0xff)] ^ remainder &>> 8
            index &+= 1
        }
        return remainder
    }
}
