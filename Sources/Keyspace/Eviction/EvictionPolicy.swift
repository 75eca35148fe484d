// What is evicted when memory is short.

/// The values of `maxmemory-policy`. https://redis.io/docs/latest/develop/reference/eviction/
package enum EvictionPolicy: String, Sendable, CaseIterable {
    case noEviction = "noeviction"
    case allKeysLRU = "allkeys-lru", allKeysLFU = "allkeys-lfu", allKeysRandom = "allkeys-random"
    case volatileLRU = "volatile-lru", volatileLFU = "volatile-lfu", volatileRandom = "volatile-random"
    case volatileTTL = "volatile-ttl"
    case allKeysS3FIFO = "allkeys-s3fifo", volatileS3FIFO = "volatile-s3fifo"

    /// Who goes first.
    package enum Order {
        case nobody, leastRecent, leastFrequent, random, earliestDeadline, leastExpected
    }

    package var order: Order {
        switch self {
        case .noEviction: .nobody
        case .allKeysLRU, .volatileLRU: .leastRecent
        case .allKeysLFU, .volatileLFU: .leastFrequent
        case .allKeysRandom, .volatileRandom: .random
        case .volatileTTL: .earliestDeadline
        case .allKeysS3FIFO, .volatileS3FIFO: .leastExpected
        }
    }

    /// Whether only keys with a deadline may go.
    package var isVolatile: Bool {
        switch self {
        case .volatileLRU, .volatileLFU, .volatileRandom, .volatileTTL, .volatileS3FIFO: true
        case .noEviction, .allKeysLRU, .allKeysLFU, .allKeysRandom, .allKeysS3FIFO: false
        }
    }

    /// What has to be noted of uses.
    package var accessKind: AccessClock.Kind {
        switch order {
        case .leastFrequent: .frequency
        case .leastExpected: .experience
        case .nobody, .leastRecent, .random, .earliestDeadline: .time
        }
    }

    /// Whether the scores of different shards' entries tell which of them should go first. Few counters of uses are
    /// different, and a new entry's is among the lowest: by them, what one shard knew a while ago would always be
    /// worth more than what is new in another. Expectations go by clocks that every shard has for itself.
    package var comparesShards: Bool { order == .leastRecent || order == .earliestDeadline }
}
