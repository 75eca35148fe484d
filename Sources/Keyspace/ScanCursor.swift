// The cursor of SCAN: a position in the order of hashes, and the shard it is in.

/// `position << 10 | shard`, where the position is the upper 48 bits of a hash. 0 begins and ends an iteration.
package enum ScanCursor {
    /// Shards are numbered in this many bits at most.
    package static let shardBits = 10
    package static let shardMask: UInt64 = (1 << 10) - 1

    package static func make(position: UInt64, shard: Int) -> UInt64 {
        position << UInt64(shardBits) | UInt64(shard)
    }

    package static func position(_ cursor: UInt64) -> UInt64 { cursor >> UInt64(shardBits) }

    package static func shard(_ cursor: UInt64) -> Int { Int(cursor & shardMask) }
}
