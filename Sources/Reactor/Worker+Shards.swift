// How a worker runs shards: submitting batches, draining mailboxes, parking and running leases.
import Platform
import Synchronization

extension UnsafeMutablePointer where Pointee == Worker {
    /// After so many commands of other people, or `Kernel.drainCycles`, a holder lets the home worker go on.
    private static var drainCommandLimit: Int { 4096 }

    /// Takes the shard for direct execution: true if its baton was free and nothing is queued. Ends with `giveBack`.
    package func tryEnter(_ shard: Int) -> Bool {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        if unsafe self.pointee.isOccupied { return false }
        guard unsafe mailbox.pointee.baton.tryTake() else { return false }
        if unsafe mailbox.pointee.isEmpty { return true }
        unsafe drain(shard)
        return false
    }

    /// Gives back a shard that `tryEnter` took, and does what has been queued meanwhile.
    package func giveBack(_ shard: Int) {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        if unsafe !mailbox.pointee.baton.release() { unsafe drain(shard) }
    }

    /// Takes a shard for a moment's work of the server's own that may come at any place in the order of commands, also
    /// while other shards are held: true if nobody has it and nothing is queued. Never runs what is queued. Ends with
    /// `giveBackBorrowed`.
    package func tryBorrow(_ shard: Int) -> Bool {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        guard unsafe mailbox.pointee.baton.tryTake() else { return false }
        if unsafe mailbox.pointee.isEmpty { return true }
        unsafe giveBackBorrowed(shard)
        return false
    }

    /// Gives a borrowed shard back; what has been queued meanwhile is its home's.
    package func giveBackBorrowed(_ shard: Int) {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        if unsafe !mailbox.pointee.baton.release() { unsafe handOver(shard) }
    }

    /// Takes several shards for direct execution: true if all batons were free and nothing is queued on any of them.
    /// Ends with `giveBack` of all.
    package func tryEnter(_ shards: UnsafePointer<Int>, count: Int) -> Bool {
        if unsafe self.pointee.isOccupied { return false }
        let mailboxes = unsafe self.pointee.kernel.mailboxes
        for index in 0..<count {
            let shard = unsafe shards[index]
            if unsafe mailboxes[shard].baton.tryTake() {
                if unsafe mailboxes[shard].isEmpty { continue }
                unsafe hold(shard)
            }
            unsafe giveBack(shards, count: index)
            return false
        }
        // With all in hand, look again: while the later ones were being taken, a batch may have been pushed to all of
        // them and run on those not taken yet. What it left in the mailboxes of the others must come before this.
        for index in 0..<(count - 1) where unsafe !mailboxes[shards[index]].isEmpty {
            unsafe giveBack(shards, count: count)
            return false
        }
        return true
    }

    /// Gives back shards that were taken together. None of them is kept while what is queued on another is run: that
    /// may take long.
    package func giveBack(_ shards: UnsafePointer<Int>, count: Int) {
        let mailboxes = unsafe self.pointee.kernel.mailboxes
        for index in 0..<count where unsafe !mailboxes[shards[index]].baton.release() { unsafe hold(shards[index]) }
        unsafe drainAllHeld()
    }

