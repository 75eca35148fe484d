// Getting below the limit: freeing what waits to be freed, and evicting, a slice at a time.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor
import Synchronization

/// What came of an attempt.
enum Relief {
    /// Less than the limit is used.
    case room
    /// More is used, and there is more to evict or to free: the next slice goes on.
    case running
    /// More is used, and nothing can be evicted.
    case nothing
}

/// How long an attempt may take.
private let sliceMicroseconds = 400.0
/// The same if writers are faster than slices can evict, so that the limit is far exceeded.
private let longSliceMicroseconds = 5000.0
/// The same where the next commands of all threads together could exceed the limit by more than it allows.
private let longestSliceMicroseconds = 50_000.0

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Whether this thread has allocated so much since the last look that the limit may be exceeded.
    @inline(__always)
    var mayExceedMemory: Bool {
        unsafe self.pointee.memory.thread.balance > self.pointee.memory.allowance
    }

    /// Before a round, between two turns, or before so many bytes are allocated: with no shard in hand, works towards
    /// the limit.
    @inline(never)
    @discardableResult
    func settleMemory(adding bytes: Int = 0) -> Relief {
        let limit = unsafe self.pointee.hot.maximumMemory
        let used = unsafe currentMemory()
        if used + bytes <= limit { return unsafe noteRoom(used) }
        let target = Swift.max(0, limit - bytes)
        let relief = unsafe relieve(to: target, used: used, round: nil, microseconds: sliceMicroseconds)
        if relief == .room { return unsafe noteRoom(currentMemory()) }
        unsafe self.pointee.memory.allowance = .min
        unsafe self.pointee.memory.isRefusing = relief == .nothing
        unsafe noteExcess()
        return relief
    }

    /// Before a command that may need memory, with its shards in hand: keeps what is used from growing. False: it has
    /// to be refused.
    @inline(never)
    func admit(_ round: UnsafeMutablePointer<Round>) -> Bool {
        let limit = unsafe self.pointee.hot.maximumMemory
        unsafe self.pointee.memory.reserve(atMost: limit / 16, self.pointee.budget.pointee)
        let used = unsafe currentMemory()
        if used <= limit {
            unsafe noteRoom(used)
            return true
        }
        let ceiling = unsafe Swift.max(limit, self.pointee.budget.pointee.ceiling.load(ordering: .relaxed))
        // After the limit was lowered, the slices between the rounds work towards it, unless they found nothing.
        if unsafe used <= ceiling && !self.pointee.memory.isRefusing { return true }
        let target = used <= ceiling ? limit : ceiling
        let excess = used - ceiling
        let slice =
            excess > Swift.max(limit / 150, 5 << 20)
            ? longestSliceMicroseconds
            : excess > Swift.max(limit / 200, 3 << 20) ? longSliceMicroseconds : sliceMicroseconds
        let relief = unsafe relieve(to: target, used: used, round: round, microseconds: slice)
        if relief == .room && target == limit {
            unsafe noteRoom(currentMemory())
        } else {
            unsafe self.pointee.memory.allowance = .min
            unsafe self.pointee.memory.isRefusing = relief == .nothing
            unsafe noteExcess()
        }
        return relief != .nothing
    }

    /// Less than the limit is used: nothing has to be looked at before this thread has allocated some more.
    @discardableResult
    private func noteRoom(_ used: Int) -> Relief {
        let limit = unsafe self.pointee.hot.maximumMemory
        let balance = unsafe self.pointee.memory.thread.balance
        let share = Swift.min(Swift.max(0, limit - used), MemoryBudget.publicationStep)
        unsafe self.pointee.memory.allowance = unsafe self.pointee.budget.pointee.expectsMuch ? .min : balance + share
        unsafe self.pointee.memory.isRefusing = false
        unsafe lowerCeiling(used)
        if unsafe self.pointee.budget.pointee.exceededSince.load(ordering: .relaxed) != 0 {
            let since = unsafe self.pointee.budget.pointee.exceededSince.exchange(0, ordering: .relaxed)
            if since != 0 {
                let duration = Swift.max(0, Int(Clock.realtimeMicroseconds()) - since)
                unsafe self.pointee.budget.pointee.exceededTotal.wrappingAdd(duration, ordering: .relaxed)
            }
        }
        return .room
    }

    private func noteExcess() {
        unsafe lowerCeiling(currentMemory())
        if unsafe self.pointee.budget.pointee.exceededSince.load(ordering: .relaxed) != 0 { return }
        unsafe self.pointee.budget.pointee.exceededSince.store(
            Int(Clock.realtimeMicroseconds()), ordering: .relaxed)
    }

    private func lowerCeiling(_ used: Int) {
        let lower = unsafe Swift.max(self.pointee.hot.maximumMemory, used)
        if unsafe lower < self.pointee.budget.pointee.ceiling.load(ordering: .relaxed) {
            unsafe self.pointee.budget.pointee.ceiling.store(lower, ordering: .relaxed)
        }
    }

    /// Frees and evicts until no more than `target` is used or the time is up.
    private func relieve(
        to target: Int, used: Int, round: UnsafeMutablePointer<Round>?, microseconds: Double
    ) -> Relief {
        let shardCount = unsafe self.pointee.map.shardCount
        unsafe self.pointee.memory.wasTried.update(repeating: false, count: shardCount)
        let started = Clock.cycles()
        let end = unsafe started &+ UInt64(microseconds * self.pointee.hot.cyclesPerMicrosecond)
        // Somewhat more goes than must, so that not every command has to come here.
        let headroom = Swift.min(16 << 10, target / 256)
        var missing = used - target
        // Far beyond the limit, nothing more is allocated before others have given their shards back.
        let isPatient = microseconds >= longSliceMicroseconds
        var isAnyBusy = false
        var isAnyUnknown = false
        var result = Relief.running
        while true {
            if missing <= 0 {
                result = .room
                break
            }
            if Clock.cycles() > end { break }
            guard let shard = unsafe coldestShard(round) else {
                if isAnyUnknown || isAnyBusy && isPatient {
                    // Whoever has it is about to say what is in it, or to give it back.
                    Thread.yield()
                    isAnyUnknown = false
                    isAnyBusy = false
                    unsafe self.pointee.memory.wasTried.update(repeating: false, count: shardCount)
                    continue
                }
                result = isAnyBusy ? .running : .nothing
                break
            }
            let bytes = Swift.min(missing + headroom, Swift.max(64 << 10, missing / 8))
            switch unsafe visit(shard, round, evicting: bytes, target: target, end: end) {
            case .busy:
                isAnyBusy = true
                if unsafe self.pointee.summaries[shard].score.load(ordering: .relaxed) == .min { isAnyUnknown = true }
                unsafe self.pointee.memory.wasTried[shard] = true
            case .empty: unsafe self.pointee.memory.wasTried[shard] = true
            case .relieved: unsafe self.pointee.memory.charge(bytes, evictedIn: shard, self.pointee.summaries)
            }
            missing = unsafe currentMemory() - target
        }
        if unsafe Clock.cycles() &- started > self.pointee.hot.latencyCycles { unsafe noteCycle(since: started) }
        return result
    }

    private func noteCycle(since started: UInt64) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let milliseconds = Int(Double(Clock.cycles() &- started) / server.cyclesPerMicrosecond / 1000)
        server.latency.note("eviction-cycle", milliseconds: milliseconds)
        server.latency.note("eviction-del", milliseconds: milliseconds)
    }

    /// The shard that something waits to be freed in, else the one with the coldest candidate, among those not tried
    /// yet. Of several alike, and where candidates cannot be compared, the one that is most in arrears.
    private func coldestShard(_ round: UnsafeMutablePointer<Round>?) -> Int? {
        let shardCount = unsafe self.pointee.map.shardCount
        let policy = unsafe self.pointee.hot.evictionPolicy
        let start = unsafe self.pointee.memory.choose(shardCount)
        var best: Int?
        var bestScore = Int64.max
        var bestArrears = Int.min
        for offset in 0..<shardCount {
            let shard = start + offset < shardCount ? start + offset : start + offset - shardCount
            if unsafe self.pointee.memory.wasTried[shard] { continue }
            let summary = unsafe self.pointee.summaries + shard
            if unsafe summary.pointee.hasDeferred.load(ordering: .relaxed) { return shard }
            if policy == .noEviction && !(unsafe isHeld(shard, round)) { continue }
            var score = unsafe summary.pointee.score.load(ordering: .relaxed)
            if score == .max {
                // Those in hand are known better.
                if unsafe !isHeld(shard, round) { continue }
                score = .max - 1
            } else if !policy.comparesShards {
                score = 0
            }
            let arrears = unsafe self.pointee.memory.arrears[shard]
            if best == nil || score < bestScore || score == bestScore && arrears > bestArrears {
                (best, bestScore, bestArrears) = (shard, score, arrears)
            }
        }
        return best
    }

    /// Whether the steps that are being run hold this shard.
    private func isHeld(_ shard: Int, _ round: UnsafeMutablePointer<Round>?) -> Bool {
        guard let round = unsafe round else { return false }
        if let single = unsafe self.pointee.context.pointee.keyspace.single {
            return unsafe single.pointee.index == shard
        }
        return unsafe round.pointee.kind != .parts && round.pointee.isShardNeeded[shard]
    }

    private enum Visit {
        case relieved, busy, empty
    }

    /// Frees and evicts in one shard, if it is in hand or nobody else's.
    private func visit(
        _ index: Int, _ round: UnsafeMutablePointer<Round>?, evicting bytes: Int, target: Int, end: UInt64
    ) -> Visit {
        let isHeld = unsafe isHeld(index, round)
        if unsafe !isHeld && !self.pointee.kernel.tryBorrow(index) { return .busy }
        let shard = unsafe self.pointee.shards[index]
        unsafe adjustShard(shard)
        unsafe shard.pointee.accessClock.advance(to: self.pointee.now)
        var visit = Visit.empty
        if unsafe shard.pointee.hasDeferred {
            _ = unsafe shard.pointee.freeDeferred { unsafe Clock.cycles() > end || currentMemory() <= target }
            visit = .relieved
        }
        if unsafe !shard.pointee.hasDeferred && currentMemory() > target {
            let connection = unsafe self.pointee.context.pointee.connection
            unsafe self.pointee.context.pointee.connection = nil
            let freed = unsafe shard.evict(
                bytes, sparing: { unsafe isNamed($0, round) }, until: { Clock.cycles() > end })
            unsafe self.pointee.context.pointee.connection = unsafe connection
            if freed > 0 { visit = .relieved }
        }
        unsafe summarise(shard)
        if unsafe self.pointee.hasInvalidations { unsafe sendInvalidations() }
        if !isHeld {
            if unsafe shard.pointee.wantsTending || shard.pointee.waiting.hasChanges {
                unsafe self.pointee.kernel.callHome(of: index)
            }
            unsafe self.pointee.kernel.giveBackBorrowed(index)
        }
        return visit
    }

    /// Whether the transaction that is being run names this key: it must not lose it in the middle.
    private func isNamed(_ key: ByteView, _ round: UnsafeMutablePointer<Round>?) -> Bool {
        guard let round = unsafe round, unsafe self.pointee.context.pointee.isInTransaction else { return false }
        for index in unsafe 0..<round.pointee.arguments.count
        where unsafe round.pointee.arguments[index] == key {
            return true
        }
        return false
    }
}
