// What all workers must know of: the master copy of the hot settings, and how a change reaches every worker.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor
import Synchronization

/// The configuration and what follows from it; workers copy the hot parts when the generation has changed.
final class SettingsBoard: @unchecked Sendable {
    private let lock = Mutex()
    private var store: ConfigurationStore
    private var hot = HotSettings()
    private var commandSettings = CommandSettings()
    private let generationCounter = Atomic<Int>(0)
    private let cyclesPerMicrosecond: Double

    init(_ store: ConfigurationStore, cyclesPerMicrosecond: Double) {
        self.store = store
        self.cyclesPerMicrosecond = cyclesPerMicrosecond
        derive()
    }

    /// Grows with every change.
    var generation: Int { generationCounter.load(ordering: .acquiring) }

    var configuration: Configuration { lock.withLock { store.configuration } }

    /// Reads the configuration's texts.
    func read<Result, Failure: Error>(
        _ body: (ConfigurationStore) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock { () throws(Failure) in try body(store) }
    }

    /// Changes the configuration; what follows from it is derived anew.
    func changeConfiguration<Failure: Error>(
        _ body: (inout ConfigurationStore) throws(Failure) -> Void
    ) throws(Failure) {
        try lock.withLock { () throws(Failure) in
            try body(&store)
            derive()
        }
    }

    /// CONFIG REWRITE.
    func rewrite() throws(ConfigurationError) { try read { store throws(ConfigurationError) in try store.rewrite() } }

    /// Changes what is hot but no configuration.
    func change(_ body: (inout HotSettings) -> Void) {
        lock.withLock {
            body(&hot)
            advance()
        }
    }

    /// Copies everything for one worker.
    func copy() -> (HotSettings, CommandSettings) { lock.withLock { (hot, commandSettings) } }

    private func advance() {
        hot.noteCycles = hot.isMonitored ? 0 : hot.slowCycles
        hot.generation = generationCounter.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
    }

    private func derive() {
        let configuration = store.configuration
        hot.limits.maximumBulkLength = configuration.maximumBulkLength
        hot.cyclesPerMicrosecond = cyclesPerMicrosecond
        hot.idleTimeout = Int64(configuration.idleTimeoutSeconds) * 1000
        hot.queryBufferLimit = configuration.queryBufferLimit
        hot.maximumClients = configuration.maximumClients
        hot.refusesStrangers = configuration.protectedMode && configuration.password.isEmpty
        hot.keepAliveSeconds = configuration.keepAliveSeconds
        hot.normalOutput = configuration.normalOutputLimits
        hot.replicaOutput = configuration.replicaOutputLimits
        hot.pubsubOutput = configuration.pubsubOutputLimits
        hot.maximumClientMemory = clientMemoryLimit(configuration)
        let limits = [hot.normalOutput.hardBytes, hot.maximumClientMemory].filter { $0 > 0 }
        hot.setReplyLimit = limits.min().map { $0 &+ 16 << 10 } ?? .max
        hot.replyLimit = min(hot.setReplyLimit, HotSettings.longestReply)
        // A hard limit says what becomes of clients that do not read.
        hot.outputHighWater = hot.normalOutput.hardBytes > 0 ? .max : 4 << 20
        hot.hasPassword = !configuration.password.isEmpty
        hot.busyReplyMilliseconds = configuration.busyReplyMilliseconds
        hot.slowCycles = slowCycles(configuration)
        hot.largeRequestBytes = limit("commandlog-request-larger-than")
        hot.largeReplyBytes = limit("commandlog-reply-larger-than")
        let threshold = Double(configuration.latencyThresholdMilliseconds) * 1000 * cyclesPerMicrosecond
        hot.latencyCycles = threshold > 0 && threshold < 1e18 ? UInt64(threshold) : .max
        hot.evictionPolicy = configuration.evictionPolicy
        hot.evictionSamples = configuration.evictionSamples
        hot.maximumMemory = configuration.maximumMemory
        hot.defragmentation = configuration.defragmentation
        hot.trackedKeys = configuration.trackingTableKeys
        hot.frequencyLogarithmFactor = configuration.lfuLogFactor
        hot.frequencyDecayMinutes = configuration.lfuDecayMinutes
        commandSettings.maximumStringLength = configuration.maximumBulkLength
        commandSettings.databaseCount = configuration.databases
        commandSettings.setLimits = SetLimits(
            integers: configuration.encodings.integerSetEntries,
            listpackEntries: configuration.encodings.setEntries, listpackValue: configuration.encodings.setValueBytes)
        commandSettings.listNodeLimit = NodeLimit(directive: configuration.encodings.listNodeSize)
        commandSettings.hashLimits = HashLimits(
            entries: configuration.encodings.hashEntries, valueBytes: configuration.encodings.hashValueBytes)
        commandSettings.usesFrequency = hot.evictionPolicy.accessKind != .time
        commandSettings.sortedSetLimits.entries = configuration.encodings.sortedSetEntries
        commandSettings.sortedSetLimits.valueBytes = configuration.encodings.sortedSetValueBytes
        commandSettings.streamLimits.nodeBytes = configuration.encodings.streamNodeBytes
        commandSettings.streamLimits.nodeEntries = configuration.encodings.streamNodeEntries
        commandSettings.sparseHyperLogLogBytes = configuration.encodings.hyperLogLogSparseBytes
        commandSettings.keyspaceEvents = KeyspaceEventFlags.kinds(store.value("notify-keyspace-events"))
        advance()
    }

