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
        if offset < text.count {
            var rest: UInt64 = 0
            var shift: UInt64 = 0
            while offset < text.count {
                rest |= UInt64(text[offset]) &<< shift
                shift &+= 8
                offset &+= 1
            }
            hash = (hash ^ rest) &* multiplier
        }
        hash = (hash ^ hash &>> 47) &* multiplier
        return hash ^ hash &>> 47
    }
}
