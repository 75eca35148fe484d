// MurmurHash64A, the hash of HyperLogLog: which register an element counts in is part of the format.

/// Austin Appleby's MurmurHash2 for 64-bit machines, https://github.com/aappleby/smhasher/wiki/MurmurHash2, which reads
/// words as little-endian ones.
package enum MurmurHash {
    private static var multiplier: UInt64 { 0xC6A4_A793_5BD1_E995 }

    package static func hash(_ text: ByteView, seed: UInt64) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: text.count) &* multiplier
        var offset = 0
        while offset &+ 8 <= text.count {
            var word = UInt64(littleEndian: text.load(offset, as: UInt64.self)) &* multiplier
            word ^= word &>> 47
            hash = (hash ^ word &* multiplier) &* multiplier
            offset &+= 8
        }
        if offset < text.count { hash = (hash ^ rest(of: text, from: offset)) &* multiplier }
        hash = (hash ^ hash &>> 47) &* multiplier
        return hash ^ hash &>> 47
    }

    /// The less than eight bytes from `offset` on as a little-endian word.
    @inline(__always)
    private static func rest(of text: ByteView, from offset: Int) -> UInt64 {
        if text.count >= 8 {
            // The last eight bytes without those that come before the rest.
            let word = UInt64(littleEndian: text.load(text.count &- 8, as: UInt64.self))
            return word &>> UInt64((8 &- (text.count &- offset)) &* 8)
        }
        var rest: UInt64 = 0
        for index in offset..<text.count { rest |= UInt64(text[index]) &<< UInt64((index &- offset) &* 8) }
        return rest
    }
}