    /// Like Redis, never so little that nobody could change it any more.
    private func clientMemoryLimit(_ configuration: Configuration) -> Int {
        let limit = configuration.maximumClientMemory
        return limit <= 0 ? 0 : max(limit, 128 << 10)
    }

    /// A threshold in bytes; negative: never.
    private func limit(_ name: String) -> Int {
        let value = ByteView.withView(store.value(name)) { IntegerText.parse($0) } ?? -1
        return value < 0 ? .max : Int(value)
    }

    /// The cycles from which on the slow log or the latency monitor wants to know of a command.
    private func slowCycles(_ configuration: Configuration) -> UInt64 {
        var microseconds = Double.infinity
        if configuration.slowLogMicroseconds >= 0 { microseconds = Double(configuration.slowLogMicroseconds) }
        if configuration.latencyThresholdMilliseconds > 0 {
            microseconds = min(microseconds, Double(configuration.latencyThresholdMilliseconds) * 1000)
        }
        let cycles = microseconds * cyclesPerMicrosecond
        return cycles < 1e18 ? UInt64(cycles) : .max
    }
}

extension ServerState {
    var configuration: Configuration { board.configuration }

    var hasPassword: Bool { !board.configuration.password.isEmpty }

    /// Whether `password` is that of the default user; without one, everything is.
    func acceptsPassword(_ password: ByteView) -> Bool {
        let wanted = board.configuration.password
        if wanted.isEmpty { return true }
        guard wanted.count == password.count else { return false }
        // Looks at every byte, so that the time tells nothing of how many were right.
        var difference: UInt8 = 0
        for index in 0..<wanted.count { difference |= wanted[index] ^ password[index] }
        return difference == 0
    }
}

extension ServerState {
    /// CONFIG RESETSTAT. All shards are held.
    func resetStatistics(_ keyspace: KeyspaceView) {
        for index in 0..<map.shardCount {
            let changes = unsafe keyspace.shards[index].pointee.statistics.changes
            unsafe keyspace.shards[index].pointee.statistics = ShardStatistics()
            unsafe keyspace.shards[index].pointee.statistics.changes = changes
        }
        for index in 0..<workerCount { unsafe workers[index].statistics.pointee.reset() }
        sampler.reset()
        shardLoads.reset()
        shardSampler.reset()
    }

