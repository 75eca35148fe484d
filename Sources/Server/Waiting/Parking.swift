// The beginning and the end of waiting, at the connection: it stands still until its command is served, or time is up.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A handler wants its command to wait; all shards of its keys are held. On whatever thread the lease has run.
    func park(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        unsafe round.pointee.stillWaits = true
        let request = unsafe self.pointee.context.pointee.waiting
        unsafe self.pointee.context.pointee.waiting = WaitRequest()
        let step = unsafe round.pointee.steps[0]
        // It is counted when it is done.
        unsafe self.pointee.statistics.pointee.commands.pointee.uncount(Int(step.command))
        if let retried = unsafe round.pointee.waiting {
            // Nothing came of it; it has kept its places.
            retried.endRetry()
            return
        }
        let shards = unsafe (0..<round.pointee.shards.count).map { unsafe round.pointee.shards[$0] }
        let command = unsafe WaitingCommand(
            connection, step, self.pointee.context, request, map: self.pointee.map, shards: shards)
        for key in command.keys {
            let database = unsafe self.pointee.shards[key.shard].pointee.database(Int(step.database))
            ByteView.withView(key.name) { database.wait(for: $0, command) }
        }
        unsafe round.pointee.waiting = command
    }

    /// A command that was run again on a lease has got what it waited for: it leaves its queues, and those behind it
    /// may have their turn.
    func unpark(_ command: WaitingCommand) {
        command.takeAfterRetry()
        for shard in command.shards { unsafe command.leaveQueues(of: self.pointee.shards[shard], wakingOthers: true) }
    }

    /// The lease of a command that may wait is over; at home.
    func settle(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        guard let command = unsafe round.pointee.waiting else { return }
        unsafe round.pointee.waiting = nil
        guard unsafe round.pointee.stillWaits else { return unsafe leaveWaiting(connection) }
        unsafe round.pointee.stillWaits = false
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let isNew = session.waiting !== command
        if isNew { unsafe enterWaiting(connection, command) }
        let isLate = unsafe !isNew && command.deadline != 0 && command.deadline <= self.pointee.now
        if isLate && !command.isDelivered { unsafe giveUp(command) }
        // Since the shards were given back anybody may have ended the wait.
        unsafe resumeDelivered(connection)
    }

    /// Answers a command whose wait was ended while something else was being done for its connection.
    func resumeDelivered(_ connection: ConnectionPointer) {
        guard let command = unsafe connection.pointee.session.takeUnretainedValue().waiting, command.isDelivered else {
            return
        }
        unsafe resume(connection, command)
    }

    private func enterWaiting(_ connection: ConnectionPointer, _ command: WaitingCommand) {
        unsafe setWaiting(connection.pointee.session.takeUnretainedValue(), command)
        unsafe connection.pointee.isWaiting = true
        unsafe connection.pointee.counters.waiting.set(1)
        if command.deadline != 0 {
            unsafe self.pointee.deadlines.insert(command.deadline, token: connection.pointee.token)
        }
        if command.wakeTime != 0 {
            unsafe self.pointee.deadlines.insert(command.wakeTime, token: connection.pointee.token)
        }
    }

    private func setWaiting(_ session: Session, _ command: WaitingCommand?) {
        unsafe self.pointee.server._withUnsafeGuaranteedRef { server in
            server.registry.lock.withLock { session.waiting = command }
        }
        unsafe session.connection?.pointee.hasStaleMemory = true
    }

    private func leaveWaiting(_ connection: ConnectionPointer) {
        unsafe setWaiting(connection.pointee.session.takeUnretainedValue(), nil)
        unsafe connection.pointee.isWaiting = false
        unsafe connection.pointee.counters.waiting.set(0)
    }

    /// The reply of a command that was taken has come home.
    func deliver(_ command: WaitingCommand) {
        command.isDelivered = true
        unsafe forget(command)
        guard let connection = unsafe connection(command.token) else { return }
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        // The round in which it began to wait, or was tried again, may still be on its way home: `settle` will look.
        guard session.waiting === command, unsafe !connection.pointee.isInFlight else { return }
        // Otherwise `advance` will, if this is done from within what is being done for the connection.
        if unsafe !connection.pointee.isAdvancing { unsafe resume(connection, command) }
        unsafe queueToAdvance(connection)
    }

    private func resume(_ connection: ConnectionPointer, _ command: WaitingCommand) {
        unsafe leaveWaiting(connection)
        unsafe self.pointee.statistics.pointee.commands.pointee.count(Int(command.step.command), cycles: 0)
        guard command.step.replies == .on else { return }
        unsafe self.pointee.output.pointee.bytes.append(command.reply)
        unsafe flush(connection)
    }

    /// Takes a command that is over out of the queues in which it may still stand.
    func forget(_ command: WaitingCommand, wakingOthers: Bool = false) {
        for shard in command.shards {
            unsafe runOnShard(shard) { unsafe command.leaveQueues(of: $0, wakingOthers: wakingOthers) }
        }
    }

    /// Ends the wait for want of time, unless somebody has been faster.
    private func giveUp(_ command: WaitingCommand) {
        guard command.take() else { return }
        command.surrenderReply()
        unsafe deliver(command)
    }

    /// Ends the waits whose time is up. Returns the milliseconds until the next, -1: none has an end.
    func tendWaiting() -> Int32 {
        let now = unsafe self.pointee.now
        while let first = unsafe self.pointee.deadlines.first {
            if first.deadline > now { return Int32(clamping: first.deadline - now) }
            _ = unsafe self.pointee.deadlines.removeFirst()
            guard let connection = unsafe connection(first.token) else { continue }
            let waiting = unsafe connection.pointee.session.takeUnretainedValue().waiting
            guard let waiting else { continue }
            if waiting.deadline == first.deadline {
                unsafe giveUp(waiting)
            } else if waiting.wakeTime == first.deadline {
                unsafe wake(waiting)
            }
        }
        return -1
    }

    /// Looks at the keys of a command for which something may have come into being by the mere passing of time.
    private func wake(_ command: WaitingCommand) {
        command.wakeTime = unsafe self.pointee.now &+ command.wakeInterval
        unsafe self.pointee.deadlines.insert(command.wakeTime, token: command.token)
        for shard in command.shards { unsafe runOnShard(shard) { unsafe command.wakeKeys(of: $0) } }
    }

    /// The connection ends: nobody shall serve its command.
    func abandonWaiting(_ connection: ConnectionPointer) {
        guard let command = unsafe connection.pointee.session.takeUnretainedValue().waiting else { return }
        unsafe leaveWaiting(connection)
        if command.take() { unsafe forget(command) }
    }
}
