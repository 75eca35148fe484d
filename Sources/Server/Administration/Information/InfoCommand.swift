// INFO: everything that is known of the server, in sections.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

let infoCommands: [Command] = unsafe [
    Command(
        "info", arity: -1, [.loading, .stale], [.dangerous], routing: .allShards, group: .server, since: "1.0.0",
        summary: "Describes the server and shows its counters.", syntax: "[section [section ...]]",
        tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"]
    ) { unsafe info(&$0.context) }
]

/// The sections in the order in which they are shown.
enum InformationSection: String, CaseIterable {
    case server, clients, memory, persistence, threads, stats, replication, cpu, modules, commandstats, errorstats
    case latencystats, cluster, keyspace, shards, debug

    /// Those that INFO shows when it is not told which.
    static let usual: Set<InformationSection> = [
        .server, .clients, .memory, .persistence, .stats, .replication, .cpu, .modules, .errorstats, .cluster,
        .keyspace, .shards,
    ]
}

private func info(_ context: inout CommandContext) {
    var wanted: Set<InformationSection> = []
    for index in 1..<max(1, context.arguments.count) {
        let word = context.arguments[index].string.lowercased()
        switch word {
        case "default": wanted.formUnion(InformationSection.usual)
        case "all", "everything": wanted.formUnion(InformationSection.allCases.filter { $0 != .debug })
        default: if let section = InformationSection(rawValue: word) { wanted.insert(section) }
        }
    }
    if context.arguments.count == 1 { wanted = InformationSection.usual }
    let information = Information(context)
    var text = InformationText()
    for section in InformationSection.allCases where wanted.contains(section) {
        information.write(section, to: &text)
    }
    ByteView.withView(text.bytes) { context.reply.verbatim("txt", $0) }
}

/// Everything that the sections are written from. All shards are held.
struct Information {
    let server: ServerState
    let keyspace: KeyspaceView
    let configuration: Configuration
    let now: Int64

    init(_ context: CommandContext) {
        server = context.server
        keyspace = context.keyspace
        configuration = server.configuration
        now = Clock.realtimeMilliseconds()
    }

    func write(_ section: InformationSection, to text: inout InformationText) {
        switch section {
        case .server: writeServer(to: &text)
        case .clients: writeClients(to: &text)
        case .memory: writeMemory(to: &text)
        case .persistence: writePersistence(to: &text)
        case .threads: writeThreads(to: &text)
        case .stats: writeStatistics(to: &text)
        case .replication: writeReplication(to: &text)
        case .cpu: writeProcessor(to: &text)
        case .modules: text.section("Modules")
        case .commandstats: writeCommands(to: &text)
        case .errorstats: writeErrors(to: &text)
        case .latencystats: writeLatencies(to: &text)
        case .cluster:
            text.section("Cluster")
            text.field("cluster_enabled", 0)
        case .keyspace: writeKeyspace(to: &text)
        case .shards: writeShards(to: &text)
        case .debug: writeDebug(to: &text)
        }
    }
}
