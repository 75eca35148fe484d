// Sums over all workers and shards, as INFO and MEMORY STATS show them.
import Commands
import Containers
import Keyspace
import Platform
import Synchronization

/// One command's counters, summed.
struct CommandTotals {
    var calls = 0
    var microseconds = 0
    var rejected = 0
    var failed = 0
    /// Calls by the highest bit of their duration in cycles.
    var buckets: [Int] = []
}

/// One database's keys, summed.
struct DatabaseTotals {
    var keys = 0
    var deadlines = 0
    /// The memory of the tables, entries not included.
    var tableBytes = 0
    /// Milliseconds; estimated.
    var averageTimeToLive = 0

    init() {}

    /// Everything but times to live.
    init(_ index: Int, _ keyspace: KeyspaceView) {
        for number in 0..<keyspace.map.shardCount {
            let database = unsafe keyspace.shards[number].pointee.database(index)
            keys += database.count
            deadlines += database.deadlineCount
            tableBytes += database.tableBytes
        }
    }
}

/// What connections do and hold. Read under the registry's lock.
struct ClientTotals {
    private(set) var waiting = 0
    private(set) var waitingWithDeadline = 0
    private(set) var waitedKeys: Set<WaitedKey> = []
    private(set) var watching = 0
    private(set) var watchedKeys = 0
    private(set) var largestInput = 0
    private(set) var largestOutput = 0

    struct WaitedKey: Hashable {
        let database: UInt16
        let name: [UInt8]
    }

    mutating func add(_ session: Session) {
        guard let connection = unsafe session.connection else { return }
        let watched = unsafe connection.pointee.counters.watchCount.current
        watching += watched > 0 ? 1 : 0
        watchedKeys += watched
        largestOutput = unsafe max(largestOutput, connection.pointee.counters.outputBytes.current)
        largestInput = unsafe max(
            largestInput,
            connection.pointee.counters.inputBytes.current + connection.pointee.counters.inputFree.current)
        waiting += unsafe connection.pointee.counters.waiting.current
        guard let command = session.waiting else { return }
        if command.deadline != 0 { waitingWithDeadline += 1 }
        for key in command.keys { waitedKeys.insert(WaitedKey(database: command.step.database, name: key.name)) }
    }

    mutating func add(_ recent: borrowing RecentBuffers, now: Int64) {
        let largest = recent.largest(at: now)
        largestInput = max(largestInput, largest.input)
        largestOutput = max(largestOutput, largest.output)
    }
}

/// What the shards hold and count. Read while all of them are held.
struct ShardTotals {
    var statistics = ShardStatistics()
    var bytes = 0
    /// Entries and values that wait to be freed.
    var deferredCount = 0

    init(_ keyspace: KeyspaceView) {
        for index in 0..<keyspace.map.shardCount {
            let shard = unsafe keyspace.shards[index]
            unsafe bytes += shard.pointee.usedBytes
            unsafe statistics.keyspaceHits += shard.pointee.statistics.keyspaceHits
            unsafe statistics.keyspaceMisses += shard.pointee.statistics.keyspaceMisses
            unsafe statistics.expired += shard.pointee.statistics.expired
            unsafe statistics.expiredFields += shard.pointee.statistics.expiredFields
            unsafe statistics.expiredLate += shard.pointee.statistics.expiredLate
            unsafe statistics.longestDelay = max(statistics.longestDelay, shard.pointee.statistics.longestDelay)
            unsafe statistics.expiry.add(shard.pointee.statistics.expiry)
            unsafe statistics.freeing.add(shard.pointee.statistics.freeing)
            unsafe deferredCount += shard.pointee.deferredCount
            unsafe statistics.evicted += shard.pointee.statistics.evicted
            unsafe statistics.changes += shard.pointee.statistics.changes
            unsafe statistics.defragmentedKeyHits += shard.pointee.statistics.defragmentedKeyHits
            unsafe statistics.defragmentedKeyMisses += shard.pointee.statistics.defragmentedKeyMisses
            unsafe statistics.freedLater += shard.pointee.statistics.freedLater
        }
    }

    /// The share of keys with deadlines that are past them and still there, in percent; estimated.
    static func stalePercent(_ keyspace: KeyspaceView) -> Double {
        var (sampled, stale) = (0, 0)
        for number in 0..<keyspace.map.shardCount {
            for index in unsafe 0..<keyspace.shards[number].pointee.databaseCount {
                let database = unsafe keyspace.shards[number].pointee.database(index)
                if database.deadlineCount == 0 { continue }
                for _ in 0..<100 {
                    guard let entry = database.randomEntry(), entry.deadline != .max else { continue }
                    sampled += 1
                    if entry.isExpired(now: keyspace.now) { stale += 1 }
                }
            }
        }
        return sampled == 0 ? 0 : Double(stale) * 100 / Double(sampled)
    }

