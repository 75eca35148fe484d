// INFO's section about memory, and the sums that MEMORY STATS and MEMORY DOCTOR show too.
import Commands
import Containers
import Keyspace
import Platform

extension Information {
    func writeMemory(to text: inout InformationText) {
        let memory = MemoryTotals(server, keyspace)
        text.section("Memory")
        text.bytes("used_memory", memory.used)
        text.bytes("used_memory_rss", memory.resident)
        text.bytes("used_memory_peak", memory.peak)
        text.field("used_memory_peak_perc", NumberText.percent(memory.used, of: memory.peak))
        text.field("used_memory_overhead", memory.overhead)
        text.field("used_memory_startup", memory.startup)
        text.field("used_memory_dataset", memory.dataset)
        text.field("used_memory_dataset_perc", NumberText.percent(memory.dataset, of: memory.used - memory.startup))
        text.field("allocator_allocated", memory.allocator.allocated)
        text.field("allocator_active", memory.allocator.active)
        text.field("allocator_resident", memory.allocator.resident)
        text.field("allocator_muzzy", 0)
        text.bytes("total_system_memory", memory.machine)
        let scriptMemory = (0..<server.workerCount).reduce(0) { sum, index in
            unsafe sum + server.workers[index].statistics.pointee.scriptMemory.current
        }
        text.bytes("used_memory_lua", scriptMemory)
        text.field("used_memory_vm_eval", scriptMemory)
        text.field("used_memory_scripts_eval", server.scriptStore.memoryBytes)
        text.field("number_of_cached_scripts", server.scriptStore.count)
        text.field("number_of_functions", server.functionStore.functionCount)
        text.field("number_of_libraries", server.functionStore.libraryCount)
        text.field("used_memory_vm_functions", 0)
        text.bytes("used_memory_vm_total", 0)
        text.field("used_memory_functions", server.functionStore.memoryBytes)
        text.bytes("used_memory_scripts", server.scriptStore.memoryBytes + server.functionStore.memoryBytes)
        text.bytes("maxmemory", configuration.maximumMemory)
        text.field("maxmemory_policy", configuration.evictionPolicy.rawValue)
        text.field("allocator_frag_ratio", NumberText.ratio(memory.allocator.active, memory.allocator.allocated))
        text.field("allocator_frag_bytes", memory.allocator.active - memory.allocator.allocated)
        text.field("allocator_rss_ratio", NumberText.ratio(memory.allocator.resident, memory.allocator.active))
        text.field("allocator_rss_bytes", memory.allocator.resident - memory.allocator.active)
        text.field("rss_overhead_ratio", NumberText.ratio(memory.resident, memory.allocator.resident))
        text.field("rss_overhead_bytes", memory.resident - memory.allocator.resident)
        text.field("mem_fragmentation_ratio", NumberText.ratio(memory.resident, memory.used))
        text.field("mem_fragmentation_bytes", memory.resident - memory.used)
        text.field("mem_not_counted_for_evict", 0)
        text.field("mem_replication_backlog", 0)
        text.field("mem_total_replication_buffers", 0)
        text.field("mem_clients_slaves", 0)
        text.field("mem_clients_normal", memory.clients)
        text.field("mem_cluster_links", 0)
        text.field("mem_aof_buffer", 0)
        text.field("mem_allocator", AllocatorStatistics.allocatorName)
        text.field("active_defrag_running", server.defragmentationEffort)
        text.field("lazyfree_pending_objects", memory.shards.deferredCount)
        text.field("lazyfreed_objects", memory.shards.statistics.freedLater)
    }
}

/// The sums about memory, in bytes.
struct MemoryTotals {
    /// What the tables of one numbered database take beside entries and values.
    struct Tables {
        let index: Int
        let main: Int
        /// The fields for deadlines in the entries.
        let deadlines: Int
    }

    let used, resident, peak, startup, clients, overhead, dataset, machine: Int
    let keys: Int
    let shards: ShardTotals
    /// Of the databases that are not empty.
    let tables: [Tables]
    let allocator = AllocatorStatistics.current()

    init(_ server: ServerState, _ keyspace: KeyspaceView) {
        let process = ProcessStatistics.current()
        shards = ShardTotals(keyspace)
        var tables: [Tables] = []
        var keys = 0
        for index in 0..<server.options.databases {
            let totals = DatabaseTotals(index, keyspace)
            if totals.keys == 0 { continue }
            keys += totals.keys
            tables.append(Tables(index: index, main: totals.tableBytes, deadlines: totals.deadlines * 8))
        }
        self.keys = keys
        self.tables = tables
        clients = server.clientBytes
        used = server.usedMemory
        startup = min(used, server.startupBytes.current)
        overhead = min(used, startup + clients + tables.reduce(0) { $0 + $1.main + $1.deadlines })
        dataset = used - overhead
        resident = process.residentBytes
        machine = process.machineBytes
        peak = server.notePeak(used)
    }

    /// Bytes of the data proper, by key.
    var bytesPerKey: Int { keys == 0 ? 0 : (used - startup) / keys }
}
