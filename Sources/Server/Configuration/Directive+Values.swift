// Directives about memory, eviction, expiry and the encodings of values.

extension Directive {
    static let values: [Directive] = [
        .integer("active-defrag-cycle-max", 1...99, 25),
        .integer("active-defrag-cycle-min", 1...99, 1),
        .memory("active-defrag-ignore-bytes", atLeast: 1, 104_857_600),
        .integer("active-defrag-max-scan-fields", 1...Int64.max, 1000, effect: .ignored),
        .integer("active-defrag-threshold-lower", 0...1000, 10),
        .integer("active-defrag-threshold-upper", 0...1000, 100),
        .integer("active-expire-effort", 1...10, 1),
        .boolean("activedefrag", true),
        .boolean("activerehashing", true, effect: .ignored),
        .integer("hash-max-listpack-entries", int64, 512, alias: "hash-max-ziplist-entries"),
        .memory("hash-max-listpack-value", 64, alias: "hash-max-ziplist-value"),
        .memory("hll-sparse-max-bytes", 3000),
        .boolean("lazyfree-lazy-eviction", false),
        .boolean("lazyfree-lazy-expire", false),
        .boolean("lazyfree-lazy-server-del", false),
        .boolean("lazyfree-lazy-user-del", false),
        .boolean("lazyfree-lazy-user-flush", false),
        .integer("lfu-decay-time", int32, 1),
        .integer("lfu-log-factor", int32, 10),
        .integer("list-compress-depth", int32, 0),
        .integer("list-max-listpack-size", Int64(Int32.min)...Int64(Int32.max), -2, alias: "list-max-ziplist-size"),
        .special("maxmemory", .memoryOfMachine, "0"),
        .special("maxmemory-clients", .memoryOrPercent, "0"),
        .integer("maxmemory-eviction-tenacity", 0...100, 10),
        .choice(
            "maxmemory-policy",
            [
                "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru", "allkeys-lfu",
                "allkeys-random", "allkeys-s3fifo", "volatile-s3fifo", "noeviction",
            ], "noeviction"),
        .integer("maxmemory-samples", 1...Int64(Int32.max), 5),
        .integer("set-max-intset-entries", int64, 512),
        .integer("set-max-listpack-entries", int64, 128),
        .memory("set-max-listpack-value", 64),
        .memory("stream-node-max-bytes", 4096),
        .integer("stream-node-max-entries", int64, 100),
        .integer("zset-max-listpack-entries", int64, 128, alias: "zset-max-ziplist-entries"),
        .memory("zset-max-listpack-value", 64, alias: "zset-max-ziplist-value"),
    ]
}