    /// Pushes a batch's messages to their mailboxes as one, then serves those mailboxes.
    ///
    /// Several messages go through the gates, in ascending order of shards: two batches that share two shards stand
    /// in the same order in both, whether they are leases, scattered commands or a pipeline.
    package func submit(_ batch: UnsafeMutablePointer<Batch>) {
        let count = unsafe batch.pointee.messageCount
        let messages = unsafe batch.pointee.messages
        let mailboxes = unsafe self.pointee.kernel.mailboxes
        unsafe batch.pointee.published.store(false, ordering: .relaxed)
        unsafe batch.pointee.outstanding.store(count, ordering: .relaxed)
        unsafe batch.pointee.isParked = false
        // After the publication the batch may be completed and reused at any moment; the shards are all that is
        // needed then.
        let shards = unsafe self.pointee.submitted
        for index in 0..<count {
            unsafe shards[index] = unsafe messages[index].pointee.shard
            unsafe messages[index].pointee.isRefused = false
        }
        if count > 1 {
            for index in 0..<count { unsafe mailboxes[shards[index]].gate.close() }
            for index in 0..<count { unsafe mailboxes[shards[index]].push(messages[index]) }
            for index in 0..<count { unsafe mailboxes[shards[index]].gate.open() }
        } else {
            unsafe mailboxes[shards[0]].push(messages[0])
        }
        unsafe batch.pointee.published.store(true, ordering: .releasing)
        unsafe self.pointee.submittedCount = count
        unsafe self.pointee.submittedNext = 0
        while unsafe self.pointee.submittedNext < self.pointee.submittedCount {
            let shard = unsafe shards[self.pointee.submittedNext]
            unsafe self.pointee.submittedNext += 1
            if unsafe mailboxes[shard].baton.takeOrMark() { unsafe serve(shard) }
        }
    }

    /// With the shard's baton in hand: has what is queued run, here unless this worker is occupied.
    private func serve(_ shard: Int) {
        if unsafe self.pointee.isOccupied { unsafe handOver(shard) } else { unsafe drain(shard) }
    }

    /// With the shard's baton in hand: runs what is queued, here and on shards that leases bring, until every baton
    /// is given back or parked.
    func drain(_ shard: Int) {
        unsafe hold(shard)
        unsafe drainAllHeld()
    }

    private func drainAllHeld() {
        while unsafe self.pointee.heldCount > 0 {
            unsafe self.pointee.heldCount -= 1
            let shard = unsafe self.pointee.held[self.pointee.heldCount]
            if unsafe self.pointee.isOccupied { unsafe handOver(shard) } else { unsafe drainHeld(shard) }
        }
    }

    private func hold(_ shard: Int) {
        unsafe self.pointee.held[self.pointee.heldCount] = shard
        unsafe self.pointee.heldCount += 1
    }

    private func drainHeld(_ shard: Int) {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        var commands = 0
        let start = Clock.cycles()
        let limit = unsafe self.pointee.kernel.drainCycles
        while true {
            guard let message = unsafe mailbox.pointee.pop() else {
                if unsafe mailbox.pointee.baton.release() { return }
                continue
            }
            let batch = unsafe message.pointee.batch
            if unsafe batch.pointee.kind == .parts {
                unsafe commands += self.pointee.handlers.runPart(self.pointee.application, message)
                if unsafe batch.finishOne() { unsafe complete(batch) }
            } else {
                // The baton is parked in the lease; whoever parks the last one runs it.
                guard unsafe batch.finishOne() else { return }
                if unsafe batch.pointee.kind == .leaseAtOrigin && batch.pointee.origin != self.pointee.index {
                    unsafe batch.pointee.isParked = true
                    unsafe complete(batch)
                    return
                }
                commands += 1
                unsafe runLease(batch, except: shard)
            }
            if unsafe commands >= Self.drainCommandLimit || Clock.cycles() &- start > limit {
                unsafe handOver(shard)
                return
            }
        }
    }

    /// Runs a lease whose shards are all parked, then holds them (but for the one already in hand) to be drained.
    func runLease(_ batch: UnsafeMutablePointer<Batch>, except current: Int) {
        let application = unsafe self.pointee.application
        if unsafe batch.isRefused
            || self.pointee.isOccupied && !self.pointee.handlers.mayInterpose(application, batch)
        {
            unsafe self.pointee.handlers.refuseLease(application, batch)
        } else {
            unsafe self.pointee.handlers.runLease(application, batch)
        }
        for index in unsafe 0..<batch.pointee.messageCount {
            let message = unsafe batch.pointee.messages[index]
            let shard = unsafe message.pointee.shard
            if unsafe shard != current && !message.pointee.isRefused { unsafe hold(shard) }
        }
        unsafe complete(batch)
    }

