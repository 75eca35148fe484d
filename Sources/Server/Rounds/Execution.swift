// Executing a round: at once if its shard is free, else as parts through the mailboxes; and leases.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Runs a filled round. True: done, its replies are in the output. False: in flight.
    func execute(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) -> Bool {
        let shardCount = unsafe round.pointee.shards.count
        if shardCount == 0 {
            unsafe runDirectly(connection, round, shard: nil)
            return true
        }
        if shardCount == 1 {
            let shard = unsafe round.pointee.shards[0]
            if unsafe self.pointee.kernel.tryEnter(shard) {
                unsafe arrive(at: self.pointee.shards[shard], for: connection)
                unsafe runDirectly(connection, round, shard: self.pointee.shards[shard])
                unsafe leave(self.pointee.shards[shard])
                unsafe self.pointee.kernel.giveBack(shard)
                return true
            }
        }
        unsafe submitParts(connection, round)
        return false
    }

    /// A shard comes into this thread's hands to run commands of a connection: its clock is set.
    @inline(__always)
    func arrive(at shard: UnsafeMutablePointer<Shard>, for connection: ConnectionPointer) {
        unsafe shard.pointee.accessClock.advance(to: self.pointee.now)
        unsafe shard.pointee.accessClock.setLeavesNoTrace(connection.pointee.leavesNoTrace)
        if unsafe _slowPath(self.pointee.memory.isLimited), unsafe self.pointee.budget.pointee.expectsMuch {
            unsafe self.pointee.memory.allowance = .min
        }
    }

    /// A shard is about to be given back: its home is told if there is something to look after.
    @inline(__always)
    func leave(_ shard: UnsafeMutablePointer<Shard>) {
        if unsafe _slowPath(self.pointee.memory.isLimited) {
            unsafe self.pointee.memory.endReservation()
            unsafe resummarise(shard)
        }
        unsafe publishMemory()
        if unsafe _slowPath(self.pointee.hasInvalidations) { unsafe sendInvalidations() }
        if unsafe _slowPath(shard.pointee.wantsTending) { unsafe self.pointee.kernel.callHome(of: shard.pointee.index) }
    }

    /// Every step in order, replies straight into the output.
    private func runDirectly(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, shard: UnsafeMutablePointer<Shard>?
    ) {
        let output = unsafe self.pointee.output
        var started = unsafe prepareContext(
            of: round, shard: shard, connection: connection, reply: output,
            protocolVersion: connection.pointee.protocolVersion)
        let count = unsafe round.pointee.steps.count
        guard count > 0 else { return }
        let steps = unsafe round.pointee.steps.elements
        guard let shard = unsafe shard else {
            for index in 0..<count { unsafe run(steps + index, of: round, into: output, started: &started) }
            return
        }
        let begin = started
        unsafe prefetch(steps, count, shard)
        if unsafe _slowPath(shard.pointee.tracksHotKeys) {
            unsafe runTracked(round, part: nil, count: count, shard, into: output, started: &started)
        } else {
            for index in 0..<count {
                unsafe run(steps + index, of: round, into: output, started: &started)
                if unsafe _slowPath(shard.pointee.waiting.hasChanges) { unsafe serveWaiting(shard) }
            }
        }
        unsafe self.pointee.shardLoads.add(shard.pointee.index, commands: count, cycles: started &- begin)
    }

    /// Brings the buckets, then the entries of all steps on the way to the processor.
    @inline(__always)
    private func prefetch(_ steps: UnsafeMutablePointer<Step>, _ count: Int, _ shard: UnsafeMutablePointer<Shard>) {
        guard count > 1 else { return }
        for index in 0..<count {
            unsafe shard.pointee.prefetchBucket(steps + index)
        }
        for index in 0..<count {
            unsafe shard.pointee.prefetchEntry(steps + index)
        }
    }

    func submitParts(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        unsafe round.pointee.kind = .parts
        unsafe round.pointee.connection = unsafe connection
        unsafe connection.pointee.isInFlight = true
        let count = unsafe round.pointee.steps.count
        for index in 0..<count {
            let shard = unsafe Int(round.pointee.steps[index].shard)
            if shard >= 0 { unsafe round.pointee.parts[shard].steps.append(UInt32(truncatingIfNeeded: index)) }
        }
        // Local steps run now; their replies wait in the round.
        let local = unsafe round.pointee.local
        var started = unsafe prepareContext(
            of: round, shard: nil, connection: connection, reply: local,
            protocolVersion: connection.pointee.protocolVersion)
        for index in 0..<count where unsafe round.pointee.steps[index].shard < 0 {
            unsafe run(round.pointee.steps.elements + index, of: round, into: local, started: &started)
        }
        unsafe round.pointee.prepareBatch(.parts)
        unsafe self.pointee.kernel.submit(Round.batch(round))
    }

    /// Runs one part on its shard, whose baton this thread holds. Returns the number of steps.
    func runPart(_ part: UnsafeMutablePointer<Part>) -> Int {
        let round = unsafe part.pointee.round
        let shard = unsafe self.pointee.shards[part.pointee.message.shard]
        if let task = unsafe round.pointee.task {
            unsafe self.pointee.context.pointee.connection = nil
            unsafe task(shard)
            if unsafe shard.pointee.waiting.hasChanges { unsafe serveWaiting(shard) }
            if unsafe self.pointee.hasInvalidations { unsafe sendInvalidations() }
            return 1
        }
        let connection = unsafe round.pointee.connection.unsafelyUnwrapped
        unsafe arrive(at: shard, for: connection)
        defer { unsafe leave(shard) }
        let reply = unsafe part.pointee.reply
        var started = unsafe prepareContext(
            of: round, shard: shard, connection: connection, reply: reply,
            protocolVersion: connection.pointee.protocolVersion)
        let count = unsafe part.pointee.steps.count
        let steps = unsafe round.pointee.steps.elements
        let begin = started
        for index in 0..<count {
            unsafe shard.pointee.prefetchBucket(steps + Int(part.pointee.steps[index]))
        }
        for index in 0..<count {
            unsafe shard.pointee.prefetchEntry(steps + Int(part.pointee.steps[index]))
        }
        if unsafe _slowPath(shard.pointee.tracksHotKeys || connection.pointee.tracksKeys) {
            unsafe runTracked(round, part: part, count: count, shard, into: reply, started: &started)
        } else {
            for index in 0..<count {
                unsafe run(steps + Int(part.pointee.steps[index]), of: round, into: reply, started: &started)
                if unsafe _slowPath(shard.pointee.waiting.hasChanges) { unsafe serveWaiting(shard) }
            }
        }
        unsafe self.pointee.shardLoads.add(shard.pointee.index, commands: count, cycles: started &- begin)
        return count
    }

    /// Submits the round's one command, or its transaction, to a lease of the shards marked in it. True: done.
    func executeLease(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ kind: RoundKind, atOrigin: Bool
    ) -> Bool {
        unsafe round.pointee.kind = kind
        unsafe round.pointee.connection = unsafe connection
        let shards = unsafe UnsafePointer(round.pointee.shards.elements)
        let count = unsafe round.pointee.shards.count
        if unsafe self.pointee.kernel.tryEnter(shards, count: count) {
            unsafe runLeaseBody(round, into: self.pointee.output)
            unsafe self.pointee.kernel.giveBack(shards, count: count)
            return true
        }
        unsafe connection.pointee.isInFlight = true
        unsafe round.pointee.prepareBatch(atOrigin ? .leaseAtOrigin : .lease)
        unsafe self.pointee.kernel.submit(Round.batch(round))
        return false
    }

    /// The body of a lease; all its shards are held. Called on whatever thread parked the last baton.
    func runLeaseBody(_ round: UnsafeMutablePointer<Round>, into reply: UnsafeMutablePointer<ReplyBuffer>) {
        let connection = unsafe round.pointee.connection.unsafelyUnwrapped
        for index in unsafe 0..<round.pointee.shards.count {
            unsafe arrive(at: self.pointee.shards[round.pointee.shards[index]], for: connection)
        }
        defer {
            for index in unsafe 0..<round.pointee.shards.count {
                unsafe leave(self.pointee.shards[round.pointee.shards[index]])
            }
        }
        unsafe self.pointee.occupation.lease = unsafe round
        let single = unsafe round.pointee.shards.count == 1 ? self.pointee.shards[round.pointee.shards[0]] : nil
        var started = unsafe prepareContext(
            of: round, shard: single, connection: connection, reply: reply,
            protocolVersion: connection.pointee.protocolVersion)
        let begin = started
        if unsafe connection.pointee.tracksKeys { unsafe self.pointee.tracking.isMarked = false }
        if unsafe round.pointee.kind == .transaction {
            unsafe runTransaction(connection, round, into: reply)
        } else {
            let before = started
            unsafe run(round.pointee.steps.elements, of: round, into: reply, started: &started)
            unsafe accountLeased(round.pointee.steps.elements, of: round, from: before, to: started)
            if unsafe connection.pointee.tracksKeys {
                unsafe rememberKeys(readBy: round.pointee.steps.elements, round, for: connection)
            }
            if unsafe self.pointee.context.pointee.waiting.isWanted {
                unsafe park(connection, round)
            } else if let retried = unsafe round.pointee.waiting {
                unsafe unpark(retried)
            }
        }
        for index in unsafe 0..<round.pointee.shards.count {
            unsafe self.pointee.shardLoads.add(
                round.pointee.shards[index], commands: round.pointee.steps.count, cycles: Clock.cycles() &- begin)
        }
        unsafe serveWaiting(leaseOf: round)
    }

    /// Runs `body` with a shard in hand: now if it is free, else when its turn comes, on whatever thread.
    func runOnShard(_ shard: Int, _ body: @escaping (UnsafeMutablePointer<Shard>) -> Void) {
        // It may be asked for by a command; whoever enters a shard may have to run what others have sent there.
        let outer = unsafe self.pointee.context.pointee
        defer { unsafe self.pointee.context.pointee = outer }
        if unsafe self.pointee.kernel.tryEnter(shard) {
            unsafe self.pointee.context.pointee.connection = nil
            unsafe self.pointee.context.pointee.keyspace.single = unsafe self.pointee.shards[shard]
            unsafe self.pointee.context.pointee.keyspace.now = unsafe self.pointee.now
            unsafe body(self.pointee.shards[shard])
            if unsafe self.pointee.shards[shard].pointee.waiting.hasChanges {
                unsafe serveWaiting(self.pointee.shards[shard])
            }
            if unsafe self.pointee.hasInvalidations { unsafe sendInvalidations() }
            unsafe self.pointee.kernel.giveBack(shard)
            return
        }
        let round = unsafe takeFreeRound()
        unsafe round.pointee.connection = nil
        unsafe round.pointee.kind = .parts
        unsafe round.pointee.task = unsafe body
        unsafe round.pointee.need(shard)
        unsafe round.pointee.prepareBatch(.parts)
        unsafe self.pointee.kernel.submit(Round.batch(round))
    }
}

extension Shard {
    /// Starts loading the bucket of a step's key. Its address waits in the step, where the end of the reply will be.
    @inline(__always)
    func prefetchBucket(_ step: UnsafeMutablePointer<Step>) {
        let address = unsafe database(Int(step.pointee.database)).prefetchBucket(hash: step.pointee.hash)
        unsafe step.pointee.replyEnd = Int(bitPattern: address)
    }

    /// Starts loading the entry of a step's key, from the bucket that `prefetchBucket` has brought.
    @inline(__always)
    func prefetchEntry(_ step: UnsafeMutablePointer<Step>) {
        unsafe database(Int(step.pointee.database)).prefetchEntry(
            inBucketAt: UInt(bitPattern: step.pointee.replyEnd), hash: step.pointee.hash)
    }
}
