// Copying, comparing and searching raw bytes, with short lengths done inline.
import Platform

/// The callers are the safe types of this room, which have checked their bounds.
@usableFromInline
package enum ByteMemory {
    /// Copies `count` bytes between blocks that do not overlap: up to 32 in two overlapping pieces, without a call.
    @inlinable
    @inline(__always)
    package static func copy(
        _ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ count: Int
    ) {
        if count > 32 {
            unsafe target.copyMemory(from: source, byteCount: count)
        } else {
            unsafe copyShort(target, source, count)
        }
    }

    /// Copies at most 32 bytes.
    @inlinable
    @inline(__always)
    package static func copyShort(_ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ count: Int) {
        if count >= 16 {
            let head = unsafe source.loadUnaligned(as: SIMD2<UInt64>.self)
            let tail = unsafe source.loadUnaligned(fromByteOffset: count &- 16, as: SIMD2<UInt64>.self)
            unsafe target.storeBytes(of: head, as: SIMD2<UInt64>.self)
            unsafe target.storeBytes(of: tail, toByteOffset: count &- 16, as: SIMD2<UInt64>.self)
        } else if count >= 8 {
            let head = unsafe source.loadUnaligned(as: UInt64.self)
            let tail = unsafe source.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            unsafe target.storeBytes(of: head, as: UInt64.self)
            unsafe target.storeBytes(of: tail, toByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            let head = unsafe source.loadUnaligned(as: UInt32.self)
            let tail = unsafe source.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            unsafe target.storeBytes(of: head, as: UInt32.self)
            unsafe target.storeBytes(of: tail, toByteOffset: count &- 4, as: UInt32.self)
        } else {
            var index = 0
            while index < count {
                unsafe target.storeBytes(
                    of: source.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index, as: UInt8.self)
                index &+= 1
            }
        }
    }

    /// Whether two blocks hold the same bytes: eight at a time, the last eight overlapping.
    @inlinable
    @inline(__always)
    package static func equal(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
        if count >= 8 {
            let last = count &- 8
            var index = 0
            while index < last {
                let one = unsafe left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if unsafe one != right.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
                index &+= 8
            }
            let tail = unsafe left.loadUnaligned(fromByteOffset: last, as: UInt64.self)
            return unsafe tail == right.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        }
        if count >= 4 {
            let head = unsafe left.loadUnaligned(as: UInt32.self)
            let tail = unsafe left.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return unsafe head == right.loadUnaligned(as: UInt32.self)
                && tail == right.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
        }
        var index = 0
        while index < count {
            if unsafe left.load(fromByteOffset: index, as: UInt8.self)
                != right.load(fromByteOffset: index, as: UInt8.self)
            {
                return false
            }
            index &+= 1
        }
        return true
    }

    /// memcmp: negative, zero or positive.
    @inlinable
    package static func compare(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Int {
        var index = 0
        while index &+ 8 <= count {
            let one = unsafe left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let other = unsafe right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if one != other { return one.byteSwapped < other.byteSwapped ? -1 : 1 }
            index &+= 8
        }
        while index < count {
            let one = unsafe Int(left.load(fromByteOffset: index, as: UInt8.self))
            let other = unsafe Int(right.load(fromByteOffset: index, as: UInt8.self))
            if one != other { return one &- other }
            index &+= 1
        }
        return 0
    }

    /// The offset of the first `byte`, or nil: eight at a time, by the classic test for a zero byte.
    @inlinable
    package static func find(_ byte: UInt8, _ block: UnsafeRawPointer, _ count: Int) -> Int? {
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        var index = 0
        while index &+ 8 <= count {
            let word = unsafe block.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ pattern
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 { return index &+ zeros.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < count {
            if unsafe block.load(fromByteOffset: index, as: UInt8.self) == byte { return index }
            index &+= 1
        }
        return nil
    }
}
