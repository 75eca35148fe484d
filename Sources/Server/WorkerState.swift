// What a worker's thread owns besides its event loop: connections, buffers, the context it runs commands with,
// counters.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor

/// What commands take for the present may be so old.
private let staleMicroseconds = 250.0

/// Lives in raw memory from start to end of the process; touched by its own thread only, but for `statistics`.
@safe
struct WorkerState: ~Copyable {
    let server: Unmanaged<ServerState>
    let index: Int
    /// Set once the kernel stands.
    var kernel: UnsafeMutablePointer<Worker>
    let shards: UnsafeMutablePointer<UnsafeMutablePointer<Shard>>
    let shardLoads: ShardLoads
    let map: ShardMap
    let commands: UnsafeMutablePointer<CompiledCommand>
    let commandTable: Unmanaged<CommandTable>
    let commandIndex: CommandIndex
    let context: UnsafeMutablePointer<CommandContext>
    let settings: UnsafeMutablePointer<CommandSettings>
    /// Where direct rounds write; sent and emptied before the next connection is served.
    var output: UnsafeMutablePointer<ReplyBuffer>
    let statistics: UnsafeMutablePointer<WorkerStatistics>
    let budget: UnsafeMutablePointer<MemoryBudget>
    let summaries: UnsafeMutablePointer<ShardSummary>
    var memory: MemoryWatch

    // Connections by slot, and the slots that are free.
    var connections: [UnsafeMutablePointer<Connection>?] = unsafe []
    var freeSlots = RawArray<Int>()
    var generation: UInt64 = 1
    /// Connections that have more to read than one turn allows, or were stopped in the middle.
    var ready = RawArray<UInt64>()
    /// Those whose turn it is, and how many of them have had it.
    var resuming = RawArray<UInt64>()
    var resumed = 0

    /// Connections whose next command waits for the end of CLIENT PAUSE.
    var paused = RawArray<UInt64>()

    /// Who is to be told of which changed keys, and what is still to be sent to other workers.
    let tracking: TrackingDirectory
    var hasInvalidations = false

    /// Who listens to what, on all workers.
    var directory: ChannelDirectory
    /// By worker: the last of its announcements of subscribers that this one has heard, or made itself.
    let known: UnsafeMutablePointer<Int>
    /// Connections to which messages were written in this turn.
    var unsent = RawArray<UInt64>()
    /// Some worker has more messages than it can deliver; connections that publish wait until it has fewer.
    var hasCrowdedReaders = false
    var delayed = RawArray<UInt64>()
    /// For names that are put together.
    var channelName = ByteBuffer()
    /// Scripts and what runs them; nil until one does.
    var scripts: WorkerScripts?
    var occupation = ScriptOccupation()

    /// When waiting commands give up, by the tokens of their connections.
    var deadlines = DeadlineHeap()

    // Memory that is handed from connection to connection.
    var freeRounds = unsafe RawArray<UnsafeMutablePointer<Round>>()
    var freeInputs = RawArray<ByteBufferBox>()
    var poolLimits = PoolLimits(maximumMemory: 0, workers: 1, shards: 1)
    var poolDemand = PoolDemand()

    /// Milliseconds since the epoch, and what the cycle counter shows when it must be read again: see `keepTime`.
    var now: Int64 = 0
    var timeEnds: UInt64 = 0
    let timeLasts: UInt64
    /// The configuration's hot values, refreshed when its generation changes.
    var hot = HotSettings()
    var nextTick: Int64 = 0
    /// When a home shard has something to be done, and the settings that were in force when it was last asked.
    var nextTending: Int64 = 0
    var tendedGeneration = -1
    /// How often that was, and when the last slice ended, in nanoseconds of the monotonic clock.
    var tendingCount = 0
    var lastSliceEnd: Int64 = 0
    var defragmenting = Defragmenting()
    var isAccepting = true
    /// When a connection may have been idle, or beyond its soft limit, for too long.
    var nextCheck = Int64.max
    /// Clients take too much, and it was too early to look whom to close.
    var looksAgainAtClients = false
    /// The settings' generation that `nextCheck` goes by.
    var checkedGeneration = -1
    /// The server is ending: nothing new is begun.
    var isStopping = false
    var stopping: Stopping?

