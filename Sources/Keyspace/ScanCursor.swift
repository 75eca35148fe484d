// The cursor of SCAN: a position in the order of hashes, and the shard it is in.
import Bytes

/// `position << 10 | shard`, where the position is the upper 48 bits of a hash. 0 begins and ends an iteration.
package enum ScanCursor {
    /// Shards are numbered in this many bits at most.
    package static let shardBits = 10
    package static let shardMask: UInt64 = (1 << 10) - 1

    /// Positions are this much at most; a cursor with a larger one is none of ours.
    package static let maximumPosition: UInt64 = (1 << 48) - 1

    package static func make(position: UInt64, shard: Int) -> UInt64 {
        position << UInt64(shardBits) | UInt64(shard)
    }

    package static func position(_ cursor: UInt64) -> UInt64 { cursor >> UInt64(shardBits) }

    package static func shard(_ cursor: UInt64) -> Int { Int(cursor & shardMask) }

    /// Reads a cursor as C's strtoul reads a number, as Redis does: a sign is allowed, negative numbers wrap around, no
    /// digits at all mean 0. Nil if it is not a number of 64 bits.
    package static func parse(_ text: ByteView) -> UInt64? {
        if text.isEmpty { return 0 }
        let isNegative = text[0] == 0x2d
        var index = isNegative || text[0] == 0x2b ? 1 : 0
        if index == text.count { return nil }
        var value: UInt64 = 0
        while index < text.count {
            let digit = text[index] &- 48
            if digit > 9 { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(UInt64(digit))
            if isTooLarge || overflows { return nil }
            value = sum
            index += 1
        }
        return isNegative ? 0 &- value : value
    }
}
