// What the process has allocated, as its threads tell, and how much it may.
import Commands
import Containers
import Keyspace
import Platform
import Synchronization

/// The threads' balances, summed. Lives in raw memory; any thread reads and adds.
@safe
struct MemoryBudget: ~Copyable {
    /// A worker adds what it has allocated or freed when that has come to so much.
    static var publicationStep: Int { 32 << 10 }

    private var padding0: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    /// Bytes, less what each worker has not told yet: `publicationStep` at most.
    let used = Atomic<Int>(0)
    private var padding1: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    /// What must not be exceeded at this moment: `maxmemory`, or after that was lowered what is still to be worked off.
    /// It only falls.
    let ceiling = Atomic<Int>(.max)
    /// The largest growth by one command lately; see `forgetExpectation`.
    let expected = Atomic<Int>(0)
    /// Since when more is used than `maxmemory`, in microseconds; 0: it is not.
    let exceededSince = Atomic<Int>(0)
    /// For how long that was so before, in microseconds.
    let exceededTotal = Atomic<Int>(0)
}

extension MemoryBudget {
    /// Whether a command may take so much that each has to be looked at before it is run.
    var expectsMuch: Bool { expected.load(ordering: .relaxed) > 2 * MemoryBudget.publicationStep }

    /// To be called ten times a second: what commands took counts half as much after half a second.
    borrowing func forgetExpectation() {
        let last = expected.load(ordering: .relaxed)
        if last > 0 { expected.store(last - last / 8 - 1, ordering: .relaxed) }
    }
}

/// What is known of a shard without holding it; on a cache line of its own.
@safe
struct ShardSummary: ~Copyable {
    /// `evictionScore` of the last time somebody looked.
    let score = Atomic<Int64>(.min)
    /// Entries that the policy may evict.
    let count = Atomic<Int>(0)
    /// Something waits to be freed.
    let hasDeferred = Atomic<Bool>(false)
    private var padding: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
}

/// One worker's view of the memory.
@safe
struct MemoryWatch {
    /// What this thread has allocated and freed.
    var thread = ThreadMemory.none
    /// How much of it stands in the budget, `reserved` included.
    var published = 0
    /// What the next command of the round is expected to take, if that is much: the most that one took lately, on any
    /// thread. Several threads that look at the same moment do not promise the same room to each of their commands.
    var reserved = 0
    /// The balance when a command was last admitted in this round; `Int.max`: none was.
    var admittedBalance = Int.max
    /// There is a `maxmemory`.
    var isLimited = false
    /// Up to this balance of the thread nothing has to be looked at.
    var allowance = Int.min
    /// The last look found that too much is used and nothing can be evicted.
    var isRefusing = false
    var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// Shards that were looked at in vain: one place a shard.
    let wasTried: UnsafeMutablePointer<Bool>
    /// Bytes that each shard should have evicted by its number of entries, less those that it has: one place a shard.
    let arrears: UnsafeMutablePointer<Int>
    private let shardCount: Int

    /// Arrears and advances beyond this are forgotten.
    private static var maximumArrears: Int { 4 << 20 }

    init(shardCount: Int) {
        unsafe wasTried = .allocate(capacity: shardCount)
        unsafe wasTried.initialize(repeating: false, count: shardCount)
        unsafe arrears = .allocate(capacity: shardCount)
        unsafe arrears.initialize(repeating: 0, count: shardCount)
        self.shardCount = shardCount
    }

    /// Charges every shard its part of what one of them has evicted. `summaries`: what is known of the shards.
    ///
    /// Whoever evicts for a shard that is busy, or because chance has it so, has to be relieved in turn: nothing else
    /// would keep a shard from being emptied for the sake of the others where the scores do not tell them apart.
    func charge(_ bytes: Int, evictedIn shard: Int, _ summaries: UnsafeMutablePointer<ShardSummary>) {
        var total = 0
        for index in 0..<shardCount { unsafe total += summaries[index].count.load(ordering: .relaxed) }
        // Counts are as of the last look: a shard that is thought to be empty has a part too, so that it is looked at.
        let least = 1 + total / (16 * shardCount)
        let whole = Double(total + shardCount * least)
        for index in 0..<shardCount {
            let entries = unsafe summaries[index].count.load(ordering: .relaxed) + least
            let part = Int(Double(bytes) * Double(entries) / whole)
            let sum = unsafe arrears[index] + part - (index == shard ? bytes : 0)
            unsafe arrears[index] = max(-MemoryWatch.maximumArrears, min(sum, MemoryWatch.maximumArrears))
        }
    }

    /// What the budget does not know of yet.
    @inline(__always)
    var unpublished: Int { thread.balance &+ reserved &- published }