    /// Whether a command's reply can be held back: not those that hold shards.
    func canWait(_ command: Int) -> Bool { unsafe table.compiled[command].route == .session }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Takes over the settings if they have changed.
    @inline(__always)
    func refreshSettings() {
        let generation = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.board.generation }
        if unsafe generation != self.pointee.hot.generation { unsafe copySettings() }
    }

    @inline(never)
    private func copySettings() {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let (hot, commandSettings) = server.board.copy()
        let previous = unsafe self.pointee.hot
        unsafe self.pointee.hot = hot
        unsafe resetMemoryWatch(previous)
        let oldEvents = unsafe self.pointee.settings.pointee.keyspaceEvents
        unsafe self.pointee.settings.pointee = commandSettings
        unsafe adjustAdditions(from: oldEvents)
    }

    /// Makes a shard, which is held, count accesses and evict as the settings want it.
    func adjustShard(_ shard: UnsafeMutablePointer<Shard>) {
        let hot = unsafe self.pointee.hot
        unsafe shard.pointee.eviction.setPolicy(hot.evictionPolicy)
        unsafe shard.pointee.eviction.samples = hot.evictionSamples
        let (keys, shards) = unsafe (hot.trackedKeys, self.pointee.map.shardCount)
        unsafe shard.pointee.limitTracking(to: keys <= 0 ? .max : (keys - 1) / shards + 1)
        unsafe shard.pointee.accessClock.logarithmFactor = hot.frequencyLogarithmFactor
        unsafe shard.pointee.accessClock.decayMinutes = hot.frequencyDecayMinutes
        if unsafe shard.pointee.accessClock.kind != hot.evictionPolicy.accessKind {
            unsafe shard.pointee.accessClock.setKind(hot.evictionPolicy.accessKind, now: self.pointee.now)
        }
    }
}

extension CommandContext {
    /// Changes what is hot; the reply waits until every worker goes by it.
    func publish(_ change: (inout HotSettings) -> Void) {
        server.board.change(change)
        announceSettings()
    }

    /// Lets every worker take over the settings; the reply waits for them.
    func announceSettings() {
        unsafe onWorkers(Set(0..<server.workerCount)) { unsafe $0.refreshSettings() }
    }

    /// Runs `body` on workers: here at once, elsewhere soon, each on its own thread. The reply of the command is held
    /// back until all have run; in a transaction, that of EXEC.
    func onWorkers(_ workers: Set<Int>, _ body: @escaping (WorkerStatePointer) -> Void) {
        let server = server
        let home = unsafe home
        let waits = server.canWait(commandIndex)
        let session = session
        let token = unsafe client.pointee.token
        for index in workers.sorted() {
            let worker = unsafe server.workers + index
            if unsafe worker == home && waits {
                unsafe body(worker)
                continue
            }
            if waits { session.outstandingAcknowledgements += 1 }
            unsafe worker.pointee.kernel.post {
                unsafe body(worker)
                if waits { unsafe home.pointee.kernel.post { unsafe home.acknowledge(token) } }
            }
        }
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A command has asked other workers for something: its reply is taken back until they have done it. True: it was.
    func holdReply(_ connection: ConnectionPointer, from start: Int) -> Bool {
        let session = unsafe connection.pointee.session._withUnsafeGuaranteedRef { $0 }
        if session.outstandingAcknowledgements == 0 { return false }
        let output = unsafe self.pointee.output
        session.heldReply = unsafe output.pointee.bytes.view.dropFirst(start).bytes + session.heldReply
        session.isReplyHeld = true
        unsafe output.pointee.truncate(to: start)
        unsafe connection.pointee.isInFlight = true
        return true
    }

    /// Another worker has done what the connection's command asked of it.
    func acknowledge(_ token: UInt64) {
        guard let connection = unsafe connection(token) else { return }
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        session.outstandingAcknowledgements -= 1
        // They may be done before the lease that the command ran on has come back.
        guard session.outstandingAcknowledgements == 0, session.isReplyHeld else { return }
        session.isReplyHeld = false
        unsafe connection.pointee.isInFlight = false
        let output = unsafe self.pointee.output
        ByteView.withView(session.heldReply) { unsafe output.pointee.bytes.append($0) }
        session.heldReply = []
        unsafe releaseHeldMessages(connection)
        if let round = unsafe connection.pointee.round { unsafe round.pointee.reset() }
        unsafe finishSpecial(connection)
        unsafe advance(connection)
    }
}