    /// Lets the home worker go on with a shard that has kept this one too long.
    ///
    /// The baton goes first: a home worker that saw the flag before would find the baton taken and mark it, and the
    /// mark would be lost in the release.
    func handOver(_ shard: Int) {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        unsafe mailbox.pointee.baton.releaseUnconditionally()
        unsafe mailbox.pointee.isHandedOver.store(true, ordering: .sequentiallyConsistent)
        unsafe notify(caretaker(of: shard))
    }

    /// Lets the shard's home worker look after it soon: something fell due earlier than it expects.
    package func callHome(of shard: Int) {
        let mailbox = unsafe self.pointee.kernel.mailboxes + shard
        if unsafe mailbox.pointee.home == self.pointee.index {
            unsafe self.pointee.wasCalledHome = true
            return
        }
        unsafe mailbox.pointee.isHandedOver.store(true, ordering: .sequentiallyConsistent)
        unsafe notify(mailbox.pointee.home)
    }

    /// Whether a home shard wanted attention since the last call.
    package func takeCallHome() -> Bool {
        let called = unsafe self.pointee.wasCalledHome
        unsafe self.pointee.wasCalledHome = false
        return called
    }

    /// Goes on with home shards that somebody gave up in the middle.
    func serveHandovers() {
        let kernel = unsafe self.pointee.kernel
        var shard = unsafe self.pointee.index
        while shard < kernel.shardCount {
            let mailbox = unsafe kernel.mailboxes + shard
            if unsafe mailbox.pointee.isHandedOver.load(ordering: .relaxed),
                unsafe mailbox.pointee.isHandedOver.exchange(false, ordering: .sequentiallyConsistent)
            {
                unsafe self.pointee.wasCalledHome = true
                if unsafe mailbox.pointee.baton.takeOrMark() { unsafe drain(shard) }
            }
            shard += kernel.workerCount
        }
        if kernel.hasOccupied { unsafe serveForeignHandovers() }
    }

    /// Runs `body` on a home shard's data if nobody else does at this moment. For the shard's own timers.
    package func withShardIfFree(_ shard: Int, _ body: () -> Void) -> Bool {
        guard unsafe tryEnter(shard) else { return false }
        body()
        unsafe giveBack(shard)
        return true
    }

    /// Sends a finished batch home.
    func complete(_ batch: UnsafeMutablePointer<Batch>) {
        let origin = unsafe batch.pointee.origin
        if unsafe origin == self.pointee.index {
            unsafe batch.pointee.next = unsafe UInt(bitPattern: self.pointee.completedHere)
            unsafe self.pointee.completedHere = unsafe batch
        } else {
            unsafe (self.pointee.kernel.workers + origin).pointee.completions.push(batch)
            unsafe notify(origin)
        }
    }

    /// Hands finished batches to the application, and runs leases that wait for this thread.
    ///
    /// Each list is taken once: what its batches lead to, such as the next round of a client that never stops sending,
    /// waits for the next turn. Otherwise that client would keep the loop from everything else.
    package func serveCompletions() {
        unsafe serve(self.pointee.completions.takeAll())
        // Leases that have just run here are among these.
        let here = unsafe self.pointee.completedHere
        unsafe self.pointee.completedHere = nil
        unsafe serve(here)
    }

    private func serve(_ first: UnsafeMutablePointer<Batch>?) {
        unsafe self.pointee.serving = unsafe first
        unsafe serveRest()
    }

    /// Goes on with the batches that have come home.
    func serveRest() {
        while let batch = unsafe self.pointee.serving {
            unsafe self.pointee.serving = unsafe batch.following
            if unsafe batch.pointee.isParked {
                unsafe batch.pointee.isParked = false
                unsafe runLease(batch, except: -1)
                unsafe drainAllHeld()
            } else {
                unsafe self.pointee.handlers.completed(self.pointee.application, batch)
            }
        }
    }
}
