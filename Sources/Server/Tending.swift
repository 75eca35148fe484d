// What the shards of a worker need now and then: expiry and freeing, in slices between the turns of its loop.
import Commands
import Containers
import Keyspace
import Platform
import Reactor

/// How long the loop may be kept from its connections by background work. The shortest slice is what a request has to
/// wait for at worst while the server is not busy. A busy loop comes by less often, and gives a quarter of its time.
private let shortestSlice: Int64 = 25_000
private let longestSlice: Int64 = 250_000

/// The time of a slice, shared by all shards of the worker.
private struct Slice {
    let start: Int64
    let end: Int64

    init(after lastEnd: Int64) {
        start = Clock.monotonicNanoseconds()
        end = start &+ max(shortestSlice, min(longestSlice, (start &- lastEnd) / 4))
    }

    var isOver: Bool { Clock.monotonicNanoseconds() > end }

    var isHalfOver: Bool { Clock.monotonicNanoseconds() > (start + end) / 2 }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Expiry and deferred freeing of the home shards. Returns the milliseconds until more is due, -1: never.
    func tendShards() -> Int32 {
        let wasCalled = unsafe self.pointee.kernel.takeCallHome()
        if unsafe !wasCalled && self.pointee.now < self.pointee.nextTending
            && self.pointee.tendedGeneration == self.pointee.hot.generation
        {
            let next = unsafe self.pointee.nextTending
            return unsafe next == .max ? -1 : Int32(clamping: next - self.pointee.now)
        }
        unsafe self.pointee.tendedGeneration = unsafe self.pointee.hot.generation
        let shardCount = unsafe self.pointee.map.shardCount
        let workerCount = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.workerCount }
        let slice = unsafe Slice(after: self.pointee.lastSliceEnd)
        var wait: Int32 = -1
        // Another shard comes first each time: one that takes whole slices keeps none of the others waiting.
        let homeCount = unsafe (shardCount - self.pointee.index + workerCount - 1) / workerCount
        for place in 0..<homeCount {
            let turned = unsafe (place + self.pointee.tendingCount) % homeCount
            let shard = unsafe self.pointee.index + turned * workerCount
            var due: Int32 = -1
            let entered = unsafe self.pointee.kernel.withShardIfFree(shard) {
                due = unsafe tend(self.pointee.shards[shard], within: slice, isFirst: place == 0)
            }
            if !entered { due = 1 }
            if due >= 0 && (wait < 0 || due < wait) { wait = due }
        }
        unsafe self.pointee.tendingCount &+= 1
        unsafe self.pointee.lastSliceEnd = Clock.monotonicNanoseconds()
        unsafe self.pointee.nextTending = unsafe wait < 0 ? .max : self.pointee.now + Int64(wait)
        return wait
    }

    /// Looks after one shard, which is held. Returns the milliseconds until more is due, -1: never. The first shard
    /// of a slice goes on with freeing even if expiry has taken all of the time.
    private func tend(_ shard: UnsafeMutablePointer<Shard>, within slice: Slice, isFirst: Bool) -> Int32 {
        let now = unsafe self.pointee.now
        var isUnfinished = false
        unsafe self.pointee.context.pointee.connection = nil
        unsafe adjustShard(shard)
        unsafe shard.pointee.accessClock.advance(to: now)
        unsafe shard.pointee.wantsTending = false
        let expires = unsafe self.pointee.hot.expiresActively
        if unsafe expires && shard.pointee.nextDue < now {
            // What expired may have to be freed yet: then that has the other half.
            let hasDeferred = unsafe shard.pointee.hasDeferred
            let start = Clock.threadNanoseconds()
            let isMore = unsafe shard.pointee.expireDue(now: now) { hasDeferred ? slice.isHalfOver : slice.isOver }
            unsafe shard.pointee.statistics.expiry.note(Clock.threadNanoseconds() - start, isUnfinished: isMore)
            isUnfinished = isMore
        }
        if unsafe shard.pointee.hasDeferred {
            let start = Clock.threadNanoseconds()
            var isOwed = isFirst
            let isMore = unsafe shard.pointee.freeDeferred {
                defer { isOwed = false }
                return !isOwed && slice.isOver
            }
            unsafe shard.pointee.statistics.freeing.note(Clock.threadNanoseconds() - start, isUnfinished: isMore)
            isUnfinished = isUnfinished || isMore
        }
        if unsafe shard.pointee.hasUntendedTracking {
            isUnfinished = unsafe shard.tendTracking { slice.isOver } || isUnfinished
        }
        if unsafe shard.pointee.waiting.hasChanges { unsafe serveWaiting(shard) }
        if unsafe self.pointee.hasInvalidations { unsafe sendInvalidations() }
        if unsafe self.pointee.memory.isLimited { unsafe summarise(shard) }
        var due: Int32 = isUnfinished ? 0 : -1
        if unsafe !isUnfinished && expires && shard.pointee.nextDue != .max {
            due = unsafe Int32(clamping: max(1, min(1000, shard.pointee.nextDue - now + 1)))
        }
        unsafe shard.pointee.tendingTime = due < 0 ? .max : now + Int64(due)
        return due
    }
}
