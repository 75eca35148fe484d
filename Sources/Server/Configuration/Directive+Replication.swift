// Directives about replication and cluster mode.

extension Directive {
    static let replication: [Directive] = [
        .boolean("cluster-allow-pubsubshard-when-down", true, effect: .ignored),
        .boolean("cluster-allow-reads-when-down", false, effect: .ignored),
        .boolean("cluster-allow-replica-migration", true, effect: .ignored),
        .integer("cluster-announce-bus-port", portNumbers, 0, effect: .ignored),
        .special("cluster-announce-hostname", .hostname, "", effect: .ignored),
        .text("cluster-announce-human-nodename", effect: .ignored),
        .text("cluster-announce-ip", effect: .ignored),
        .integer("cluster-announce-port", portNumbers, 0, effect: .ignored),
        .integer("cluster-announce-tls-port", portNumbers, 0, effect: .ignored),
        .text("cluster-config-file", "nodes.conf", change: .startup, effect: .ignored),
        .boolean(
            "cluster-enabled", false, change: .startup,
            effect: .fixed(to: "no", because: "cluster mode is not supported")),
        .memory("cluster-link-sendbuf-limit", 0, effect: .ignored),
        .integer("cluster-migration-barrier", int32, 1, effect: .ignored),
        .integer("cluster-node-timeout", int64, 15000, effect: .ignored),
        .integer("cluster-port", portNumbers, 0, change: .startup, effect: .ignored),
        .choice("cluster-preferred-endpoint-type", ["ip", "hostname", "unknown-endpoint"], "ip", effect: .ignored),
        .boolean("cluster-replica-no-failover", false, alias: "cluster-slave-no-failover", effect: .ignored),
        .integer(
            "cluster-replica-validity-factor", int32, 10, alias: "cluster-slave-validity-factor", effect: .ignored),
        .boolean("cluster-require-full-coverage", true, effect: .ignored),
        .text("masterauth", effect: .ignored),
        .text("masteruser", effect: .ignored),
        .integer("min-replicas-max-lag", int32, 10, alias: "min-slaves-max-lag", effect: .ignored),
        .integer(
            "min-replicas-to-write", int32, 0, alias: "min-slaves-to-write",
            effect: .fixed(to: "0", because: "replication is not supported")),
        .memory("repl-backlog-size", atLeast: 1, 1_048_576, effect: .ignored),
        .integer("repl-backlog-ttl", int64, 3600, effect: .ignored),
        .boolean("repl-disable-tcp-nodelay", false, effect: .ignored),
        .choice("repl-diskless-load", ["disabled", "on-empty-db", "swapdb"], "disabled", effect: .ignored),
        .boolean("repl-diskless-sync", true, effect: .ignored),
        .integer("repl-diskless-sync-delay", int32, 5, effect: .ignored),
        .integer("repl-diskless-sync-max-replicas", int32, 0, effect: .ignored),
        .integer(
            "repl-ping-replica-period", 1...Int64(Int32.max), 10, alias: "repl-ping-slave-period", effect: .ignored),
        .integer("repl-timeout", 1...Int64(Int32.max), 60, effect: .ignored),
        .text("replica-announce-ip", alias: "slave-announce-ip", effect: .ignored),
        .integer("replica-announce-port", portNumbers, 0, alias: "slave-announce-port", effect: .ignored),
        .boolean("replica-announced", true, effect: .ignored),
        .boolean("replica-ignore-disk-write-errors", false, effect: .ignored),
        .boolean("replica-ignore-maxmemory", true, alias: "slave-ignore-maxmemory", effect: .ignored),
        .boolean("replica-lazy-flush", false, alias: "slave-lazy-flush", effect: .ignored),
        .integer("replica-priority", int32, 100, alias: "slave-priority", effect: .ignored),
        .boolean("replica-read-only", true, alias: "slave-read-only", effect: .ignored),
        .boolean("replica-serve-stale-data", true, alias: "slave-serve-stale-data", effect: .ignored),
        .special(
            "replicaof", .primary, "", alias: "slaveof", change: .startup,
            effect: .fixed(to: "", because: "replication is not supported")),
    ]
}
