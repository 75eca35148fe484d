// What is evicted when memory is short.

/// The values of `maxmemory-policy`. https://redis.io/docs/latest/develop/reference/eviction/
package enum EvictionPolicy: String, Sendable, CaseIterable {
    case noEviction = "noeviction"
    case allKeysLRU = "allkeys-lru", allKeysLFU = "allkeys-lfu", allKeysRandom = "allkeys-random"
    case volatileLRU = "volatile-lru", volatileLFU = "volatile-lfu", volatileRandom = "volatile-random"
    case volatileTTL = "volatile-ttl"

    /// Who goes first.
    package enum Order {
        case nobody, leastRecent, leastFrequent, random, earliestDeadline
    }

    package var order: Order {
        switch self {
        case .noEviction: .nobody
        case .allKeysLRU, .volatileLRU: .leastRecent
        case .allKeysLFU, .volatileLFU: .leastFrequent
        case .allKeysRandom, .volatileRandom: .random
        case .volatileTTL: .earliestDeadline
        }
    }

    /// Whether only keys with a deadline may go.
    package var isVolatile: Bool {
        switch self {
        case .volatileLRU, .volatileLFU, .volatileRandom, .volatileTTL: true
        case .noEviction, .allKeysLRU, .allKeysLFU, .allKeysRandom: false
        }
    }

    /// Whether uses are counted instead of timed.
    package var countsFrequency: Bool { order == .leastFrequent }

    /// Whether the scores of different shards' entries tell which of them should go first. Few counters of uses are
    /// different, and a new entry's is among the lowest: by them, what one shard knew a while ago would always be
    /// worth more than what is new in another.
    package var comparesShards: Bool { order != .random && order != .leastFrequent }
}
