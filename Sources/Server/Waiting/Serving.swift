// Serving waiting commands: right after the command that has changed their key, in the order in which they came.
import Bytes
import Commands
import Containers
import Keyspace
import RESP
import Reactor

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Serves whom the changes of this shard's keys may help. The shard is held, and so are those that `round` needs if
    /// it is a lease.
    @inline(never)
    func serveWaiting(_ shard: UnsafeMutablePointer<Shard>, leaseOf round: UnsafeMutablePointer<Round>? = nil) {
        while let key = unsafe shard.pointee.waiting.nextChanged() {
            unsafe serve(key, shard, leaseOf: round)
        }
    }

    /// The same for all shards of a lease; what is served on one may help somebody on another.
    func serveWaiting(leaseOf round: UnsafeMutablePointer<Round>) {
        var isDone = false
        while !isDone {
            isDone = true
            for index in unsafe 0..<round.pointee.shards.count {
                let shard = unsafe self.pointee.shards[round.pointee.shards[index]]
                if unsafe !shard.pointee.waiting.hasChanges { continue }
                unsafe serveWaiting(shard, leaseOf: round)
                isDone = false
            }
        }
    }

    private func serve(
        _ key: ObservedKey, _ shard: UnsafeMutablePointer<Shard>, leaseOf round: UnsafeMutablePointer<Round>?
    ) {
        let database = unsafe shard.pointee.database(key.database)
        let now = unsafe self.pointee.now
        var isGone = false
        for waiting in unsafe shard.pointee.waiting.queue(of: key) {
            let command = unsafe unsafeDowncast(waiting, to: WaitingCommand.self)
            guard let place = command.keys.first(where: { $0.name == key.name }) else { continue }
            if unsafe command.condition != nil {
                if unsafe !meetsCondition(command, for: place) { continue }
            } else {
                if isGone { continue }
                let type = ByteView.withView(key.name) {
                    database.find($0, hash: place.hash, now: now, .peek)?.entry.type
                }
                isGone = type == nil
                if type != command.type { continue }
            }
            let holdsAll = command.shards.allSatisfy { number in
                unsafe number == shard.pointee.index || round?.pointee.isShardNeeded[number] ?? false
            }
            if command.needsLease && !holdsAll {
                // Those behind it have their turn when it has had its own.
                if command.beginRetry() { unsafe sendHome(command) { unsafe $0.retry(command) } }
                if command.isRetrying { return }
                continue
            }
            guard command.take() else {
                if command.isRetrying { return }
                continue
            }
            ByteView.withView(key.name) { database.stopWaiting(for: $0, command) }
            unsafe run(command, for: place)
            unsafe sendHome(command) { unsafe $0.deliver(command) }
        }
    }

    private func sendHome(_ command: WaitingCommand, _ task: @escaping (WorkerStatePointer) -> Void) {
        let home = unsafe command.home
        unsafe home.pointee.kernel.post { unsafe task(home) }
    }

    /// Runs the handler once more, for one key that has something for it now, and keeps the reply.
    private func run(_ command: WaitingCommand, for key: WaitingCommand.WaitedKey) {
        unsafe inContext(of: command, for: key) { buffer in
            let context = unsafe self.pointee.context
            unsafe self.pointee.commands[Int(command.step.command)].handler(UnsafeMutableRawPointer(context))
            if unsafe context.pointee.waiting.isWanted {
                // The key had something of the right type, and yet not for this command: it gives up.
                command.surrenderReply()
            } else {
                command.reply = unsafe buffer.pointee.bytes.view.bytes
            }
        }
    }

    /// Whether there is something for a command now. It need not be taken for that: what it says does not change.
    private func meetsCondition(_ command: WaitingCommand, for key: WaitingCommand.WaitedKey) -> Bool {
        guard let condition = unsafe command.condition else { return true }
        var isMet = false
        unsafe inContext(of: command, for: key) { _ in
            isMet = unsafe condition(UnsafeMutableRawPointer(self.pointee.context))
        }
        return isMet
    }

    /// Calls `body` with the context as the command's handler wants it, and with where its reply goes.
    private func inContext(
        of command: WaitingCommand, for key: WaitingCommand.WaitedKey,
        _ body: (UnsafeMutablePointer<ReplyBuffer>) -> Void
    ) {
        let context = unsafe self.pointee.context
        let outer = unsafe context.pointee
        var list = ArgumentList()
        var reply = ReplyBuffer()
        defer {
            list.deallocate()
            reply.deallocate()
            unsafe context.pointee = outer
        }
        command.writeArguments(to: &list)
        unsafe withUnsafeMutablePointer(to: &reply) { buffer in
            unsafe context.pointee.arguments = unsafe Arguments(
                base: UnsafeRawPointer(list.elements(from: 0)), count: list.count)
            unsafe context.pointee.firstKeyIndex = 0
            unsafe context.pointee.keyspace.databaseIndex = Int(command.step.database)
            unsafe context.pointee.commandIndex = Int(command.step.command)
            unsafe context.pointee.reply = unsafe ReplyWriter(buffer, protocolVersion: command.protocolVersion)
            unsafe context.pointee.referenceThreshold = .max
            unsafe context.pointee.retainedArguments = nil
            unsafe context.pointee.connection = nil
            unsafe context.pointee.isInTransaction = false
            unsafe context.pointee.servedIndex = key.index
            unsafe body(buffer)
        }
    }

    /// At home: runs a waiting command once more on a lease of all its shards.
    func retry(_ command: WaitingCommand) {
        guard let connection = unsafe connection(command.token),
            unsafe connection.pointee.session.takeUnretainedValue().waiting === command,
            unsafe !connection.pointee.isEngaged
        else {
            // Its connection is gone, or has not yet heard that it waits, or that it waits on.
            return unsafe retryLater(command)
        }
        let round = unsafe takeRound(connection)
        unsafe round.pointee.reset()
        unsafe command.writeArguments(to: &round.pointee.arguments)
        unsafe connection.pointee.parsedArguments = unsafe round.pointee.arguments.count
        unsafe connection.pointee.special = command.step
        unsafe connection.pointee.special.firstArgument = 0
        unsafe connection.pointee.hasSpecial = true
        unsafe round.pointee.waiting = command
        for shard in command.shards { unsafe round.pointee.need(shard) }
        unsafe connection.pointee.isAdvancing = true
        if unsafe lease(connection, round, connection.pointee.special) {
            unsafe finishRetry(connection, round)
            unsafe queueToAdvance(connection)
        }
        unsafe connection.pointee.isAdvancing = false
    }

    private func finishRetry(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        unsafe settle(connection, round)
        unsafe round.pointee.reset()
        unsafe finishSpecial(connection)
        unsafe flush(connection)
    }

    private func retryLater(_ command: WaitingCommand) {
        let home = unsafe self
        if unsafe connection(command.token) != nil {
            unsafe home.pointee.kernel.post { unsafe home.retry(command) }
            return
        }
        unsafe forget(command, wakingOthers: true)
    }
}
