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
    let databases = (0..<context.server.options.databases).map { ShardTotals.database($0, context.keyspace) }
    let keys = databases.reduce(0) { $0 + $1.keys }
    let used = max(1, memory.used)
    func share(_ part: Int) -> Double { Double(part) * 100 / Double(used) }
    func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
    let allocator = memory.allocator
    let fields: [(StaticString, Figure)] = [
        ("peak.allocated", .integer(memory.peak)), ("total.allocated", .integer(memory.used)),
        ("startup.allocated", .integer(memory.startup)), ("replication.backlog", .integer(0)),
        ("clients.slaves", .integer(0)), ("clients.normal", .integer(memory.clients)),
        ("cluster.links", .integer(0)), ("aof.buffer", .integer(0)), ("lua.caches", .integer(0)),
        ("functions.caches", .integer(0)), ("overhead.total", .integer(memory.overhead)),
        ("keys.count", .integer(keys)), ("keys.bytes-per-key", .integer(keys == 0 ? 0 : memory.dataset / keys)),
        ("dataset.bytes", .integer(memory.dataset)), ("dataset.percentage", .double(share(memory.dataset))),
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
        }
    }
}

private enum Figure {
    case integer(Int)
    case double(Double)
}

private func memoryDoctor(_ context: inout CommandContext) {
    let memory = MemoryTotals(context.server, context.keyspace)
    var findings: [String] = []
    if memory.used < 5 << 20 {
        context.reply.verbatim("txt", "There is too little data to tell anything: \(memory.used) bytes.\n")
        return
    }
    if memory.peak > memory.used + memory.used / 2 {
        findings.append(
            """
            Peak: at some time \(NumberText.bytes(memory.peak)) were in use, much more than now. The allocator may \
            hold on to some of it; MEMORY PURGE gives it back.
            """)
    }
    if memory.allocator.active > memory.allocator.allocated + memory.allocator.allocated * 2 / 5 {
        findings.append(
            """
            Fragmentation: the pages in use are \
            \(NumberText.ratio(memory.allocator.active, memory.allocator.allocated)) times as large as what is \
            allocated in them.
            """)
    }
    if memory.resident > memory.allocator.resident + memory.allocator.resident / 10 + 64 << 20 {
        findings.append("Overhead: the process is larger than what the allocator knows of.")
    }
    if memory.clients > memory.used / 5 {
        findings.append("Clients: their buffers take \(NumberText.bytes(memory.clients)).")
    }
    let text = findings.isEmpty ? "Nothing unusual.\n" : findings.map { "* \($0)\n" }.joined(separator: "\n")
    context.reply.verbatim("txt", text)
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
