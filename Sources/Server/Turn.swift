// What a worker does once a loop iteration, besides serving events.
import Commands
import Containers
import Keyspace
import Platform
import Reactor

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Goes on with connections that were stopped, and runs the timers of the home shards. Returns how long to sleep.
    func turn() -> Int32 {
        unsafe refreshTime()
        unsafe refreshSettings()
        unsafe publishMemory()
        unsafe deliverMessages()
        var timeout: Int32 = unsafe resumePaused()
        timeout = unsafe earlier(timeout, resumePublishing())
        if unsafe advanceReady() { timeout = 0 }
        unsafe sample()
        unsafe self.pointee.server._withUnsafeGuaranteedRef { unsafe $0.tendHotKeys(now: self.pointee.now) }
        let background = unsafe tendShards()
        timeout = unsafe earlier(timeout, background)
        if unsafe self.pointee.memory.isLimited && mayExceedMemory && settleMemory() == .running { timeout = 0 }
        timeout = unsafe earlier(timeout, defragment())
        timeout = unsafe earlier(timeout, trimPools())
        timeout = unsafe earlier(timeout, tendWaiting())
        timeout = unsafe earlier(timeout, checkConnections())
        timeout = unsafe earlier(timeout, tendStopping())
        if unsafe self.pointee.hasInvalidations { unsafe sendInvalidations() }
        unsafe sendMessages()
        if unsafe self.pointee.hot.timesLoop { unsafe self.pointee.statistics.pointee.loop.note() }
        // The checks may have found connections to close.
        return unsafe self.pointee.ready.isEmpty ? timeout : 0
    }

    /// The same from within a script that takes long: nothing that runs shards, and no waiting.
    func occupiedTurn() {
        unsafe refreshTime()
        unsafe refreshSettings()
        unsafe publishMemory()
        unsafe deliverMessages()
        _ = unsafe resumePaused()
        _ = unsafe resumePublishing()
        _ = unsafe advanceReady()
        unsafe sample()
        _ = unsafe tendWaiting()
        _ = unsafe checkConnections()
        _ = unsafe tendStopping()
        unsafe sendMessages()
    }

    /// The shorter of two waits, of which -1 has no end.
    private func earlier(_ one: Int32, _ other: Int32) -> Int32 {
        one < 0 ? other : other < 0 ? one : Swift.min(one, other)
    }

    /// The first worker notes the totals now and then, for the rates that INFO shows.
    private func sample() {
        guard unsafe self.pointee.index == 0 && self.pointee.now >= self.pointee.nextTick else { return }
        unsafe self.pointee.nextTick = unsafe self.pointee.now + 100
        let server = unsafe self.pointee.server.takeUnretainedValue()
        unsafe server.sampleRates(now: self.pointee.now)
        _ = server.notePeak(server.usedMemory)
        unsafe self.pointee.budget.pointee.forgetExpectation()
    }

    private func advanceReady() -> Bool {
        // A script that takes long does this from within: what is left comes first.
        unsafe advanceResuming()
        if unsafe self.pointee.ready.isEmpty { return false }
        unsafe swap(&self.pointee.ready, &self.pointee.resuming)
        unsafe advanceResuming()
        return unsafe !self.pointee.ready.isEmpty
    }

    private func advanceResuming() {
        while unsafe self.pointee.resumed < self.pointee.resuming.count {
            let token = unsafe self.pointee.resuming[self.pointee.resumed]
            unsafe self.pointee.resumed += 1
            guard let connection = unsafe connection(token) else { continue }
            unsafe connection.pointee.isQueuedToAdvance = false
            unsafe advance(connection)
        }
        unsafe self.pointee.resuming.clear()
        unsafe self.pointee.resumed = 0
    }
}
