// Directives about files that outlive the process.

extension Directive {
    static let persistence: [Directive] = [
        .boolean("aof-disable-auto-gc", false, effect: .ignored),
        .boolean("aof-load-truncated", true, effect: .ignored),
        .boolean("aof-rewrite-incremental-fsync", true, effect: .ignored),
        .boolean("aof-timestamp-enabled", false, effect: .ignored),
        .boolean("aof-use-rdb-preamble", true, effect: .ignored),
        .text("aof_rewrite_cpulist", change: .startup, effect: .ignored),
        .text("appenddirname", "appendonlydir", change: .startup, effect: .ignored),
        .text("appendfilename", "appendonly.aof", change: .startup, effect: .ignored),
        .choice("appendfsync", ["everysec", "always", "no"], "everysec", effect: .ignored),
        .boolean("appendonly", false, effect: .fixed(to: "no", because: "append-only files are not supported")),
        .memory("auto-aof-rewrite-min-size", 67_108_864, effect: .ignored),
        .integer("auto-aof-rewrite-percentage", int32, 100, effect: .ignored),
        .text("dbfilename", "dump.rdb", change: .protected, effect: .ignored),
        .boolean("no-appendfsync-on-rewrite", false, effect: .ignored),
        .boolean("rdb-del-sync-files", false, effect: .ignored),
        .boolean("rdb-save-incremental-fsync", true, effect: .ignored),
        .boolean("rdbchecksum", true, change: .startup, effect: .ignored),
        .boolean("rdbcompression", true, effect: .ignored),
        .choice("sanitize-dump-payload", ["no", "yes", "clients"], "no", effect: .ignored),
        .special("save", .savePoints, "", effect: .ignored),
        .boolean("stop-writes-on-bgsave-error", true, effect: .ignored),
    ]
}
