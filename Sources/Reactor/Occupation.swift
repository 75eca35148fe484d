// While a body takes long, such as a script that does not end: its worker goes on with everything that needs no shard,
// other workers run the shards it would have run, and what wants the shards that it holds can be refused.
import Platform
import Synchronization

/// How many workers are occupied, and how many shards are refusing. Rarely written.
struct Occupations: ~Copyable {
    let workers = Atomic<Int>(0)
    let refusing = Atomic<Int>(0)
}

extension Kernel {
    var hasOccupied: Bool { unsafe occupations.pointee.workers.load(ordering: .relaxed) != 0 }

    /// Whether some shard refuses what comes to it.
    package var hasRefusals: Bool { unsafe occupations.pointee.refusing.load(ordering: .relaxed) != 0 }

    /// Why a shard refuses what comes to it; 0: it does not.
    package func refusal(of shard: Int) -> UInt8 { unsafe mailboxes[shard].refusal.load(ordering: .relaxed) }

    /// Makes a shard refuse what comes to it, or no longer (0). For the holder of its baton.
    package func setRefusal(_ reason: UInt8, of shard: Int) {
        let old = unsafe mailboxes[shard].refusal.exchange(reason, ordering: .relaxed)
        let change = (reason == 0 ? 0 : 1) - (old == 0 ? 0 : 1)
        if change != 0 { unsafe occupations.pointee.refusing.wrappingAdd(change, ordering: .relaxed) }
    }
}

extension UnsafeMutablePointer where Pointee == Batch {
    /// Whether one of its shards has refused the lease, so that it does not hold all of them.
    var isRefused: Bool {
        for index in unsafe 0..<self.pointee.messageCount
        where unsafe self.pointee.messages[index].pointee.isRefused {
            return true
        }
        return false
    }
}

extension UnsafeMutablePointer where Pointee == Worker {
    /// The running body takes long. From now on this worker runs no shards: it gives away those that it was about to
    /// drain, and what it submits is run by others. The shards of the body itself stay in its hands.
    package func beginOccupation() {
        unsafe self.pointee.isOccupied = true
        unsafe self.pointee.showsOccupation.store(true, ordering: .sequentiallyConsistent)
        unsafe self.pointee.kernel.occupations.pointee.workers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        let mailboxes = unsafe self.pointee.kernel.mailboxes
        while unsafe self.pointee.submittedNext < self.pointee.submittedCount {
            let shard = unsafe self.pointee.submitted[self.pointee.submittedNext]
            unsafe self.pointee.submittedNext += 1
            if unsafe mailboxes[shard].baton.takeOrMark() { unsafe handOver(shard) }
        }
        unsafe swap(&self.pointee.submitted, &self.pointee.spareSubmitted)
        unsafe giveHeldAway()
    }

    /// The body has ended.
    package func endOccupation() {
        unsafe swap(&self.pointee.submitted, &self.pointee.spareSubmitted)
        unsafe self.pointee.isOccupied = false
        unsafe self.pointee.showsOccupation.store(false, ordering: .sequentiallyConsistent)
        unsafe self.pointee.kernel.occupations.pointee.workers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }

    /// Whether a body that takes long is under way on this worker.
    package var isOccupied: Bool { unsafe self.pointee.isOccupied }

    /// One turn of the loop from within the body; waits so long for something to do. False: there was nothing.
    package func serveWhileOccupied(nanoseconds: Int64) -> Bool {
        unsafe serveEvents()
        var wait = nanoseconds
        if wait > 0 {
            unsafe self.pointee.isSleeping.store(true, ordering: .sequentiallyConsistent)
            if unsafe hasWork { wait = 0 }
        }
        unsafe self.pointee.eventCount = unsafe self.pointee.epoll.wait(nanoseconds: wait)
        unsafe self.pointee.isSleeping.store(false, ordering: .relaxed)
        let isBusy = unsafe self.pointee.eventCount > 0 || !self.pointee.completions.isEmpty
        unsafe self.pointee.nextEvent = 0
        unsafe serveEvents()
        unsafe serveRest()
        unsafe serveCompletions()
        unsafe self.pointee.tasks._withUnsafeGuaranteedRef { $0.runAll() }
        unsafe self.pointee.handlers.occupiedTurn(self.pointee.application)
        unsafe passHandoversOn()
        unsafe flushNotifications()
        return isBusy
    }

    /// Answers what is queued on a shard that the body holds, without running it. Whoever waits for this shard with
    /// others parked gets those back.
    package func refuseQueued(on shard: Int) {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        while let message = unsafe mailbox.pointee.popNew() {
            let batch = unsafe message.pointee.batch
            if unsafe batch.pointee.kind == .parts {
                if unsafe !self.pointee.handlers.refusePart(self.pointee.application, message) {
                    unsafe mailbox.pointee.keep(message)
                } else if unsafe batch.finishOne() {
                    unsafe complete(batch)
                }
            } else {
                unsafe message.pointee.isRefused = true
                guard unsafe batch.finishOne() else { continue }
                unsafe runLease(batch, except: shard)
                unsafe giveHeldAway()
            }
        }
    }

    private func giveHeldAway() {
        while unsafe self.pointee.heldCount > 0 {
            unsafe self.pointee.heldCount -= 1
            unsafe handOver(self.pointee.held[self.pointee.heldCount])
        }
    }

    /// Who looks after a shard that somebody gave up in the middle: its home, or, while that is occupied, the next
    /// worker that is not.
    func caretaker(of shard: Int) -> Int {
        let kernel = unsafe self.pointee.kernel
        let home = unsafe kernel.mailboxes[shard].home
        if !kernel.hasOccupied { return home }
        for offset in 0..<kernel.workerCount {
            let worker = (home + offset) % kernel.workerCount
            if unsafe !kernel.workers[worker].showsOccupation.load(ordering: .sequentiallyConsistent) { return worker }
        }
        return home
    }

    /// Tells others of shards that nobody has taken up: their caretaker may have become occupied before it could.
    private func passHandoversOn() {
        let kernel = unsafe self.pointee.kernel
        for shard in 0..<kernel.shardCount
        where unsafe kernel.mailboxes[shard].isHandedOver.load(ordering: .relaxed) {
            unsafe notify(caretaker(of: shard))
        }
    }

    /// Whether a shard of an occupied worker waits for somebody.
    var hasForeignHandover: Bool {
        let kernel = unsafe self.pointee.kernel
        return (0..<kernel.shardCount).contains { unsafe isForeignHandover($0) }
    }

    private func isForeignHandover(_ shard: Int) -> Bool {
        let kernel = unsafe self.pointee.kernel
        guard unsafe kernel.mailboxes[shard].isHandedOver.load(ordering: .sequentiallyConsistent) else { return false }
        return unsafe kernel.workers[kernel.mailboxes[shard].home].showsOccupation.load(ordering: .relaxed)
    }

    /// Goes on with shards that were given up and whose homes are occupied.
    func serveForeignHandovers() {
        let kernel = unsafe self.pointee.kernel
        for shard in 0..<kernel.shardCount where unsafe isForeignHandover(shard) {
            let mailbox = unsafe kernel.mailboxes + shard
            guard unsafe mailbox.pointee.isHandedOver.exchange(false, ordering: .sequentiallyConsistent) else {
                continue
            }
            if unsafe mailbox.pointee.baton.takeOrMark() { unsafe drain(shard) }
        }
    }
}
