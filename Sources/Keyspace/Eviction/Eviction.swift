// Choosing what goes when memory is short: a shard's part of it.
import Bytes
import Containers
import Platform

/// What a shard knows for evicting: the policy, and who might go next.
package struct Eviction {
    package private(set) var policy = EvictionPolicy.noEviction
    /// How many entries are looked at for each that is evicted (`maxmemory-samples`).
    package var samples = 5
    var pool = CandidatePool()

    /// Changes the policy; candidates of another one mean nothing.
    package mutating func setPolicy(_ new: EvictionPolicy) {
        if new == policy { return }
        policy = new
        pool.clear()
    }
}

/// An entry that is about to be evicted.
private struct Victim {
    let database: Database
    let found: Found
    let hash: UInt64
}

/// Samplings in vain after which the next best entry has to do.
private let attempts = 8
/// Victims that may be spared before the rest is taken to be in use too.
private let maximumSpared = 64

extension UnsafeMutablePointer where Pointee == Shard {
    /// Entries that the policy may evict, in all databases; those past their deadline too.
    package var evictableCount: Int {
        let policy = unsafe self.pointee.eviction.policy
        if policy == .noEviction { return 0 }
        var count = 0
        for index in unsafe 0..<self.pointee.databaseCount { unsafe count += evictableCount(index, policy) }
        return count
    }

    private func evictableCount(_ index: Int, _ policy: EvictionPolicy) -> Int {
        let database = unsafe self.pointee.database(index)
        return policy.isVolatile ? database.deadlineCount : database.count
    }

    /// How cold the coldest known candidate is, the lower the colder, comparable between shards of the same policy:
    /// `Int64.max` if there is nothing to evict, `Int64.min` if nothing is known.
    package var evictionScore: Int64 {
        if let first = unsafe self.pointee.eviction.pool.first { return first.score }
        return unsafe evictableCount > 0 ? .min : .max
    }

    /// Evicts entries until about `bytes` are free, `isOver` says that it is enough, or nothing is left to go. Keys
    /// for which `isSpared` is true stay. Returns the bytes; those of large values wait to be freed in slices.
    package func evict(_ bytes: Int, sparing isSpared: (ByteView) -> Bool, until isOver: () -> Bool) -> Int {
        var freed = 0
        var spared = 0
        while freed < bytes && !isOver() {
            guard let victim = unsafe nextVictim() else { break }
            if isSpared(victim.found.entry.key) {
                spared += 1
                if spared == maximumSpared { break }
                continue
            }
            freed += victim.found.entry.memoryBytes
            unsafe evict(victim)
        }
        return freed
    }

    private func evict(_ victim: Victim) {
        unsafe self.pointee.statistics.evicted += 1
        if unsafe self.pointee.accessClock.kind == .experience {
            unsafe self.pointee.accessClock.experience.noteEviction(
                victim.database.ghostHash(victim.hash), access: victim.found.entry.access)
        }
        if let hook = unsafe self.pointee.onEvicted { hook(victim.database, victim.found.entry) }
        victim.database.remove(victim.found, hash: victim.hash)
    }

    private func nextVictim() -> Victim? {
        let policy = unsafe self.pointee.eviction.policy
        if policy == .noEviction { return nil }
        let count = unsafe evictableCount
        if count == 0 { return nil }
        if policy.order == .random { return unsafe randomVictim(count) }
        for _ in 0..<attempts {
            unsafe sample(policy, count)
            while let candidate = unsafe self.pointee.eviction.pool.popFirst() {
                if let victim = unsafe verify(candidate, policy) { return victim }
            }
        }
        return unsafe randomVictim(count)
    }

    /// The candidate's entry, if it is still there and was not used since.
    private func verify(_ candidate: EvictionCandidate, _ policy: EvictionPolicy) -> Victim? {
        let database = unsafe self.pointee.database(candidate.database)
        guard let found = database.find(at: candidate.address, hash: candidate.hash) else { return nil }
        if policy.isVolatile && !found.entry.hasDeadline { return nil }
        if policy.order == .earliestDeadline {
            if found.entry.deadline != candidate.score { return nil }
        } else if found.entry.accessBits != candidate.access {
            return nil
        }
        return Victim(database: database, found: found, hash: candidate.hash)
    }

    /// Any entry that may go, all about equally likely.
    private func randomVictim(_ count: Int) -> Victim? {
        let policy = unsafe self.pointee.eviction.policy
        for _ in 0..<attempts {
            let database = unsafe randomDatabase(count, policy)
            let choice = unsafe self.pointee.nextRandom()
            guard let entry = database.sampleEntry(choice, isVolatile: policy.isVolatile) else { continue }
            let hash = database.hash(of: entry)
            guard let found = unsafe database.find(at: UInt(bitPattern: entry.base), hash: hash) else { continue }
            return Victim(database: database, found: found, hash: hash)
        }
        return nil
    }

    /// A database, chosen by the number of entries that may go.
    private func randomDatabase(_ count: Int, _ policy: EvictionPolicy) -> Database {
        var choice = unsafe Int(truncatingIfNeeded: self.pointee.nextRandom() >> 1) % count
        for index in unsafe 0..<self.pointee.databaseCount {
            let evictable = unsafe evictableCount(index, policy)
            if choice < evictable { return unsafe self.pointee.database(index) }
            choice -= evictable
        }
        return unsafe self.pointee.database(0)
    }

    /// Looks at some entries and keeps the best as candidates.
    private func sample(_ policy: EvictionPolicy, _ count: Int) {
        let database = unsafe randomDatabase(count, policy)
        if policy.order == .earliestDeadline {
            // A look at the earliest deadlines yields many candidates.
            if unsafe self.pointee.eviction.pool.count > 0 { return }
            database.sampleEarliest { unsafe consider($0, database, score: $0.deadline) }
            return
        }
        // What is coldest differs from place to place more than when all are in one order.
        let factor = policy.order == .leastExpected ? 2 : 1
        let samples = unsafe Swift.min(self.pointee.eviction.samples, 1 << 20) * factor
        let choice = unsafe self.pointee.nextRandom()
        database.sample(samples, choice: choice, isVolatile: policy.isVolatile) { entry in
            unsafe consider(entry, database, score: self.pointee.accessClock.score(of: entry))
        }
    }

    private func consider(_ entry: Entry, _ database: Database, score: Int64) {
        guard unsafe self.pointee.eviction.pool.accepts(score) else { return }
        let candidate = unsafe EvictionCandidate(
            score: score, hash: database.hash(of: entry), address: UInt(bitPattern: entry.base),
            access: entry.accessBits, database: database.index)
        unsafe self.pointee.eviction.pool.insert(candidate)
    }
}