    /// Before a command is admitted: looks at what the one before has taken, and reserves what commands took lately, if
    /// that is much.
    mutating func reserve(atMost most: Int, _ budget: borrowing MemoryBudget) {
        let balance = thread.balance
        let growth = admittedBalance == .max ? 0 : balance &- admittedBalance
        var expected = budget.expected.load(ordering: .relaxed)
        if growth > expected {
            expected = growth
            budget.expected.store(growth, ordering: .relaxed)
        }
        admittedBalance = balance
        reserved = expected > 2 * MemoryBudget.publicationStep ? min(expected, most) : 0
    }

    /// The round is over.
    mutating func endReservation() {
        reserved = 0
        admittedBalance = .max
    }

    /// A pseudo-random number below `count`.
    mutating func choose(_ count: Int) -> Int {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return Int(random >> 33) % count
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Adds to the budget what this thread has allocated or freed since the last time, if it is worth it.
    @inline(__always)
    func publishMemory() {
        let change = unsafe self.pointee.memory.unpublished
        if _slowPath(change.magnitude >= UInt(MemoryBudget.publicationStep)) { unsafe publish(change) }
    }

    @inline(never)
    func publish(_ change: Int) {
        unsafe self.pointee.memory.published &+= change
        // What this thread has freed is everybody's from now on: it may not take it back without looking.
        let most = unsafe self.pointee.memory.thread.balance &+ MemoryBudget.publicationStep
        if unsafe most < self.pointee.memory.allowance { unsafe self.pointee.memory.allowance = most }
        unsafe self.pointee.budget.pointee.used.wrappingAdd(change, ordering: .relaxed)
    }

    /// What the process uses, this thread's part to the byte.
    func currentMemory() -> Int {
        let change = unsafe self.pointee.memory.unpublished
        #if SYSTEM_ALLOCATOR
            return unsafe self.pointee.memory.thread.balance
        #else
            if change != 0 { unsafe publish(change) }
            return unsafe self.pointee.budget.pointee.used.load(ordering: .relaxed)
        #endif
    }

    /// The settings have changed: all that was concluded from them is void.
    func resetMemoryWatch(_ previous: HotSettings) {
        let limit = unsafe self.pointee.hot.maximumMemory
        unsafe self.pointee.memory.isLimited = limit != 0
        let workers = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.workerCount }
        unsafe self.pointee.poolLimits = unsafe PoolLimits(
            maximumMemory: limit, workers: workers, shards: self.pointee.map.shardCount)
        unsafe self.pointee.memory.allowance = .min
        unsafe self.pointee.memory.isRefusing = false
        if limit != previous.maximumMemory {
            let ceiling = limit == 0 ? Int.max : unsafe Swift.max(limit, currentMemory())
            unsafe self.pointee.budget.pointee.ceiling.store(ceiling, ordering: .relaxed)
        }
        if unsafe self.pointee.hot.evictionPolicy != previous.evictionPolicy {
            let summaries = unsafe self.pointee.summaries
            for shard in unsafe 0..<self.pointee.map.shardCount {
                unsafe summaries[shard].score.store(.min, ordering: .relaxed)
            }
        }
    }

    /// Lets others know what there is to evict and to free in a shard, which is held.
    func summarise(_ shard: UnsafeMutablePointer<Shard>) {
        let summary = unsafe self.pointee.summaries + shard.pointee.index
        unsafe summary.pointee.count.store(shard.evictableCount, ordering: .relaxed)
        unsafe summary.pointee.score.store(shard.evictionScore, ordering: .relaxed)
        unsafe summary.pointee.hasDeferred.store(shard.pointee.hasDeferred, ordering: .relaxed)
    }

    /// The same before a shard is given back after commands: only what would keep others from looking into it.
    @inline(never)
    func resummarise(_ shard: UnsafeMutablePointer<Shard>) {
        let summary = unsafe self.pointee.summaries + shard.pointee.index
        if unsafe shard.pointee.hasDeferred != summary.pointee.hasDeferred.load(ordering: .relaxed) {
            unsafe summary.pointee.hasDeferred.store(shard.pointee.hasDeferred, ordering: .relaxed)
        }
        if unsafe summary.pointee.score.load(ordering: .relaxed) == .max, unsafe shard.evictableCount > 0 {
            unsafe summary.pointee.score.store(.min, ordering: .relaxed)
        }
    }
}

extension ServerState {
    /// The bytes that the process has allocated, in size classes: what Redis calls `used_memory`. Exact but for what
    /// other threads do at this moment.
    var usedMemory: Int {
        #if SYSTEM_ALLOCATOR
            return unsafe workers.pointee.memory.thread.balance
        #else
            return max(0, (0..<workerCount).reduce(0) { unsafe $0 + workers[$1].memory.thread.balance })
        #endif
    }

    /// For how long `maxmemory` is exceeded at this moment, and was before, in milliseconds.
    var exceededMilliseconds: (current: Int, total: Int) {
        let since = unsafe budget.pointee.exceededSince.load(ordering: .relaxed)
        let current = since == 0 ? 0 : max(0, Int(Clock.realtimeMicroseconds()) - since)
        let total = unsafe budget.pointee.exceededTotal.load(ordering: .relaxed) + current
        return (current / 1000, total / 1000)
    }
}
