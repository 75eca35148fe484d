// What all workers share: the command table, the shards, the configuration and the registry of sessions.
import Bytes
import Commands
import Keyspace
import Logging
import Platform
import Reactor
import Synchronization

/// Made once; lives to the end of the process.
@safe
final class ServerState: @unchecked Sendable {
    let options: ServerOptions
    let board: SettingsBoard
    let log: Logger
    let logOutput: LogOutput
    let table: CommandTable
    let map: ShardMap
    let shards: UnsafeMutablePointer<UnsafeMutablePointer<Shard>>
    let workers: UnsafeMutablePointer<WorkerState>
    let workerCount: Int
    /// What the process has allocated, and how much it may.
    let budget: UnsafeMutablePointer<MemoryBudget>
    let shardLoads: ShardLoads
    /// What is known of the shards without holding them.
    let summaries: UnsafeMutablePointer<ShardSummary>
    private(set) var kernel: Kernel
    let registry = SessionRegistry()
    let sampler = RateSampler()
    let shardSampler = ShardLoadSampler()
    let logs = CommandLogs()
    let latency = LatencyMonitor()
    let monitors = MonitorFeed()
    let hotKeys = HotKeySessions()
    let runIdentifier = ServerState.randomIdentifier()
    let replication = ReplicationIdentity()
    let peakBytes = Atomic<Int>(0)
    /// Before this nobody looks for clients to close: there were none the last time.
    let nextClientEviction = Atomic<Int64>(0)
    /// What was allocated before the first command.
    let startupBytes = Tally()
    let startedAt = Clock.realtimeMilliseconds()
    let cyclesPerMicrosecond: Double
    let nextClientIdentifier = Atomic<Int>(1)
    let connectionCount = Atomic<Int>(0)
    /// Clients that track keys.
    let trackerCount = Atomic<Int>(0)
    let isStopping = Atomic<Bool>(false)
    /// Workers that have still something to finish before the server ends.
    let unfinishedWorkers: Atomic<Int>
    /// When the log last spoke of a failure to accept, in milliseconds since the epoch.
    let lastAcceptComplaint = Atomic<Int64>(0)
    let listenerTable = ListenerTable()
    let scriptStore = ScriptStore()
    let functionStore = FunctionStore()

    // Commands that the router or the flow must recognise.
    let execIndex: Int
    let functionCommands: Range<Int>
    let discardIndex: Int
    let unwatchIndex: Int
    let resetIndex: Int
    let clientIndex: Int
    let immediateCommands: Set<Int>
    let clientReplyIndex: Int
    /// What a subscriber may send in RESP2.
    let subscriberCommands: Set<Int>
    /// Commands that confirm what they do whatever CLIENT REPLY says.
    let confirmingCommands: Set<Int>

