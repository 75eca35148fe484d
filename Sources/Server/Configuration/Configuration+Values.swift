// The snapshot out of the canonical texts.
import Bytes
import Keyspace

/// Reads canonical texts as what they stand for.
private struct ValueReader {
    let values: [[UInt8]]

    func bytes(_ name: String) -> [UInt8] { values[DirectiveTable.number(name)] }

    func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

    func integer(_ name: String) -> Int { Int(text(name)) ?? 0 }

    func boolean(_ name: String) -> Bool { text(name) == "yes" }

    func choice<Choice: RawRepresentable<String>>(_ name: String, _ fallback: Choice) -> Choice {
        Choice(rawValue: text(name)) ?? fallback
    }

    var percentiles: [Double] {
        bytes("latency-tracking-info-percentiles").split(separator: 0x20).compactMap { word in
            ByteView.withView(Array(word)) { DoubleText.parse($0) }
        }
    }

    /// `maxmemory-clients` in bytes.
    var clientMemory: Int {
        let text = text("maxmemory-clients")
        guard text.hasSuffix("%") else { return integer("maxmemory-clients") }
        let percent = Int(text.dropLast()) ?? 0
        let maximum = integer("maxmemory")
        return maximum / 100 * percent + maximum % 100 * percent / 100
    }

    var encodings: EncodingLimits {
        EncodingLimits(
            hashEntries: integer("hash-max-listpack-entries"), hashValueBytes: integer("hash-max-listpack-value"),
            listNodeSize: integer("list-max-listpack-size"), listCompressDepth: integer("list-compress-depth"),
            integerSetEntries: integer("set-max-intset-entries"), setEntries: integer("set-max-listpack-entries"),
            setValueBytes: integer("set-max-listpack-value"),
            sortedSetEntries: integer("zset-max-listpack-entries"),
            sortedSetValueBytes: integer("zset-max-listpack-value"),
            streamNodeBytes: integer("stream-node-max-bytes"),
            streamNodeEntries: integer("stream-node-max-entries"),
            hyperLogLogSparseBytes: integer("hll-sparse-max-bytes"))
    }
}

extension Configuration {
    /// - Parameter values: the canonical text of every directive, by number.
    init(_ values: [[UInt8]]) {
        let read = ValueReader(values: values)
        threads = read.integer("threads")
        shards = read.integer("shards")
        databases = read.integer("databases")
        daemonize = read.boolean("daemonize")
        pidFile = read.text("pidfile")
        directory = read.text("dir")
        logFile = read.text("logfile")
        logLevel = read.choice("loglevel", .notice)
        frequency = read.integer("hz")
        shutdownTimeoutSeconds = read.integer("shutdown-timeout")
        debugCommand = read.choice("enable-debug-command", .no)
        protectedDirectives = read.choice("enable-protected-configs", .no)

        addresses = read.text("bind").split(separator: " ").map { String($0) }
        port = read.integer("port")
        unixSocket = read.text("unixsocket")
        unixSocketMode = Int(read.text("unixsocketperm"), radix: 8) ?? 0
        backlog = read.integer("tcp-backlog")
        keepAliveSeconds = read.integer("tcp-keepalive")
        idleTimeoutSeconds = read.integer("timeout")
        protectedMode = read.boolean("protected-mode")
        password = read.bytes("requirepass")
        maximumClients = read.integer("maxclients")
        maximumBulkLength = read.integer("proto-max-bulk-len")
        queryBufferLimit = read.integer("client-query-buffer-limit")
        let limits = OutputLimits.all(of: read.bytes("client-output-buffer-limit"))
        normalOutputLimits = limits[0]
        replicaOutputLimits = limits[1]
        pubsubOutputLimits = limits[2]

        maximumMemory = read.integer("maxmemory")
        evictionPolicy = read.choice("maxmemory-policy", .noEviction)
        evictionSamples = read.integer("maxmemory-samples")
        evictionTenacity = read.integer("maxmemory-eviction-tenacity")
        maximumClientMemory = read.clientMemory
        defragmentation = DefragmentationSettings(
            isOn: read.boolean("activedefrag"), ignoredBytes: read.integer("active-defrag-ignore-bytes"),
            lowerPercent: read.integer("active-defrag-threshold-lower"),
            upperPercent: read.integer("active-defrag-threshold-upper"),
            minimumEffort: read.integer("active-defrag-cycle-min"),
            maximumEffort: read.integer("active-defrag-cycle-max"))
        lfuLogFactor = read.integer("lfu-log-factor")
        lfuDecayMinutes = read.integer("lfu-decay-time")
        activeExpireEffort = read.integer("active-expire-effort")
        lazyEviction = read.boolean("lazyfree-lazy-eviction")
        lazyExpire = read.boolean("lazyfree-lazy-expire")
        lazyServerDelete = read.boolean("lazyfree-lazy-server-del")
        lazyUserDelete = read.boolean("lazyfree-lazy-user-del")
        lazyUserFlush = read.boolean("lazyfree-lazy-user-flush")
        encodings = read.encodings

        slowLogMicroseconds = read.integer("slowlog-log-slower-than")
        slowLogLength = read.integer("slowlog-max-len")
        latencyThresholdMilliseconds = read.integer("latency-monitor-threshold")
        tracksLatency = read.boolean("latency-tracking")
        latencyPercentiles = read.percentiles
        keyspaceEvents = read.text("notify-keyspace-events")
        busyReplyMilliseconds = read.integer("busy-reply-threshold")
        trackingTableKeys = read.integer("tracking-table-max-keys")
    }
}