    init(
        server: ServerState, index: Int, shards: UnsafeMutablePointer<UnsafeMutablePointer<Shard>>, map: ShardMap
    ) {
        unsafe self.server = unsafe Unmanaged.passUnretained(server)
        self.index = index
        timeLasts = UInt64(server.cyclesPerMicrosecond * staleMicroseconds)
        unsafe self.shards = unsafe shards
        shardLoads = server.shardLoads
        self.map = map
        unsafe known = .allocate(capacity: server.workerCount)
        unsafe known.initialize(repeating: 0, count: server.workerCount)
        tracking = TrackingDirectory(workerCount: server.workerCount)
        directory = ChannelDirectory(workerCount: server.workerCount, seed: map.seed)
        // Replaced as soon as the kernel stands.
        unsafe kernel = unsafe UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped
        unsafe commands = unsafe server.table.compiled
        unsafe commandTable = unsafe Unmanaged.passUnretained(server.table)
        commandIndex = server.table.index
        unsafe settings = .allocate(capacity: 1)
        unsafe settings.initialize(to: CommandSettings())
        unsafe output = .allocate(capacity: 1)
        unsafe output.initialize(to: ReplyBuffer())
        unsafe statistics = .allocate(capacity: 1)
        unsafe statistics.initialize(to: WorkerStatistics(commandCount: server.table.entries.count))
        unsafe budget = unsafe server.budget
        unsafe summaries = unsafe server.summaries
        memory = MemoryWatch(shardCount: map.shardCount)
        unsafe context = .allocate(capacity: 1)
        let arguments = unsafe Arguments(base: UnsafeRawPointer(settings), count: 0)
        let context = unsafe CommandContext(
            arguments: arguments, keyspace: KeyspaceView(shards: shards, map: map),
            reply: ReplyWriter(output, protocolVersion: 2), settings: settings)
        unsafe self.context.initialize(to: context)
    }
}

/// A buffer at rest in the pool.
@safe
struct ByteBufferBox: BitwiseCopyable {
    var base: UnsafeMutableRawPointer?
    var capacity: Int
}

/// What the hot path reads of the configuration.
struct HotSettings {
    var limits = RequestParser.Limits()
    /// Cycles after which the slow log or the latency monitor wants to know of a command; `UInt64.max`: never.
    var slowCycles = UInt64.max
    /// Cycles after which anybody wants to know of it: 0 while somebody monitors.
    var noteCycles = UInt64.max
    var cyclesPerMicrosecond = 1000.0
    /// Somebody monitors: commands are to be shown.
    var isMonitored = false
    /// CLIENT PAUSE: until when, and whether only writes wait.
    var pausedUntil: Int64 = 0
    var pausesWritesOnly = false
    /// Changes with every change of the values above.
    var generation = -1
    var idleTimeout: Int64 = 0
    var queryBufferLimit = 1 << 30
    /// What all clients together may take (`maxmemory-clients`); 0: no limit.
    var maximumClientMemory = 0
    /// A reply stops growing here, and its client is closed: the limits that are set, or as much as none should need.
    var replyLimit = HotSettings.longestReply
    /// The same of the limits that are set; `Int.max`: none.
    var setReplyLimit = Int.max
    var maximumClients = 10000
    /// Protected mode is on and there is no password.
    var refusesStrangers = false
    var keepAliveSeconds = 300
    var normalOutput = OutputLimits(hardBytes: 0, softBytes: 0, softSeconds: 0)
    var replicaOutput = OutputLimits(hardBytes: 0, softBytes: 0, softSeconds: 0)
    var pubsubOutput = OutputLimits(hardBytes: 0, softBytes: 0, softSeconds: 0)
    /// With so much unsent output a connection's further commands wait until its client has read some.
    var outputHighWater = 4 << 20
    var hasPassword = false
    /// The command log notes requests and replies from these sizes on; `Int.max`: never.
    var largeRequestBytes = Int.max
    var largeReplyBytes = Int.max
    /// Cycles after which the latency monitor wants to know of an eviction; `UInt64.max`: never.
    var latencyCycles = UInt64.max
    var evictionPolicy = EvictionPolicy.noEviction
    var evictionSamples = 5
    var frequencyLogarithmFactor = 10
    var frequencyDecayMinutes = 1
    /// The bytes that may be allocated (`maxmemory`); 0: no limit.
    var maximumMemory = 0
    var defragmentation = DefragmentationSettings()
    /// Keys of which readers are remembered (`tracking-table-max-keys`); 0: no limit.
    var trackedKeys = 1_000_000
    /// Whether expired keys are removed before somebody asks for them.
    var expiresActively = true
    /// After so many milliseconds of a script, what wants its shards is refused; 0: never.
    var busyReplyMilliseconds = 5000
    /// The turns of the loop are timed: DEBUG LOOP-TIMES.
    var timesLoop = false

    /// Commands that could go on replying for ever stop here.
    static var longestReply: Int { 1 << 30 }
}

typealias WorkerStatePointer = UnsafeMutablePointer<WorkerState>
