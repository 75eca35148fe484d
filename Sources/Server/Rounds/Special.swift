// Commands that run alone: those that change the session, need several shards at once, or had to wait.
import Bytes
import Commands
import Containers
import RESP

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Runs the command that ended the last round. True: done. False: in flight, or it has to wait.
    func runSpecial(_ connection: ConnectionPointer) -> Bool {
        let round = unsafe takeRound(connection)
        let step = unsafe connection.pointee.special
        if unsafe connection.pointee.isTracked { unsafe deliverMessages(behindRepliesOf: connection) }
        let command = unsafe self.pointee.commands + Int(step.command)
        if unsafe self.pointee.hot.pausedUntil != 0 && mustWait(connection, step) {
            if unsafe !connection.pointee.isPaused { unsafe self.pointee.paused.append(connection.pointee.token) }
            unsafe connection.pointee.isPaused = true
            return false
        }
        unsafe round.pointee.reset()
        unsafe countInteraction(connection, round)
        unsafe connection.pointee.counters.lastCommand.set(Int(step.command))
        let isDone: Bool
        switch unsafe command.pointee.route {
        case .session: isDone = unsafe runSession(connection, round, step)
        case .ordered:
            if unsafe mustWaitToPublish() {
                unsafe delayPublishing(connection)
                return false
            }
            isDone = unsafe runSession(connection, round, step)
        case .allShards, .cursor, .keyedOrAllShards:
            for shard in unsafe 0..<self.pointee.map.shardCount { unsafe round.pointee.need(shard) }
            isDone = unsafe lease(connection, round, step)
        case .script:
            // A script that names its keys comes here because they are on several shards, or because it had to wait.
            let arguments = unsafe round.pointee.arguments.window(
                from: Int(step.firstArgument), count: Int(step.argumentCount))
            if unsafe namesItsKeys(step.command, arguments) && needKeys(of: step, in: round) > 0 {
                isDone = unsafe lease(connection, round, step)
            } else {
                // What it calls may belong to the session.
                for shard in unsafe 0..<self.pointee.map.shardCount { unsafe round.pointee.need(shard) }
                isDone = unsafe lease(connection, round, step, atOrigin: true)
            }
        case .blocking:
            // A request without a key will be told so, on any shard.
            if unsafe needKeys(of: step, in: round) == 0 { unsafe round.pointee.need(0) }
            isDone = unsafe lease(connection, round, step)
        case .keyless, .keyed, .keyedBySpecs, .scatter, .broadcast:
            if unsafe isSpread(connection, round, step) {
                isDone = unsafe lease(connection, round, step)
            } else {
                isDone = unsafe runDelayed(connection, round, step)
            }
        }
        if isDone {
            unsafe settle(connection, round)
            unsafe round.pointee.reset()
            unsafe finishSpecial(connection)
            unsafe releaseHeldMessages(connection)
            if unsafe connection.pointee.isTracked { unsafe deliverMessages(behindRepliesOf: connection) }
        }
        return isDone
    }

    /// The command is done: its arguments go.
    func finishSpecial(_ connection: ConnectionPointer) {
        unsafe connection.pointee.hasSpecial = false
        if unsafe connection.pointee.nextCommand.contains(.marked) { unsafe endMark(connection) }
        if let round = unsafe connection.pointee.round {
            unsafe round.pointee.removeArguments(connection.pointee.parsedArguments)
        }
        unsafe connection.pointee.parsedArguments = 0
    }

    /// A command that had to wait goes the way of all others.
    private func runDelayed(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ step: Step
    ) -> Bool {
        _ = unsafe route(connection, round, Int(step.firstArgument), Int(step.argumentCount))
        return unsafe connection.pointee.isTracked ? executeTracked(connection, round) : execute(connection, round)
    }

    /// Runs one command on a lease of the shards that are marked in the round. True: done.
    func lease(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ step: Step, atOrigin: Bool = false
    ) -> Bool {
        var step = step
        // The handler expects the hash of the first key, should the lease turn out to be of a single shard.
        let first = unsafe Int(self.pointee.commands[Int(step.command)].firstKey)
        if first > 0 && first < Int(step.argumentCount) {
            step.hash = unsafe self.pointee.map.hash(round.pointee.arguments[Int(step.firstArgument) + first])
        }
        unsafe round.pointee.steps.append(step)
        return unsafe executeLease(connection, round, .lease, atOrigin: atOrigin)
    }

    /// Whether a command makes its connection forget the keys it watches. DISCARD outside MULTI is an error and does
    /// not.
    private func forgets(_ command: Int, _ connection: ConnectionPointer) -> Bool {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        if command == server.discardIndex { return unsafe connection.pointee.isInMulti }
        return command == server.unwatchIndex || command == server.resetIndex
    }

    private func runSession(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ step: Step
    ) -> Bool {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        if Int(step.command) == server.execIndex { return unsafe execute(transactionOf: connection, round, step) }
        if step.outcome == .run, unsafe needKeys(of: step, in: round) > 0 {
            return unsafe lease(connection, round, step)
        }
        if step.outcome == .run, unsafe forgets(Int(step.command), connection) {
            unsafe forgetWatchedKeys(connection)
        }
        unsafe round.pointee.steps.append(step)
        unsafe prepareContext(
            of: round, shard: nil, connection: connection, reply: self.pointee.output,
            protocolVersion: connection.pointee.protocolVersion)
        // Whatever the mode is, CLIENT REPLY says itself whether it is answered.
        if server.confirmingCommands.contains(Int(step.command)) { unsafe round.pointee.steps[0].replies = .on }
        var started = unsafe beginTiming()
        let start = unsafe self.pointee.output.pointee.bytes.count
        unsafe run(round.pointee.steps.elements, of: round, into: self.pointee.output, started: &started)
        return unsafe !holdReply(connection, from: start)
    }

    /// Whether CLIENT PAUSE holds this command back: EXEC by what it is about to run.
    private func mustWait(_ connection: ConnectionPointer, _ step: Step) -> Bool {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        if unsafe mustWait(self.pointee.commands[Int(step.command)].flags) { return true }
        guard Int(step.command) == server.execIndex else { return false }
        let queued = unsafe connection.pointee.session.takeUnretainedValue().transaction.commands
        return (0..<queued.count).contains {
            unsafe mustWait(self.pointee.commands[Int(queued[$0].command)].flags)
        }
    }

    /// Marks the shards of the command's keys; returns how many shards those are.
    private func needKeys(of step: Step, in round: UnsafeMutablePointer<Round>) -> Int {
        let arguments = unsafe round.pointee.arguments.window(
            from: Int(step.firstArgument), count: Int(step.argumentCount))
        let command = unsafe self.pointee.commands + Int(step.command)
        if unsafe command.pointee.firstKey > 0 {
            let last = unsafe Int(command.pointee.lastKey)
            var position = unsafe Int(command.pointee.firstKey)
            while position <= (last >= 0 ? last : arguments.count + last) && position < arguments.count {
                unsafe round.pointee.need(self.pointee.map.route(arguments[position]).shard)
                unsafe position += Int(command.pointee.keyStep)
            }
            return unsafe round.pointee.shards.count
        }
        let table = unsafe self.pointee.commandTable.takeUnretainedValue()
        for spec in table.entries[Int(step.command)].keys where !spec.use.contains(.notKey) {
            for position in spec.positions(in: arguments) ?? stride(from: 0, to: 0, by: 1) {
                unsafe round.pointee.need(self.pointee.map.route(arguments[position]).shard)
            }
        }
        return unsafe round.pointee.shards.count
    }

    private func isSpread(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ step: Step) -> Bool {
        switch unsafe self.pointee.commands[Int(step.command)].route {
        case .keyed, .keyedBySpecs: break
        default: return false
        }
        if unsafe needKeys(of: step, in: round) > 1 { return true }
        unsafe round.pointee.reset()
        return false
    }
}
