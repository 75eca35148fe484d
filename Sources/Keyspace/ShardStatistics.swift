// What a shard counts; the server adds the shards up when somebody asks.

/// Counters since the start or the last CONFIG RESETSTAT.
@usableFromInline
package struct ShardStatistics {
    @usableFromInline package var keyspaceHits = 0
    @usableFromInline package var keyspaceMisses = 0
    /// Keys removed because their deadline had passed.
    @usableFromInline package var expired = 0
    /// Fields of hashes removed because their deadline had passed.
    @usableFromInline package var expiredFields = 0
    /// Keys removed because memory ran short.
    @usableFromInline package var evicted = 0
    /// Changes by commands, as `rdb_changes_since_last_save` counts them.
    @usableFromInline package var changes = 0
    /// Entries and values that were freed in slices.
    @usableFromInline package var freedLater = 0

    /// Keys removed more than a second after their deadline, and the longest such delay in milliseconds.
    @usableFromInline package var expiredLate = 0
    @usableFromInline package var longestDelay: Int64 = 0
    /// Slices of removing what is due, and of freeing.
    @usableFromInline package var expiry = SliceStatistics()
    @usableFromInline package var freeing = SliceStatistics()
    /// Keys of which defragmentation moved something, and those of which it did not.
    package var defragmentedKeyHits = 0
    package var defragmentedKeyMisses = 0

    package init() {}

    /// A key was removed so many milliseconds after its deadline.
    mutating func noteExpired(delay: Int64) {
        expired += 1
        longestDelay = max(longestDelay, delay)
        if delay > 1000 { expiredLate += 1 }
    }
}

/// Background work in slices; times in nanoseconds of the thread's processor time.
@usableFromInline
package struct SliceStatistics {
    @usableFromInline package var count = 0
    @usableFromInline package var nanoseconds: Int64 = 0
    @usableFromInline package var longest: Int64 = 0
    /// Slices at the end of which there was more to do.
    @usableFromInline package var unfinished = 0

    package init() {}

    /// A slice has ended.
    package mutating func note(_ taken: Int64, isUnfinished: Bool) {
        count += 1
        nanoseconds += taken
        longest = max(longest, taken)
        if isUnfinished { unfinished += 1 }
    }

    /// Adds another shard's.
    package mutating func add(_ other: SliceStatistics) {
        count += other.count
        nanoseconds += other.nanoseconds
        longest = max(longest, other.longest)
        unfinished += other.unfinished
    }
}
