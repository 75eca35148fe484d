// EXEC: the queued commands on a lease of all their shards; and the keys that WATCH has registered.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Builds the transaction's round and submits it. True: done.
    func execute(
        transactionOf connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ step: Step
    ) -> Bool {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        guard unsafe connection.pointee.isInMulti else {
            unsafe refuseTransaction(round, step, ErrorText.execWithoutMulti)
            return true
        }
        unsafe connection.pointee.isInMulti = false
        unsafe connection.pointee.counters.multiCount.set(-1)
        if session.transaction.isAborted {
            session.transaction.clear()
            unsafe connection.pointee.hasStaleMemory = true
            unsafe forgetWatchedKeys(connection)
            unsafe refuseTransaction(round, step, ErrorText.execAborted)
            return true
        }
        // The first step is EXEC itself; the queued commands' arguments follow its own.
        unsafe round.pointee.steps.append(step)
        let firstArgument = unsafe round.pointee.arguments.count
        unsafe session.transaction.writeArguments(to: &round.pointee.arguments)
        var argument = firstArgument
        var atOrigin = false
        for index in 0..<session.transaction.count {
            let queued = session.transaction.commands[index]
            var queuedStep = Step()
            queuedStep.command = queued.command
            queuedStep.firstArgument = UInt32(truncatingIfNeeded: argument)
            queuedStep.argumentCount = queued.argumentCount
            argument += Int(queued.argumentCount)
            if unsafe needShards(of: &queuedStep, in: round) { atOrigin = true }
            unsafe round.pointee.steps.append(queuedStep)
        }
        for key in session.transaction.watched { unsafe round.pointee.need(key.shard) }
        unsafe connection.pointee.parsedArguments = unsafe round.pointee.arguments.count
        let start = unsafe self.pointee.output.pointee.bytes.count
        if unsafe round.pointee.shards.count == 0 {
            unsafe round.pointee.kind = .transaction
            unsafe round.pointee.connection = unsafe connection
            unsafe runLeaseBody(round, into: self.pointee.output)
        } else if unsafe !executeLease(connection, round, .transaction, atOrigin: atOrigin) {
            return false
        }
        return unsafe !holdReply(connection, from: start)
    }

    private func refuseTransaction(_ round: UnsafeMutablePointer<Round>, _ step: Step, _ text: StaticString) {
        let output = unsafe self.pointee.output
        let start = unsafe output.pointee.bytes.count
        unsafe ReplyWriter(output, protocolVersion: 2).error(text)
        unsafe countTransaction(round, step, started: Clock.cycles(), output, start)
    }

    /// Notes EXEC itself, and takes its reply back where none is wanted.
    private func countTransaction(
        _ round: UnsafeMutablePointer<Round>, _ step: Step, started: UInt64,
        _ output: UnsafeMutablePointer<ReplyBuffer>, _ start: Int
    ) {
        let elapsed = Clock.cycles() &- started
        unsafe self.pointee.statistics.pointee.commands.pointee.count(Int(step.command), cycles: elapsed)
        var step = step
        unsafe withUnsafeMutablePointer(to: &step) { unsafe observe($0, round, elapsed, output, start) }
        if step.replies != .on { unsafe output.pointee.truncate(to: start) }
    }

    /// Marks the shards that a queued command needs. True: it must run where the connection lives.
    private func needShards(of step: inout Step, in round: UnsafeMutablePointer<Round>) -> Bool {
        let table = unsafe self.pointee.commandTable.takeUnretainedValue()
        let command = unsafe self.pointee.commands + Int(step.command)
        let arguments = unsafe round.pointee.arguments.window(
            from: Int(step.firstArgument), count: Int(step.argumentCount))
        switch unsafe command.pointee.route {
        case .keyless: return false
        // One publisher's messages all come from one thread.
        case .session, .ordered: return true
        case .broadcast, .allShards, .cursor, .keyedOrAllShards:
            if unsafe command.pointee.firstKey > 0 { step.hash = unsafe self.pointee.map.hash(arguments[1]) }
            for shard in unsafe 0..<self.pointee.map.shardCount { unsafe round.pointee.need(shard) }
        case .script:
            for shard in unsafe 0..<self.pointee.map.shardCount { unsafe round.pointee.need(shard) }
            return true
        case .keyed, .keyedBySpecs, .scatter, .blocking:
            for spec in table.entries[Int(step.command)].keys {
                for position in spec.positions(in: arguments) ?? stride(from: 0, to: 0, by: 1) {
                    let route = unsafe self.pointee.map.route(arguments[position])
                    if unsafe position == Int(command.pointee.firstKey) { step.hash = route.hash }
                    unsafe round.pointee.need(route.shard)
                }
            }
        }
        return false
    }

    /// The body: all shards are held. Runs on any thread, unless a queued command belongs to the session.
    func runTransaction(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>,
        into output: UnsafeMutablePointer<ReplyBuffer>
    ) {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let context = unsafe self.pointee.context
        let began = unsafe beginTiming()
        let start = unsafe output.pointee.bytes.count
        let isUnchanged = unsafe watchedKeysAreUnchanged(session)
        unsafe unregister(session)
        defer {
            session.transaction.clear()
            unsafe connection.pointee.hasStaleMemory = true
            unsafe context.pointee.isInTransaction = false
            unsafe countTransaction(round, round.pointee.steps[0], started: began, output, start)
        }
        guard isUnchanged else {
            unsafe context.pointee.reply.nullArray()
            return
        }
        unsafe context.pointee.isInTransaction = true
        let count = unsafe round.pointee.steps.count
        unsafe context.pointee.reply.array(count - 1)
        var started = unsafe beginTiming()
        for index in 1..<max(1, count) {
            let step = unsafe round.pointee.steps.elements + index
            // SELECT and HELLO inside the transaction act on what follows.
            unsafe step.pointee.database = unsafe connection.pointee.database
            unsafe context.pointee.reply.protocolVersion = unsafe connection.pointee.protocolVersion
            let before = started
            let length = unsafe output.pointee.bytes.count
            unsafe run(step, of: round, into: output, started: &started)
            unsafe accountLeased(step, of: round, from: before, to: started)
            if unsafe connection.pointee.tracksKeys { unsafe rememberKeys(readBy: step, round, for: connection) }
            if unsafe output.pointee.bytes.count > self.pointee.hot.setReplyLimit {
                // All of it is done all the same; only nobody will be told.
                unsafe output.pointee.wasCut = true
                unsafe output.pointee.truncate(to: length)
            }
        }
    }

    func beginTiming() -> UInt64 { Clock.cycles() }

    /// Whether none of the watched keys was changed, or has expired. Their shards are held.
    private func watchedKeysAreUnchanged(_ session: Session) -> Bool {
        guard let flag = session.transaction.flag else { return true }
        let now = unsafe self.pointee.now
        for key in session.transaction.watched {
            let hasExpired = ByteView.withView(key.name) {
                unsafe self.pointee.shards[key.shard].pointee.database(key.database)
                    .isExpiredSinceWatched($0, hash: key.hash, now: now, flag: flag)
            }
            if hasExpired { return false }
        }
        return !flag.isSet
    }

    /// Takes the session's registrations out of the shards, which are held.
    func unregister(_ session: Session) {
        guard let flag = session.transaction.flag else { return }
        for key in session.transaction.watched {
            ByteView.withView(key.name) {
                unsafe self.pointee.shards[key.shard].pointee.database(key.database).unwatch($0, flag: flag)
            }
        }
        session.transaction.forgetWatched()
        flag.release()
        unsafe session.connection?.pointee.hasStaleMemory = true
        unsafe session.connection?.pointee.counters.watchCount.set(0)
    }

    /// UNWATCH, DISCARD, RESET and closed connections: the keys are forgotten here and now, their registrations in
    /// the shards soon.
    func forgetWatchedKeys(_ connection: ConnectionPointer) {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        guard let flag = session.transaction.flag else { return }
        let watched = session.transaction.watched
        session.transaction.forgetWatched()
        unsafe connection.pointee.hasStaleMemory = true
        unsafe connection.pointee.counters.watchCount.set(0)
        for shard in Set(watched.map(\.shard)) {
            flag.retain()
            unsafe runOnShard(shard) { shardPointer in
                for key in watched where key.shard == shard {
                    ByteView.withView(key.name) {
                        unsafe shardPointer.pointee.database(key.database).unwatch($0, flag: flag)
                    }
                }
                flag.release()
            }
        }
        flag.release()
    }
}
