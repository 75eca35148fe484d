// The part of a key that decides where it lives.
import Platform

@usableFromInline
package enum HashTag {
    /// Redis Cluster's rule: what stands between the first '{' and the first '}' behind it, unless that is nothing;
    /// otherwise the whole key.
    @inlinable
    package static func of(_ key: ByteView) -> ByteView {
        containsBrace(key) ? tag(key) : key
    }

    /// Whether there is a '{': eight bytes at once, the last eight overlapping.
    @inlinable
    @inline(__always)
    static func containsBrace(_ key: ByteView) -> Bool {
        let count = key.count
        let base = unsafe key.base
        if count >= 8 {
            let last = count &- 8
            var index = 0
            while index < last {
                if unsafe hasBrace(base.loadUnaligned(fromByteOffset: index, as: UInt64.self)) { return true }
                index &+= 8
            }
            return unsafe hasBrace(base.loadUnaligned(fromByteOffset: last, as: UInt64.self))
        }
        if count >= 4 {
            let head = unsafe UInt64(base.loadUnaligned(as: UInt32.self))
            let tail = unsafe UInt64(base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            return hasBrace(head | tail &<< 32)
        }
        var index = 0
        while index < count {
            if unsafe base.load(fromByteOffset: index, as: UInt8.self) == 0x7b { return true }
            index &+= 1
        }
        return false
    }

    @inlinable
    @inline(__always)
    static func hasBrace(_ word: UInt64) -> Bool {
        let difference = word ^ 0x7b7b_7b7b_7b7b_7b7b
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
    }

    @usableFromInline
    static func tag(_ key: ByteView) -> ByteView {
        guard let open = key.firstIndex(of: 0x7b) else { return key }
        guard let close = key.firstIndex(of: 0x7d, from: open &+ 1), close > open &+ 1 else { return key }
        return key[open &+ 1..<close]
    }
}
