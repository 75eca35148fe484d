// INFO's sections about the process: server, clients, persistence, processor.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import Synchronization

extension Information {
    func writeServer(to text: inout InformationText) {
        let uptime = max(0, now - server.startedAt) / 1000
        text.section("Server")
        text.field("redis_version", "\(ServerIdentity.compatibleVersion)")
        text.field("server_name", "needletail")
        text.field("needletail_version", "\(ServerIdentity.version)")
        text.field("redis_git_sha1", "00000000")
        text.field("redis_git_dirty", 0)
        text.field("redis_build_id", "0000000000000000")
        text.field("redis_mode", "standalone")
        text.field("os", ProcessStatistics.operatingSystem)
        text.field("arch_bits", Int.bitWidth)
        text.field("monotonic_clock", "POSIX clock_gettime")
        text.field("multiplexing_api", "epoll")
        text.field("atomicvar_api", "swift-synchronization")
        text.field("gcc_version", "0.0.0")
        text.field("process_id", Process.identifier)
        text.field("process_supervised", "no")
        text.field("run_id", server.runIdentifier)
        text.field("tcp_port", server.configuration.port)
        text.field("server_time_usec", Int(Clock.realtimeMicroseconds()))
        text.field("uptime_in_seconds", Int(uptime))
        text.field("uptime_in_days", Int(uptime / 86_400))
        text.field("hz", configuration.frequency)
        text.field("configured_hz", configuration.frequency)
        text.field("lru_clock", Int(now / 1000) & 0xff_ffff)
        text.field("executable", ProcessStatistics.executable)
        text.field("config_file", server.board.read { $0.file ?? "" })
        text.field("io_threads_active", server.workerCount > 1 ? 1 : 0)
        for (index, listener) in server.listeners.enumerated() {
            text.line("listener\(index):name=\(listener.isUnix ? "unix" : "tcp"),bind=\(listener.name)")
        }
    }

    func writeClients(to text: inout InformationText) {
        var clients = ClientTotals()
        server.registry.lock.withLock {
            for session in server.registry.sessions.values { clients.add(session) }
        }
        for index in 0..<server.workerCount {
            unsafe clients.add(server.workers[index].statistics.pointee.recentBuffers, now: now)
        }
        text.section("Clients")
        text.field("connected_clients", server.connectionCount.load(ordering: .relaxed))
        text.field("cluster_connections", 0)
        text.field("maxclients", configuration.maximumClients)
        text.field("client_recent_max_input_buffer", clients.largestInput)
        text.field("client_recent_max_output_buffer", clients.largestOutput)
        text.field("blocked_clients", clients.waiting)
        text.field("tracking_clients", server.trackerCount.load(ordering: .relaxed))
        text.field("pubsub_clients", server.sum { $0.subscribers.current })
        text.field("watching_clients", clients.watching)
        text.field("clients_in_timeout_table", clients.waitingWithDeadline)
        text.field("total_watched_keys", clients.watchedKeys)
        text.field("total_blocking_keys", clients.waitedKeys.count)
        text.field("total_blocking_keys_on_nokey", 0)
    }

    private var watchingClients: Int {
        server.registry.withAll { sessions in
            sessions.count { unsafe ($0.connection?.pointee.counters.watchCount.current ?? 0) > 0 }
        }
    }

    func writePersistence(to text: inout InformationText) {
        text.section("Persistence")
        text.field("loading", 0)
        text.field("async_loading", 0)
        text.field("current_cow_peak", 0)
        text.field("current_cow_size", 0)
        text.field("current_cow_size_age", 0)
        text.field("current_fork_perc", "0.00")
        text.field("current_save_keys_processed", 0)
        text.field("current_save_keys_total", 0)
        text.field("rdb_changes_since_last_save", ShardTotals(keyspace).statistics.changes)
        text.field("rdb_bgsave_in_progress", 0)
        text.field("rdb_last_save_time", Int(server.startedAt / 1000))
        text.field("rdb_last_bgsave_status", "ok")
        text.field("rdb_last_bgsave_time_sec", -1)
        text.field("rdb_current_bgsave_time_sec", -1)
        text.field("rdb_saves", 0)
        text.field("rdb_last_cow_size", 0)
        text.field("rdb_last_load_keys_expired", 0)
        text.field("rdb_last_load_keys_loaded", 0)
        text.field("aof_enabled", 0)
        text.field("aof_rewrite_in_progress", 0)
        text.field("aof_rewrite_scheduled", 0)
        text.field("aof_last_rewrite_time_sec", -1)
        text.field("aof_current_rewrite_time_sec", -1)
        text.field("aof_last_bgrewrite_status", "ok")
        text.field("aof_rewrites", 0)
        text.field("aof_rewrites_consecutive_failures", 0)
        text.field("aof_last_write_status", "ok")
        text.field("aof_last_cow_size", 0)
        text.field("module_fork_in_progress", 0)
        text.field("module_fork_last_cow_size", 0)
    }

    func writeProcessor(to text: inout InformationText) {
        let process = ProcessStatistics.current()
        text.section("CPU")
        text.field("used_cpu_sys", NumberText.fixed(process.systemSeconds, 6))
        text.field("used_cpu_user", NumberText.fixed(process.userSeconds, 6))
        text.field("used_cpu_sys_children", NumberText.fixed(process.childrenSystemSeconds, 6))
        text.field("used_cpu_user_children", NumberText.fixed(process.childrenUserSeconds, 6))
    }

    func writeThreads(to text: inout InformationText) {
        text.section("Threads")
        for index in 0..<server.workerCount {
            let statistics = unsafe server.workers[index].statistics
            let clients = unsafe statistics.pointee.connected.load(ordering: .relaxed)
            let input = unsafe statistics.pointee.networkInput.current
            let output = unsafe statistics.pointee.networkOutput.current
            let calls = server.calls(ofWorker: index)
            text.line(
                """
                io_thread_\(index):clients=\(clients),net_input_bytes=\(input),net_output_bytes=\(output),\
                reads=\(unsafe statistics.pointee.reads.current),writes=\(unsafe statistics.pointee.writes.current),\
                commands=\(calls.commands),commands_usec=\(calls.microseconds)
                """)
        }
    }
}
