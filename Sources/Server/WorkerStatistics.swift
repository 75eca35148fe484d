// Counters of one worker: written by its thread alone, read by any.
import Synchronization

/// A counter with one writer: adding is a load and a store, no locked instruction.
struct Tally: ~Copyable {
    private let value: Atomic<Int>

    init(_ initial: Int = 0) { value = Atomic(initial) }

    @inline(__always)
    func add(_ amount: Int) { value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed) }

    var current: Int { value.load(ordering: .relaxed) }

    @inline(__always)
    func set(_ new: Int) { value.store(new, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }
}

@safe
struct WorkerStatistics: ~Copyable {
    let commands: UnsafeMutablePointer<CommandStatistics>
    let networkInput = Tally()
    let networkOutput = Tally()
    let connectionsReceived = Tally()
    let connectionsRejected = Tally()
    let errorReplies = Tally()
    let outputLimitDisconnections = Tally()
    let queryLimitDisconnections = Tally()
    let timeoutDisconnections = Tally()
    let evictedClients = Tally()
    /// What the worker's clients take at this moment.
    let clientMemory = Tally()
    let recentBuffers = RecentBuffers()
    let connected = Atomic<Int>(0)
    /// Connections that listen to channels or patterns.
    let subscribers = Tally()
    /// Bytes of messages that this worker has still to deliver; others add to them.
    let messageBacklog = Atomic<Int>(0)
    let parts = Tally()
    let reads = Tally()
    let writes = Tally()
    let failedAuthentications = Tally()
    let errors = ErrorCounts()
    let loop = LoopTimes()
    // Of active defragmentation: blocks moved and left, its time, its present share of the processor in percent, and
    // when it began, in milliseconds since the epoch.
    let movedBlocks = Tally()
    let keptBlocks = Tally()
    let defragmentationNanoseconds = Tally()
    let defragmentationEffort = Tally()
    let defragmentationStart = Tally()
    let script = RunningScript()
    /// What the worker's Lua state holds.
    let scriptMemory = Tally()

    init(commandCount: Int) {
        unsafe commands = .allocate(capacity: 1)
        unsafe commands.initialize(to: CommandStatistics(commandCount: commandCount))
    }
}

extension WorkerStatistics {
    /// Starts anew, but for what counts what is there. From any thread: an addition under way at this moment is lost.
    func reset() {
        unsafe commands.pointee.reset()
        networkInput.reset()
        networkOutput.reset()
        connectionsReceived.reset()
        connectionsRejected.reset()
        errorReplies.reset()
        outputLimitDisconnections.reset()
        queryLimitDisconnections.reset()
        timeoutDisconnections.reset()
        evictedClients.reset()
        parts.reset()
        reads.reset()
        writes.reset()
        failedAuthentications.reset()
        errors.reset()
        loop.reset()
        movedBlocks.reset()
        keptBlocks.reset()
        defragmentationNanoseconds.reset()
    }
}

/// Calls, cycles and a histogram of durations for each command, in one block.
@safe
struct CommandStatistics: ~Copyable {
    /// Durations by their highest bit in cycles: enough for the powers of two that LATENCY HISTOGRAM prints.
    static var bucketCount: Int { 44 }
    private static var stride: Int { 48 }
    private let tallies: UnsafeMutablePointer<Tally>
    let count: Int

    /// What is counted of each command, and where it stands in the command's row.
    enum Field: Int {
        case calls, cycles, rejected, failed
    }

    init(commandCount: Int) {
        unsafe tallies = .allocate(capacity: commandCount * CommandStatistics.stride)
        for index in 0..<commandCount * CommandStatistics.stride { unsafe (tallies + index).initialize(to: Tally()) }
        count = commandCount
    }

    @inline(__always)
    func count(_ command: Int, cycles: UInt64) {
        let row = unsafe tallies + command &* CommandStatistics.stride
        unsafe row[Field.calls.rawValue].add(1)
        unsafe row[Field.cycles.rawValue].add(Int(truncatingIfNeeded: cycles))
        let bit = 63 ^ (cycles | 1).leadingZeroBitCount
        unsafe row[4 &+ min(bit, CommandStatistics.bucketCount &- 1)].add(1)
    }

    /// Takes back what `count` has counted: the command was not done.
    func uncount(_ command: Int) {
        let row = unsafe tallies + command &* CommandStatistics.stride
        unsafe row[Field.calls.rawValue].add(-1)
    }

    func add(_ field: Field, _ command: Int) {
        unsafe tallies[command * CommandStatistics.stride + field.rawValue].add(1)
    }

    func value(_ field: Field, _ command: Int) -> Int {
        unsafe tallies[command * CommandStatistics.stride + field.rawValue].current
    }

    /// Calls that took at least 2^`bit` cycles and less than twice that.
    func bucket(_ bit: Int, _ command: Int) -> Int {
        unsafe tallies[command * CommandStatistics.stride + 4 + bit].current
    }

    func reset() {
        for index in 0..<count * CommandStatistics.stride { unsafe tallies[index].reset() }
    }
}
