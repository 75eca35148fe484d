// The hash of keys: keyed, so that nobody outside can construct collisions, and fast for a few dozen bytes.

/// A hash of the multiply-and-fold family: eight bytes are loaded at a time, two words are multiplied to 128 bits and
/// the halves folded together. All 64 bits of the result are good.
@usableFromInline
package enum KeyHash {
    @usableFromInline static var first: UInt64 { 0x9E6C_63D0_876A_3F6B }
    @usableFromInline static var second: UInt64 { 0xC2B2_AE3D_27D4_EB4F }
    @usableFromInline static var third: UInt64 { 0x8EBC_6AF0_9C88_C6E3 }

    @inlinable
    @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// The hash of `bytes` under `seed`.
    @inlinable
    @inline(__always)
    package static func hash(_ bytes: ByteView, seed: UInt64) -> UInt64 {
        let count = bytes.count
        if _slowPath(count > 16) { return count > 64 ? hashBlocks(bytes, seed) : hashPairs(bytes, seed) }
        let head: UInt64
        let tail: UInt64
        if _fastPath(count >= 8) {
            head = unsafe word(bytes.base, 0)
            tail = unsafe word(bytes.base, count &- 8)
        } else if count >= 4 {
            head = unsafe halfWord(bytes.base, 0)
            tail = unsafe halfWord(bytes.base, count &- 4)
        } else if count > 0 {
            let start = unsafe UInt64(bytes.base.load(as: UInt8.self))
            let middle = unsafe UInt64(bytes.base.load(fromByteOffset: count &>> 1, as: UInt8.self))
            let end = unsafe UInt64(bytes.base.load(fromByteOffset: count &- 1, as: UInt8.self))
            head = start &<< 16 | middle &<< 8 | end
            tail = 0
        } else {
            head = 0
            tail = 0
        }
        return finish(head, tail, state: seed ^ first, count: count, seed: seed)
    }

    /// The other factor's mask: neither factor of a product may be known outside, as a zero factor would make the other
    /// one irrelevant.
    @inlinable
    @inline(__always)
    static func key(_ seed: UInt64) -> UInt64 {
        second ^ (seed &<< 32 | seed &>> 32)
    }

    @inlinable
    @inline(__always)
    static func finish(_ head: UInt64, _ tail: UInt64, state: UInt64, count: Int, seed: UInt64) -> UInt64 {
        let product = (head ^ key(seed)).multipliedFullWidth(by: tail ^ state)
        return fold(product.low ^ third ^ UInt64(truncatingIfNeeded: count), product.high ^ second ^ seed)
    }

    /// 17 to 64 bytes: pairs of words one after the other.
    @inlinable
    @inline(never)
    static func hashPairs(_ bytes: ByteView, _ seed: UInt64) -> UInt64 {
        pairs(bytes, from: 0, state: seed ^ first, seed: seed)
    }

    @inlinable
    @inline(__always)
    static func pairs(_ bytes: ByteView, from start: Int, state: UInt64, seed: UInt64) -> UInt64 {
        var state = state
        var offset = start
        while bytes.count &- offset > 16 {
            state = unsafe fold(word(bytes.base, offset) ^ key(seed), word(bytes.base, offset &+ 8) ^ state)
            offset = offset &+ 16
        }
        let head = unsafe word(bytes.base, bytes.count &- 16)
        return unsafe finish(head, word(bytes.base, bytes.count &- 8), state: state, count: bytes.count, seed: seed)
    }

    /// More than 64 bytes: four independent lanes of 16 bytes, so that long keys keep the multiplier busy.
    @inlinable
    @inline(never)
    static func hashBlocks(_ bytes: ByteView, _ seed: UInt64) -> UInt64 {
        let state = seed ^ first
        let key = key(seed)
        var offset = 0
        var lanes = (state, state ^ second, state ^ third, state ^ second ^ third)
        while bytes.count &- offset > 64 {
            let base = unsafe bytes.base + offset
            lanes.0 = unsafe fold(word(base, 0) ^ key, word(base, 8) ^ lanes.0)
            lanes.1 = unsafe fold(word(base, 16) ^ key ^ first, word(base, 24) ^ lanes.1)
            lanes.2 = unsafe fold(word(base, 32) ^ key ^ third, word(base, 40) ^ lanes.2)
            lanes.3 = unsafe fold(word(base, 48) ^ key ^ first ^ third, word(base, 56) ^ lanes.3)
            offset = offset &+ 64
        }
        let folded = fold(lanes.0 ^ lanes.1, lanes.2 ^ third) ^ lanes.3
        return pairs(bytes, from: offset, state: folded, seed: seed)
    }

    @inlinable
    @inline(__always)
    static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    @inlinable
    @inline(__always)
    static func halfWord(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        unsafe UInt64(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