    init(_ store: ConfigurationStore, log: Logger, logOutput: LogOutput) throws(SystemError) {
        let options = ServerOptions(store.configuration)
        self.options = options
        cyclesPerMicrosecond = Clock.measureCyclesPerMicrosecond()
        logs.limit(by: store)
        board = SettingsBoard(store, cyclesPerMicrosecond: cyclesPerMicrosecond)
        Allocator.tune()
        self.log = log
        self.logOutput = logOutput
        unfinishedWorkers = Atomic(options.threads)
        let table = CommandTable(serverCommandGroups)
        self.table = table
        func index(_ name: StaticString) -> Int { table.find(ByteView(name)) }
        execIndex = index("exec")
        functionCommands = index("fcall")..<index("fcall_ro") + 1
        discardIndex = index("discard")
        unwatchIndex = index("unwatch")
        resetIndex = index("reset")
        clientIndex = index("client")
        immediateCommands = Set(["exec", "discard", "multi", "watch", "quit", "reset"].map(index))
        clientReplyIndex = table.findSubcommand(of: index("client"), ByteView("reply"))
        let confirming = Set(
            ["subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ssubscribe", "sunsubscribe"].map(index))
        confirmingCommands = confirming.union([clientReplyIndex])
        subscriberCommands = confirming.union(["ping", "quit", "reset"].map(index))
        var random = SystemRandomNumberGenerator()
        map = ShardMap(seed: random.next(), shardCount: options.shards)
        unsafe shards = .allocate(capacity: options.shards)
        for index in 0..<options.shards {
            unsafe shards[index] = unsafe Shard.create(index: index, databaseCount: options.databases, seed: map.seed)
        }
        unsafe budget = .allocate(capacity: 1)
        unsafe budget.initialize(to: MemoryBudget())
        shardLoads = ShardLoads(count: options.shards)
        unsafe summaries = .allocate(capacity: options.shards)
        for index in 0..<options.shards { unsafe (summaries + index).initialize(to: ShardSummary()) }
        workerCount = options.threads
        unsafe workers = .allocate(capacity: options.threads)
        let workers = unsafe self.workers
        let applications = unsafe (0..<options.threads).map { unsafe UnsafeMutableRawPointer(workers + $0) }
        kernel = unsafe try Kernel(
            shardCount: options.shards, handlers: kernelHandlers, applications: applications)
        for index in 0..<options.threads {
            unsafe (workers + index).initialize(to: WorkerState(server: self, index: index, shards: shards, map: map))
            unsafe workers[index].kernel = unsafe kernel.workers + index
            unsafe workers[index].context.pointee.eventSink = unsafe publishEventOfCommand
            unsafe workers[index].context.pointee.flushSink = unsafe noteFlushOfCommand
            unsafe workers[index].context.pointee.worker = unsafe UnsafeMutableRawPointer(workers + index)
            unsafe (workers + index).refreshSettings()
        }
        watchShards()
        watchReaders()
    }
}

/// The kernel's calls, each handed on to the worker that `application` is.
private let kernelHandlers = unsafe KernelHandlers(
    ready: { application, token, readiness in
        unsafe application.assumingMemoryBound(to: WorkerState.self).ready(token, Readiness(rawValue: readiness))
    },
    runPart: { application, message in
        unsafe application.assumingMemoryBound(to: WorkerState.self)
            .runPart(message.assumingMemoryBound(to: Part.self))
    },
    runLease: { application, batch in
        let round = unsafe batch.assumingMemoryBound(to: Round.self)
        unsafe application.assumingMemoryBound(to: WorkerState.self).runLeaseBody(round, into: round.pointee.local)
    },
    completed: { application, batch in
        unsafe application.assumingMemoryBound(to: WorkerState.self).complete(batch.assumingMemoryBound(to: Round.self))
    },
    turn: { application in unsafe application.assumingMemoryBound(to: WorkerState.self).turn() },
    occupiedTurn: { application in unsafe application.assumingMemoryBound(to: WorkerState.self).occupiedTurn() },
    refusePart: { application, message in
        unsafe application.assumingMemoryBound(to: WorkerState.self)
            .refusePart(message.assumingMemoryBound(to: Part.self))
    },
    refuseLease: { application, batch in
        unsafe application.assumingMemoryBound(to: WorkerState.self)
            .refuseLease(batch.assumingMemoryBound(to: Round.self))
    },
    mayInterpose: { application, batch in
        unsafe application.assumingMemoryBound(to: WorkerState.self)
            .mayInterpose(batch.assumingMemoryBound(to: Round.self))
    }
)

/// All sessions by identifier, for CLIENT LIST and CLIENT KILL. The lock also guards what `Session` says it does.
final class SessionRegistry: @unchecked Sendable {
    let lock = Mutex()
    private(set) var sessions: [Int: Session] = [:]

    func add(_ session: Session) { lock.withLock { sessions[session.identifier] = session } }

    func remove(_ session: Session) { lock.withLock { sessions[session.identifier] = nil } }

    /// Calls `body` with the sessions, oldest first, while none of them can change or go.
    func withAll<Result>(_ body: ([Session]) -> Result) -> Result {
        lock.withLock { body(sessions.values.sorted { $0.identifier < $1.identifier }) }
    }
}
