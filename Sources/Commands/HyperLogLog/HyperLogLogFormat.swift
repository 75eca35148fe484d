// What a HyperLogLog looks like as a string: the header, and where an element counts.
import Bytes
import Keyspace

/// The format of Redis, byte by byte, so that values can be moved between servers with GET and SET: the text "HYLL", a
/// byte for the encoding, three unused ones, eight with the cached cardinality (little-endian; the highest bit says
/// that it is out of date), and 16,384 registers of six bits, which are all there (dense) or run-length encoded
/// (sparse). The registers hold the longest run of zeros, plus one, among the hashes that chose them:
/// Heule, Nunkesser, Hall, "HyperLogLog in Practice", 2013.
enum HyperLogLogFormat {
    static var headerBytes: Int { 16 }
    static var registerCount: Int { 1 << 14 }
    static var denseBytes: Int { headerBytes + registerCount / 8 * 6 }
    static var cardinalityOffset: Int { 8 }

    static let invalid: StaticString = "WRONGTYPE Key is not a valid HyperLogLog string value."
    static let corrupt: StaticString = "INVALIDOBJ Corrupted HLL object detected"

    private static var encodingOffset: Int { 4 }

    /// Whether the string may be one; its registers are not looked at.
    @inline(__always)
    static func isValid(_ text: ByteView) -> Bool {
        guard text.count >= headerBytes, UInt32(littleEndian: text.load(0, as: UInt32.self)) == 0x4C4C_5948 else {
            return false
        }
        let encoding = text[encodingOffset]
        return encoding == 1 || encoding == 0 && text.count == denseBytes
    }

    /// - Precondition: the string is valid.
    @inline(__always)
    static func isSparse(_ text: ByteView) -> Bool { text[encodingOffset] == 1 }

    static func setEncoding(of bytes: MutableBytes, isSparse: Bool) {
        bytes[encodingOffset] = isSparse ? 1 : 0
    }

    /// Marks the cached cardinality as out of date; what it was stays.
    @inline(__always)
    static func invalidateCardinality(of bytes: MutableBytes) {
        bytes[cardinalityOffset + 7] |= 0x80
    }

    /// The cached cardinality, unless it is out of date.
    @inline(__always)
    static func cachedCardinality(of text: ByteView) -> Int64? {
        let word = Int64(littleEndian: text.load(cardinalityOffset, as: Int64.self))
        return word < 0 ? nil : word
    }

    /// The register that an element counts in, and what it counts there: 1 to 51.
    @inline(__always)
    static func place(of element: ByteView) -> (register: Int, value: UInt8) {
        let hash = MurmurHash.hash(element, seed: 0xADC8_3B19)
        // The bit behind the last one ends every run of zeros.
        let rest = hash &>> 14 | 1 &<< 50
        return (
            Int(truncatingIfNeeded: hash & 0x3FFF), UInt8(truncatingIfNeeded: rest.trailingZeroBitCount &+ 1)
        )
    }
}
