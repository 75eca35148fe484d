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

    package init() {}
}
