// What a worker does once a loop iteration, besides serving events.
import Commands
import Containers
import Keyspace
import Platform
import Reactor

/// A slice of a shard's background work.
private let sliceNanoseconds: Int64 = 250_000

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Goes on with connections that were stopped, and runs the timers of the home shards. Returns how long to sleep.
    func turn() -> Int32 {
        unsafe refreshTime()
        unsafe refreshSettings()
        unsafe publishMemory()
        var timeout: Int32 = unsafe resumePaused()
        if unsafe advanceReady() { timeout = 0 }
        unsafe sample()
        unsafe self.pointee.server._withUnsafeGuaranteedRef { unsafe $0.tendHotKeys(now: self.pointee.now) }
        let background = unsafe tendShards()
        timeout = unsafe earlier(timeout, background)
        if unsafe self.pointee.memory.isLimited && mayExceedMemory && settleMemory() == .running { timeout = 0 }
        timeout = unsafe earlier(timeout, tendWaiting())
        timeout = unsafe earlier(timeout, checkConnections())
        timeout = unsafe earlier(timeout, tendStopping())
        // The checks may have found connections to close.
        return unsafe self.pointee.ready.isEmpty ? timeout : 0
    }

    /// The shorter of two waits, of which -1 has no end.
    private func earlier(_ one: Int32, _ other: Int32) -> Int32 {
        one < 0 ? other : other < 0 ? one : Swift.min(one, other)
    }

    /// The first worker notes the totals now and then, for the rates that INFO shows.
    private func sample() {
        guard unsafe self.pointee.index == 0 && self.pointee.now >= self.pointee.nextTick else { return }
        unsafe self.pointee.nextTick = unsafe self.pointee.now + 100
        unsafe self.pointee.server.takeUnretainedValue().sampleRates(now: self.pointee.now)
    }

    private func advanceReady() -> Bool {
        let count = unsafe self.pointee.ready.count
        guard count > 0 else { return false }
        var tokens: [UInt64] = []
        for index in 0..<count { unsafe tokens.append(self.pointee.ready[index]) }
        unsafe self.pointee.ready.clear()
        for token in tokens {
            guard let connection = unsafe connection(token) else { continue }
            unsafe connection.pointee.isQueuedToAdvance = false
            unsafe advance(connection)
        }
        return unsafe !self.pointee.ready.isEmpty
    }

    /// Expiry and deferred freeing of the home shards, in slices. Returns the milliseconds until more is due, -1:
    /// never.
    private func tendShards() -> Int32 {
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
        var wait: Int32 = -1
        var shard = unsafe self.pointee.index
        while shard < shardCount {
            var due: Int32 = -1
            let pointer = unsafe self.pointee.shards[shard]
            let now = unsafe self.pointee.now
            let entered = unsafe self.pointee.kernel.withShardIfFree(shard) {
                let start = Clock.monotonicNanoseconds()
                let isOver = { Clock.monotonicNanoseconds() - start > sliceNanoseconds }
                unsafe adjustShard(pointer)
                unsafe pointer.pointee.accessClock.advance(to: now)
                unsafe pointer.pointee.wantsTending = false
                let expires = unsafe self.pointee.hot.expiresActively
                if unsafe expires && pointer.pointee.expireDue(now: now, isOver: isOver) { due = 0 }
                if unsafe pointer.pointee.freeDeferred(isOver: isOver) { due = 0 }
                if unsafe pointer.pointee.waiting.hasChanges { unsafe self.serveWaiting(pointer) }
                if unsafe self.pointee.memory.isLimited { unsafe summarise(pointer) }
                if unsafe due != 0 && expires && pointer.pointee.nextDue != .max {
                    due = unsafe Int32(clamping: max(1, min(1000, pointer.pointee.nextDue - now + 1)))
                }
                unsafe pointer.pointee.tendingTime = due < 0 ? .max : now + Int64(due)
            }
            if !entered { due = 1 }
            if due >= 0 && (wait < 0 || due < wait) { wait = due }
            shard += workerCount
        }
        unsafe self.pointee.nextTending = unsafe wait < 0 ? .max : self.pointee.now + Int64(wait)
        return wait
    }
}
