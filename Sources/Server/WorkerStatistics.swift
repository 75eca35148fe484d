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
    let connected = Atomic<Int>(0)
    let parts = Tally()

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
        parts.reset()
    }
}

/// Calls, cycles and a histogram of durations for each command.
@safe
struct CommandStatistics: ~Copyable {
    /// Durations by their highest bit in cycles: enough for the powers of two that LATENCY HISTOGRAM prints.
    static var bucketCount: Int { 48 }
    let calls: UnsafeMutablePointer<Entry>
    let count: Int

    @safe
    struct Entry: ~Copyable {
        let calls = Tally()
        let cycles = Tally()
        let rejected = Tally()
        let failed = Tally()
        let buckets: UnsafeMutablePointer<Tally>

        init() {
            unsafe buckets = .allocate(capacity: CommandStatistics.bucketCount)
            for index in 0..<CommandStatistics.bucketCount { unsafe (buckets + index).initialize(to: Tally()) }
        }
    }

    init(commandCount: Int) {
        unsafe calls = .allocate(capacity: commandCount)
        for index in 0..<commandCount { unsafe (calls + index).initialize(to: Entry()) }
        count = commandCount
    }

    @inline(__always)
    func count(_ command: Int, cycles: UInt64) {
        let entry = unsafe calls + command
        unsafe entry.pointee.calls.add(1)
        unsafe entry.pointee.cycles.add(Int(truncatingIfNeeded: cycles))
        let bit = (UInt64.bitWidth - 1) - (cycles | 1).leadingZeroBitCount
        unsafe entry.pointee.buckets[min(bit, CommandStatistics.bucketCount - 1)].add(1)
    }

    func reset() {
        for index in 0..<count {
            unsafe calls[index].calls.reset()
            unsafe calls[index].cycles.reset()
            unsafe calls[index].rejected.reset()
            unsafe calls[index].failed.reset()
            for bucket in 0..<CommandStatistics.bucketCount { unsafe calls[index].buckets[bucket].reset() }
        }
    }
}
