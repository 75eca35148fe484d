// INFO's sections of counters: stats, replication, commands, errors, latencies, keyspace, shards.
import Bytes
import Commands
import Containers
import Keyspace
import Platform

extension Information {
    func writeStatistics(to text: inout InformationText) {
        server.sampleRates(now: now)
        let rates = server.sampler.rates
        let shards = ShardTotals(keyspace).statistics
        text.section("Stats")
        text.field("total_connections_received", server.sum { $0.connectionsReceived.current })
        text.field("total_commands_processed", server.totalCalls)
        text.field("instantaneous_ops_per_sec", Int(rates.commands))
        text.field("total_net_input_bytes", server.sum { $0.networkInput.current })
        text.field("total_net_output_bytes", server.sum { $0.networkOutput.current })
        text.field("total_net_repl_input_bytes", 0)
        text.field("total_net_repl_output_bytes", 0)
        text.field("instantaneous_input_kbps", NumberText.fixed(rates.input / 1024, 2))
        text.field("instantaneous_output_kbps", NumberText.fixed(rates.output / 1024, 2))
        text.field("instantaneous_input_repl_kbps", "0.00")
        text.field("instantaneous_output_repl_kbps", "0.00")
        text.field("rejected_connections", server.sum { $0.connectionsRejected.current })
        for name: StaticString in ["sync_full", "sync_partial_ok", "sync_partial_err"] { text.field(name, 0) }
        text.field("expired_keys", shards.expired)
        text.field("expired_subkeys", shards.expiredFields)
        writeExpiry(shards, to: &text)
        text.field("evicted_keys", shards.evicted)
        text.field("evicted_clients", server.sum { $0.evictedClients.current })
        text.field("evicted_scripts", 0)
        let exceeded = server.exceededMilliseconds
        text.field("total_eviction_exceeded_time", exceeded.total)
        text.field("current_eviction_exceeded_time", exceeded.current)
        text.field("keyspace_hits", shards.keyspaceHits)
        text.field("keyspace_misses", shards.keyspaceMisses)
        writeDefragmentation(to: &text)
        writeUnused(to: &text)
        text.field("unexpected_error_replies", 0)
        text.field("total_error_replies", server.sum { $0.errorReplies.current })
        text.field("dump_payload_sanitizations", 0)
        text.field("total_reads_processed", server.sum { $0.reads.current })
        text.field("total_writes_processed", server.sum { $0.writes.current })
        text.field("io_threaded_reads_processed", 0)
        text.field("io_threaded_writes_processed", 0)
        text.field("reply_buffer_shrinks", 0)
        text.field("reply_buffer_expands", 0)
        text.field("client_query_buffer_limit_disconnections", server.sum { $0.queryLimitDisconnections.current })
        text.field("client_output_buffer_limit_disconnections", server.sum { $0.outputLimitDisconnections.current })
        text.field("acl_access_denied_auth", server.sum { $0.failedAuthentications.current })
        for name: StaticString in ["acl_access_denied_cmd", "acl_access_denied_key", "acl_access_denied_channel"] {
            text.field(name, 0)
        }
    }

    /// How well expired keys and freed memory are kept up with. Lag: of keys behind their deadlines.
    private func writeExpiry(_ shards: ShardStatistics, to text: inout InformationText) {
        text.field("expired_stale_perc", NumberText.fixed(ShardTotals.stalePercent(keyspace), 2))
        text.field("expired_time_cap_reached_count", shards.expiry.unfinished)
        text.field("expire_cycle_cpu_milliseconds", Int(shards.expiry.nanoseconds / 1_000_000))
        text.field("expired_late_keys", shards.expiredLate)
        text.field("expired_lag_max_milliseconds", Int(shards.longestDelay))
        text.field("expire_slice_max_microseconds", Int(shards.expiry.longest / 1000))
        text.field("lazyfree_cpu_milliseconds", Int(shards.freeing.nanoseconds / 1_000_000))
        text.field("lazyfree_slice_max_microseconds", Int(shards.freeing.longest / 1000))
    }

    /// What DEBUG LOOP-TIMES has measured.
    func writeDebug(to text: inout InformationText) {
        text.section("Debug")
        text.field("eventloop_cpu_turns", server.sum { $0.loop.turns.current })
        let longest = (0..<server.workerCount).map { unsafe server.workers[$0].statistics.pointee.loop.longest.current }
        text.field("eventloop_cpu_max_microseconds", (longest.max() ?? 0) / 1000)
        text.field("eventloop_cpu_over_1ms", server.sum { $0.loop.overOneMillisecond.current })
        text.field("eventloop_cpu_over_2ms", server.sum { $0.loop.overTwoMilliseconds.current })
    }

    /// What this thread knows of channels: all threads know the same.
    private func writeChannels(to text: inout InformationText) {
        let worker = unsafe WorkerStatePointer.current
        func count(_ kind: ChannelKind) -> Int { unsafe worker?.pointee.directory.count(kind) ?? 0 }
        text.field("pubsub_channels", count(.channel))
        text.field("pubsub_patterns", count(.pattern))
        text.field("pubsubshard_channels", count(.shardChannel))
    }

