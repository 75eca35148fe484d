// The first word of a bucket: seven tags and a meta byte, searched all at once.

/// Byte 0…6: the tag of slot 0…6, 0 for an empty slot. Byte 7, the meta byte: bits 0…2 count the entries whose home
/// is this bucket but that live in the next one, bits 3…6 those that live in the stash; 15 there means "15 or
/// more", and stays so until the segment is rebuilt.
@usableFromInline
struct TagWord {
    @usableFromInline var bits: UInt64

    @inlinable
    init(_ bits: UInt64) {
        self.bits = bits
    }

    @inlinable static var slotsPerBucket: Int { 7 }
    @inlinable static var lowBits: UInt64 { 0x7F7F_7F7F_7F7F_7F7F }
    @inlinable static var slotMask: UInt64 { 0x0080_8080_8080_8080 }

    /// The tag for a hash: its low byte, but never 0.
    @inlinable
    @inline(__always)
    static func tag(_ hash: UInt64) -> UInt64 {
        let low = hash & 0xFF
        return low == 0 ? 1 : low
    }

    /// The top bit of every byte that equals `tag`, for slots only. Exact: an empty slot never matches.
    @inlinable
    @inline(__always)
    func matches(_ tag: UInt64) -> UInt64 {
        let difference = bits ^ (tag &* 0x0101_0101_0101_0101)
        return ~(((difference & TagWord.lowBits) &+ TagWord.lowBits) | difference) & TagWord.slotMask
    }

    /// The top bit of every empty slot's byte.
    @inlinable
    @inline(__always)
    var emptySlots: UInt64 {
        ~(((bits & TagWord.lowBits) &+ TagWord.lowBits) | bits) & TagWord.slotMask
    }

    @inlinable
    @inline(__always)
    var occupiedSlots: UInt64 {
        emptySlots ^ TagWord.slotMask
    }

    @inlinable var occupiedCount: Int { occupiedSlots.nonzeroBitCount }

    @inlinable
    @inline(__always)
    mutating func setTag(_ index: Int, _ tag: UInt64) {
        bits =
            bits & ~(0xFF &<< UInt64(truncatingIfNeeded: index &* 8))
            | tag &<< UInt64(truncatingIfNeeded: index &* 8)
    }

    @inlinable
    func tag(at index: Int) -> UInt64 {
        bits &>> UInt64(truncatingIfNeeded: index &* 8) & 0xFF
    }

    /// Whether entries of this home live elsewhere.
    @inlinable
    @inline(__always)
    var hasDisplaced: Bool { bits &>> 56 != 0 }

    @inlinable var inNeighbour: UInt64 { bits &>> 56 & 7 }

    @inlinable var inStash: UInt64 { bits &>> 59 & 15 }

    @inlinable
    mutating func addToNeighbour() {
        bits &+= 1 &<< 56
    }

    @inlinable
    mutating func removeFromNeighbour() {
        bits &-= 1 &<< 56
    }

    @inlinable
    mutating func addToStash() {
        if inStash != 15 { bits &+= 1 &<< 59 }
    }

    @inlinable
    mutating func removeFromStash() {
        if inStash != 15 { bits &-= 1 &<< 59 }
    }

    /// The slot that the lowest bit of a match mask stands for.
    @inlinable
    @inline(__always)
    static func slot(_ mask: UInt64) -> Int {
        mask.trailingZeroBitCount &>> 3
    }
}