    static func database(_ index: Int, _ keyspace: KeyspaceView) -> DatabaseTotals {
        var totals = DatabaseTotals(index, keyspace)
        var sampled = 0
        // A mean of doubles: deadlines may lie at the end of time.
        var left = 0.0
        for number in 0..<keyspace.map.shardCount {
            let database = unsafe keyspace.shards[number].pointee.database(index)
            if database.deadlineCount == 0 { continue }
            for _ in 0..<16 {
                guard let entry = database.randomEntry(), entry.deadline != .max, entry.deadline > keyspace.now else {
                    continue
                }
                sampled += 1
                left += Double(entry.deadline) - Double(keyspace.now)
            }
        }
        if sampled > 0 { totals.averageTimeToLive = Int(min(left / Double(sampled), 9e18)) }
        return totals
    }
}

extension ServerState {
    /// The sum over all workers of one of their counters.
    func sum(_ counter: (borrowing WorkerStatistics) -> Int) -> Int {
        (0..<workerCount).reduce(0) { unsafe $0 + counter(workers[$1].statistics.pointee) }
    }

    /// The share of a processor that active defragmentation has, in percent; 0: it does not run.
    var defragmentationEffort: Int {
        (0..<workerCount).reduce(0) { unsafe max($0, workers[$1].statistics.pointee.defragmentationEffort.current) }
    }

    /// How long active defragmentation has been running.
    var currentDefragmentationMilliseconds: Int {
        let now = Int(Clock.realtimeMilliseconds())
        return (0..<workerCount).reduce(0) { longest, index in
            let statistics = unsafe workers[index].statistics
            if unsafe statistics.pointee.defragmentationEffort.current == 0 { return longest }
            return unsafe max(longest, now - statistics.pointee.defragmentationStart.current)
        }
    }

    func totals(of command: Int) -> CommandTotals {
        var totals = CommandTotals()
        totals.buckets = [Int](repeating: 0, count: CommandStatistics.bucketCount)
        var cycles = 0
        for worker in 0..<workerCount {
            let statistics = unsafe workers[worker].statistics.pointee.commands
            unsafe totals.calls += statistics.pointee.value(.calls, command)
            unsafe cycles += statistics.pointee.value(.cycles, command)
            unsafe totals.rejected += statistics.pointee.value(.rejected, command)
            unsafe totals.failed += statistics.pointee.value(.failed, command)
            for bucket in 0..<CommandStatistics.bucketCount {
                unsafe totals.buckets[bucket] += statistics.pointee.bucket(bucket, command)
            }
        }
        totals.microseconds = Int(Double(cycles) / cyclesPerMicrosecond)
        return totals
    }

    /// All calls of all commands.
    var totalCalls: Int { (0..<workerCount).reduce(0) { $0 + calls(ofWorker: $1).commands } }

    /// The commands that a worker's thread has run, for whichever client, and how long they took.
    func calls(ofWorker worker: Int) -> (commands: Int, microseconds: Int) {
        let commands = unsafe workers[worker].statistics.pointee.commands
        var (calls, cycles) = (0, 0)
        for command in 0..<table.entries.count {
            unsafe calls += commands.pointee.value(.calls, command)
            unsafe cycles += commands.pointee.value(.cycles, command)
        }
        return (calls, Int(Double(cycles) / cyclesPerMicrosecond))
    }

    /// What clients take.
    var clientBytes: Int { sum { $0.clientMemory.current } }
}

/// Rates over the last moments.
final class RateSampler: @unchecked Sendable {
    struct Sample {
        var milliseconds: Int64 = 0
        var commands = 0
        var input = 0
        var output = 0
    }

    private let lock = Mutex()
    private var samples: [Sample] = []

    /// Notes the totals of this moment; more than ten a second are not kept.
    func note(_ sample: Sample) {
        lock.withLock {
            if let last = samples.last, sample.milliseconds - last.milliseconds < 100 { return }
            samples.append(sample)
            if samples.count > 17 { samples.removeFirst(samples.count - 17) }
        }
    }

    /// The totals begin at 0 again.
    func reset() { lock.withLock { samples = [] } }

    /// Commands, bytes in and bytes out a second.
    var rates: (commands: Double, input: Double, output: Double) {
        lock.withLock {
            guard let first = samples.first, let last = samples.last, last.milliseconds > first.milliseconds else {
                return (0, 0, 0)
            }
            let seconds = Double(last.milliseconds - first.milliseconds) / 1000
            return (
                Double(last.commands - first.commands) / seconds, Double(last.input - first.input) / seconds,
                Double(last.output - first.output) / seconds
            )
        }
    }
}

extension ServerState {
    func sampleRates(now: Int64) {
        shardSampler.note(now, shardLoads)
        sampler.note(
            RateSampler.Sample(
                milliseconds: now, commands: totalCalls, input: sum { $0.networkInput.current },
                output: sum { $0.networkOutput.current }))
    }
}