    /// Fields of things that are not there, which tools read all the same.
    private func writeUnused(to text: inout InformationText) {
        writeChannels(to: &text)
        let names: [StaticString] = [
            "latest_fork_usec", "total_forks", "migrate_cached_sockets", "slave_expires_tracked_keys",
        ]
        for name in names { text.field(name, 0) }
        let shards = unsafe (0..<keyspace.map.shardCount).map { unsafe keyspace.shards[$0] }
        unsafe text.field("tracking_total_keys", shards.reduce(0) { unsafe $0 + $1.pointee.trackedKeyCount })
        unsafe text.field("tracking_total_items", shards.reduce(0) { unsafe $0 + $1.pointee.trackedItemCount })
        unsafe text.field("tracking_total_prefixes", WorkerStatePointer.current?.pointee.tracking.prefixes.count ?? 0)
    }

    private func writeDefragmentation(to text: inout InformationText) {
        let shards = ShardTotals(keyspace).statistics
        text.field("active_defrag_hits", server.sum { $0.movedBlocks.current })
        text.field("active_defrag_misses", server.sum { $0.keptBlocks.current })
        text.field("active_defrag_key_hits", shards.defragmentedKeyHits)
        text.field("active_defrag_key_misses", shards.defragmentedKeyMisses)
        text.field("total_active_defrag_time", server.sum { $0.defragmentationNanoseconds.current } / 1_000_000)
        text.field("current_active_defrag_time", server.currentDefragmentationMilliseconds)
    }

    func writeReplication(to text: inout InformationText) {
        text.section("Replication")
        text.field("role", "master")
        text.field("connected_slaves", 0)
        text.field("master_failover_state", "no-failover")
        text.field("master_replid", server.replicationIdentifier)
        text.field("master_replid2", String(repeating: "0", count: 40))
        text.field("master_repl_offset", 0)
        text.field("second_repl_offset", -1)
        text.field("repl_backlog_active", 0)
        text.field("repl_backlog_size", 1 << 20)
        text.field("repl_backlog_first_byte_offset", 0)
        text.field("repl_backlog_histlen", 0)
    }

    func writeCommands(to text: inout InformationText) {
        text.section("Commandstats")
        for index in server.table.entries.indices {
            let totals = server.totals(of: index)
            if totals.calls == 0 && totals.rejected == 0 && totals.failed == 0 { continue }
            let average = NumberText.fixed(Double(totals.microseconds) / Double(max(1, totals.calls)), 2)
            text.line(
                """
                cmdstat_\(server.table.fullName(index)):calls=\(totals.calls),usec=\(totals.microseconds),\
                usec_per_call=\(average),rejected_calls=\(totals.rejected),failed_calls=\(totals.failed)
                """)
        }
    }

    func writeErrors(to text: inout InformationText) {
        text.section("Errorstats")
        var counts: [String: Int] = [:]
        for worker in 0..<server.workerCount {
            unsafe counts.merge(server.workers[worker].statistics.pointee.errors.counts) { $0 + $1 }
        }
        for (code, count) in counts.sorted(by: { $0.key < $1.key }) { text.line("errorstat_\(code):count=\(count)") }
    }

    func writeLatencies(to text: inout InformationText) {
        text.section("Latencystats")
        if !configuration.tracksLatency { return }
        for index in server.table.entries.indices {
            let totals = server.totals(of: index)
            if totals.calls == 0 { continue }
            let histogram = LatencyHistogram(totals.buckets, cyclesPerMicrosecond: server.cyclesPerMicrosecond)
            let shares = configuration.latencyPercentiles.map { percentile in
                "p\(NumberText.trimmed(percentile))=\(NumberText.fixed(histogram.microseconds(at: percentile), 3))"
            }
            text.line("latency_percentiles_usec_\(server.table.fullName(index)):\(shares.joined(separator: ","))")
        }
    }

    func writeKeyspace(to text: inout InformationText) {
        text.section("Keyspace")
        for index in 0..<server.options.databases {
            let totals = ShardTotals.database(index, keyspace)
            if totals.keys == 0 { continue }
            text.line(
                "db\(index):keys=\(totals.keys),expires=\(totals.deadlines),avg_ttl=\(totals.averageTimeToLive)")
        }
    }

    func writeShards(to text: inout InformationText) {
        server.sampleRates(now: now)
        text.section("Shards")
        text.field("shards", keyspace.map.shardCount)
        text.field("threads", server.workerCount)
        for index in 0..<keyspace.map.shardCount {
            let shard = unsafe keyspace.shards[index]
            let keys = (0..<server.options.databases).reduce(0) { unsafe $0 + shard.pointee.database($1).count }
            let counts = unsafe shard.pointee.statistics
            let load = server.shardLoads.current(index)
            let rates = server.shardSampler.rates(of: index)
            // Of one core: a shard runs on one thread at a time.
            let busy = NumberText.fixed(rates.cycles / server.cyclesPerMicrosecond / 1e6 * 100, 2)
            text.line(
                unsafe """
                shard_\(index):home=\(index % server.workerCount),keys=\(keys),\
                used_memory=\(shard.pointee.usedBytes),commands=\(load.commands),\
                commands_per_sec=\(Int(rates.commands)),\
                busy_usec=\(Int(Double(load.cycles) / server.cyclesPerMicrosecond)),busy_perc=\(busy),\
                hits=\(counts.keyspaceHits),misses=\(counts.keyspaceMisses),\
                expired=\(counts.expired),evicted=\(counts.evicted)
                """)
        }
    }
}
