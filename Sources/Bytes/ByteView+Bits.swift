// Counting and finding bits in bytes: a cache line or more at a time.
import Platform

/// Bits are numbered as the bit commands do: bit 0 is the highest one of the first byte.
extension ByteView {
    /// How many bits are set.
    package var setBitCount: Int {
        var total = 0
        var offset = 0
        if count >= CarrySaveCounter.blockBytes {
            var counter = CarrySaveCounter()
            let end = count - count % CarrySaveCounter.blockBytes
            while offset < end {
                unsafe counter.add(blockAt: base + offset)
                offset &+= CarrySaveCounter.blockBytes
            }
            total = counter.total
        }
        while offset &+ 8 <= count {
            unsafe total &+= base.loadUnaligned(fromByteOffset: offset, as: UInt64.self).nonzeroBitCount
            offset &+= 8
        }
        while offset < count {
            unsafe total &+= base.load(fromByteOffset: offset, as: UInt8.self).nonzeroBitCount
            offset &+= 1
        }
        return total
    }

    /// How many of the bits at these positions are set.
    package func setBitCount(in bits: Range<Int>) -> Int {
        precondition(bits.lowerBound >= 0 && bits.upperBound <= count * 8, "bits outside the view")
        if bits.isEmpty { return 0 }
        let first = bits.lowerBound / 8
        let last = (bits.upperBound - 1) / 8
        var total = self[first..<last + 1].setBitCount
        // The bits of the first and of the last byte that are not meant.
        total -= (self[first] & ~(0xFF &>> UInt8(bits.lowerBound % 8))).nonzeroBitCount
        let unused = UInt8((last + 1) * 8 - bits.upperBound)
        total -= (self[last] & ((1 &<< unused) &- 1)).nonzeroBitCount
        return total
    }

    /// The position of the first bit in the range that is set, or that is clear.
    package func firstBit(set isSet: Bool, in bits: Range<Int>) -> Int? {
        precondition(bits.lowerBound >= 0 && bits.upperBound <= count * 8, "bits outside the view")
        if bits.isEmpty { return nil }
        // What is looked for is a set bit after this.
        let inversion: UInt64 = isSet ? 0 : .max
        let byteInversion = UInt8(truncatingIfNeeded: inversion)
        var index = bits.lowerBound / 8
        let end = (bits.upperBound + 7) / 8
        var found: Int?
        let head = (self[index] ^ byteInversion) & (0xFF &>> UInt8(bits.lowerBound % 8))
        if head != 0 {
            found = index * 8 + head.leadingZeroBitCount
        } else {
            index = skip(from: index + 1, to: end, inversion)
            while index < end && self[index] ^ byteInversion == 0 { index &+= 1 }
            if index < end { found = index * 8 + (self[index] ^ byteInversion).leadingZeroBitCount }
        }
        guard let found, found < bits.upperBound else { return nil }
        return found
    }

    /// The first offset from `start` on where the next 32 bytes are not all uninteresting, or do not end before `end`.
    private func skip(from start: Int, to end: Int, _ inversion: UInt64) -> Int {
        let pattern = SIMD4<UInt64>(repeating: inversion)
        var offset = start
        while offset &+ 32 <= end {
            let words = unsafe base.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self) ^ pattern
            if words != .zero { break }
            offset &+= 32
        }
        return offset
    }
}

/// Adds up bits of 256 bytes at a time: full adders over whole vectors, so that only one vector in sixteen has to be
/// counted. Harley and Seal's method, in: Muła, Kurz, Lemire, "Faster Population Counts Using AVX2 Instructions", 2016.
private struct CarrySaveCounter {
    typealias Word = SIMD2<UInt64>

    static var blockBytes: Int { 256 }

    private var ones = Word.zero
    private var twos = Word.zero
    private var fours = Word.zero
    private var eights = Word.zero
    /// The bits of weight 16 that were carried out.
    private var sixteens = 0

    var total: Int {
        var total = sixteens &* 16
        total &+= Self.count(eights) &* 8
        total &+= Self.count(fours) &* 4
        total &+= Self.count(twos) &* 2
        return total &+ Self.count(ones)
    }

    @inline(__always)
    mutating func add(blockAt block: UnsafeRawPointer) {
        let low = unsafe eight(block)
        let high = unsafe eight(block + 128)
        let carry = Self.add(&eights, low, high)
        sixteens &+= Self.count(carry)
    }

    /// Adds eight vectors; returns what was carried into the eights.
    @inline(__always)
    private mutating func eight(_ block: UnsafeRawPointer) -> Word {
        let first = unsafe four(block)
        let second = unsafe four(block + 64)
        return Self.add(&fours, first, second)
    }

    @inline(__always)
    private mutating func four(_ block: UnsafeRawPointer) -> Word {
        let first = unsafe Self.add(
            &ones, block.loadUnaligned(as: Word.self), block.loadUnaligned(fromByteOffset: 16, as: Word.self))
        let second = unsafe Self.add(
            &ones, block.loadUnaligned(fromByteOffset: 32, as: Word.self),
            block.loadUnaligned(fromByteOffset: 48, as: Word.self))
        return Self.add(&twos, first, second)
    }

    /// A full adder for each bit: `sum` becomes the sum, the carry is returned.
    @inline(__always)
    private static func add(_ sum: inout Word, _ second: Word, _ third: Word) -> Word {
        let half = sum ^ second
        let carry = sum & second | half & third
        sum = half ^ third
        return carry
    }

    @inline(__always)
    private static func count(_ word: Word) -> Int { word.x.nonzeroBitCount &+ word.y.nonzeroBitCount }
}
