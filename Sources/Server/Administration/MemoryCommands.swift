// MEMORY: where the memory went.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

private let everywhere: [StaticString] = [
    "nondeterministic_output", "request_policy:all_shards", "response_policy:special",
]

let memoryCommands: [Command] = unsafe [
    Command(
        "memory", arity: -2, [], routing: .keyless, group: .server, since: "4.0.0",
        complexity: "Depends on subcommand.", summary: "Commands about memory.",
        subcommands: [
            Command(
                "doctor", arity: 2, [], routing: .allShards, group: .server, since: "4.0.0",
                summary: "Says in words what is unusual about the memory.", tips: everywhere
            ) { unsafe memoryDoctor(&$0.context) },
            unsafe Command(
                "help", arity: 2, [.loading, .stale], routing: .keyless, group: .server, since: "4.0.0",
                summary: "Lists the subcommands."
            ) { unsafe memoryHelp(&$0.context) },
            unsafe Command(
                "malloc-stats", arity: 2, [], routing: .keyless, group: .server, since: "4.0.0",
                complexity: "Depends on how much memory is allocated, could be slow",
                summary: "Answers with the report of the allocator.", tips: everywhere
            ) { unsafe memoryAllocator(&$0.context) },
            unsafe Command(
                "purge", arity: 2, [], routing: .keyless, group: .server, since: "4.0.0",
                complexity: "Depends on how much memory is allocated, could be slow",
                summary: "Gives unused memory back to the system.",
                tips: ["request_policy:all_shards", "response_policy:all_succeeded"]
            ) { unsafe memoryPurge(&$0.context) },
            unsafe Command(
                "stats", arity: 2, [], routing: .allShards, group: .server, since: "4.0.0",
                summary: "Answers with figures about the memory.", tips: everywhere
            ) { unsafe memoryStatistics(&$0.context) },
            unsafe Command(
                "usage", arity: -3, [.readonly], keys: [.one(.readOnly, at: 2)], group: .server, since: "4.0.0",
                complexity: "O(1)", summary: "Answers with the bytes that a key and its value take.",
                syntax: "key [SAMPLES count]"
            ) { unsafe memoryUsage(&$0.context) },
        ]
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'memory' command") }
]

private func memoryPurge(_ context: inout CommandContext) {
    AllocatorStatistics.purge()
    context.reply.ok()
}

private func memoryAllocator(_ context: inout CommandContext) {
    ByteView.withView(AllocatorStatistics.report()) { context.reply.verbatim("txt", $0) }
}

private func memoryStatistics(_ context: inout CommandContext) {
    let memory = MemoryTotals(context.server, context.keyspace)
    func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
    let allocator = memory.allocator
    var fields: [(String, Figure)] = [
        ("peak.allocated", .integer(memory.peak)), ("total.allocated", .integer(memory.used)),
        ("startup.allocated", .integer(memory.startup)), ("replication.backlog", .integer(0)),
        ("clients.slaves", .integer(0)), ("clients.normal", .integer(memory.clients)),
        ("cluster.links", .integer(0)), ("aof.buffer", .integer(0)),
        ("lua.caches", .integer(context.server.scriptStore.memoryBytes)),
        ("functions.caches", .integer(0)),
    ]
    fields += memory.tables.map { ("db.\($0.index)", .tables($0)) }
    fields += [
        ("overhead.total", .integer(memory.overhead)),
        ("keys.count", .integer(memory.keys)), ("keys.bytes-per-key", .integer(memory.bytesPerKey)),
        ("dataset.bytes", .integer(memory.dataset)),
        ("dataset.percentage", .double(ratio(memory.dataset, memory.used - memory.startup) * 100)),
        ("peak.percentage", .double(ratio(memory.used, memory.peak) * 100)),
        ("allocator.allocated", .integer(allocator.allocated)), ("allocator.active", .integer(allocator.active)),
        ("allocator.resident", .integer(allocator.resident)), ("allocator.muzzy", .integer(0)),
        ("allocator-fragmentation.ratio", .double(ratio(allocator.active, allocator.allocated))),
        ("allocator-fragmentation.bytes", .integer(allocator.active - allocator.allocated)),
        ("allocator-rss.ratio", .double(ratio(allocator.resident, allocator.active))),
        ("allocator-rss.bytes", .integer(allocator.resident - allocator.active)),
        ("rss-overhead.ratio", .double(ratio(memory.resident, allocator.resident))),
        ("rss-overhead.bytes", .integer(memory.resident - allocator.resident)),
        ("fragmentation", .double(ratio(memory.resident, memory.used))),
        ("fragmentation.bytes", .integer(memory.resident - memory.used)),
    ]
    context.reply.map(fields.count)
    for (name, figure) in fields {
        context.reply.bulk(name)
        switch figure {
        case .integer(let value): context.reply.integer(value)
        case .double(let value): context.reply.double(value)
        case .tables(let tables):
            context.reply.map(3)
            context.reply.bulk("overhead.hashtable.main")
            context.reply.integer(tables.main)
            context.reply.bulk("overhead.hashtable.expires")
            context.reply.integer(tables.deadlines)
            context.reply.bulk("overhead.hashtable.slot-to-keys")
            context.reply.integer(0)
        }
    }
}

private enum Figure {
    case integer(Int)
    case double(Double)
    case tables(MemoryTotals.Tables)
}

private func memoryDoctor(_ context: inout CommandContext) {
    let memory = MemoryTotals(context.server, context.keyspace)
    if memory.used < 5 << 20 {
        context.reply.verbatim("txt", "There is too little data to tell anything: \(memory.used) bytes.\n")
        return
    }
    let clientCount = context.server.registry.withAll { $0.count }
    let findings = memory.findings(clientCount: clientCount)
    let text = findings.isEmpty ? "Nothing unusual.\n" : findings.map { "* \($0)\n" }.joined(separator: "\n")
    context.reply.verbatim("txt", text)
}

extension MemoryTotals {
    /// What is unusual, in words.
    fileprivate func findings(clientCount: Int) -> [String] {
        /// Whether something is more than it should be by a part of that and by more than 10 MB.
        func exceeds(_ large: Int, _ small: Int, percent: Int) -> Bool {
            large - small > 10 << 20 && large - small > small / 100 * percent
        }
        func times(_ large: Int, _ small: Int) -> String { NumberText.ratio(large, small) }
        var findings: [String] = []
        if peak > used + used / 2 {
            findings.append(
                """
                Peak: at some time \(NumberText.bytes(peak)) were in use, much more than the \
                \(NumberText.bytes(used)) of now. What is resident may still show it; MEMORY PURGE gives unused \
                pages back at once.
                """)
        }
        if exceeds(resident, used, percent: 40) {
            findings.append(
                """
                Resident memory: the process takes \(times(resident, used)) times what is in use. After a peak \
                that is normal for a second; later the next lines say where it is.
                """)
        }
        if exceeds(allocator.active, allocator.allocated, percent: 10) {
            findings.append(
                """
                Fragmentation: the pages in use are \(times(allocator.active, allocator.allocated)) times as large \
                as what is allocated in them, which values of changing sizes lead to. With "activedefrag yes" they \
                are packed anew while the server runs.
                """)
        }
        if exceeds(allocator.resident, allocator.active, percent: 10) {
            findings.append(
                """
                Allocator: it keeps \(NumberText.bytes(allocator.resident - allocator.active)) of pages that nobody \
                uses, and gives them back within seconds; MEMORY PURGE does so at once.
                """)
        }
        if exceeds(resident, allocator.resident, percent: 10) {
            findings.append(
                """
                Process: \(NumberText.bytes(resident - allocator.resident)) are resident of which the allocator does \
                not know: code, stacks, libraries.
                """)
        }
        if clientCount > 0 && clients / clientCount > 200 << 10 {
            findings.append(
                """
                Clients: their buffers take \(NumberText.bytes(clients / clientCount)) each on the average. A client \
                that reads its replies too slowly, or very long pipelines, do that; see CLIENT LIST (qbuf, omem) and \
                client-output-buffer-limit.
                """)
        }
        if keys > 100_000 && bytesPerKey < 80 {
            findings.append(
                """
                Small keys: there are \(keys) of \(bytesPerKey) bytes on the average, about a third of which is \
                what every key takes by itself. Small objects in a hash take less.
                """)
        }
        return findings
    }
}

private func memoryHelp(_ context: inout CommandContext) {
    context.help(
        "MEMORY",
        [
            "DOCTOR", "    Say in words what is unusual about the memory.",
            "MALLOC-STATS", "    The report of the allocator.",
            "PURGE", "    Give unused memory back to the system.",
            "STATS", "    Figures about the memory.",
            "USAGE <key> [SAMPLES <count>]", "    The bytes that <key> and its value take.",
        ])
}
