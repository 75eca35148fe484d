// Running steps: the context is filled, the handler called, the time taken.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

/// String values longer than this are sent from where they are stored.
private let referenceThreshold = 16 << 10

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Runs one step of a round with the given shard in hand (nil: none, or a lease), writing to `reply`.
    @inline(__always)
    func run(
        _ step: UnsafeMutablePointer<Step>, of round: UnsafeMutablePointer<Round>,
        into reply: UnsafeMutablePointer<ReplyBuffer>, started: inout UInt64
    ) {
        let context = unsafe self.pointee.context
        let start = unsafe reply.pointee.bytes.count
        unsafe step.pointee.replyStart = start
        // The router has counted these arguments.
        unsafe context.pointee.arguments = unsafe Arguments(
            base: UnsafeRawPointer(round.pointee.arguments.elements(from: Int(step.pointee.firstArgument))),
            count: Int(step.pointee.argumentCount))
        if unsafe step.pointee.outcome == .run && admits(step, round) {
            let index = unsafe Int(step.pointee.command)
            let command = unsafe self.pointee.commands + index
            unsafe context.pointee.firstKeyHash = unsafe step.pointee.hash
            unsafe context.pointee.firstKeyIndex = unsafe Int(command.pointee.firstKey)
            unsafe context.pointee.keyspace.databaseIndex = unsafe Int(step.pointee.database)
            unsafe context.pointee.commandIndex = index
            if unsafe step.pointee.isShare { unsafe context.pointee.referenceThreshold = .max }
            unsafe command.pointee.handler(UnsafeMutableRawPointer(context))
            let end = Clock.cycles()
            let elapsed = end &- started
            started = end
            if unsafe _slowPath(end > self.pointee.timeEnds) { unsafe moveTime() }
            if unsafe step.pointee.isShare {
                unsafe step.pointee.hash = elapsed
                unsafe context.pointee.referenceThreshold = referenceThreshold
            } else {
                unsafe self.pointee.statistics.pointee.commands.pointee.count(index, cycles: elapsed)
                unsafe observe(step, round, elapsed, reply, start)
            }
        } else {
            unsafe reject(step, reply)
        }
        if unsafe step.pointee.replies != .on { unsafe reply.pointee.truncate(to: start) }
        unsafe step.pointee.replyEnd = unsafe reply.pointee.bytes.count
    }

    /// Looks whether anybody wants to know of a command that took so long and replied what stands behind `start`.
    @inline(__always)
    func observe(
        _ step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>, _ elapsed: UInt64,
        _ reply: UnsafeMutablePointer<ReplyBuffer>, _ start: Int
    ) {
        let end = unsafe reply.pointee.bytes.count
        if unsafe elapsed > self.pointee.hot.noteCycles || end &- start > self.pointee.hot.largeReplyBytes {
            unsafe note(step, round, elapsed, replyBytes: end &- start)
        }
        if end > start,
            unsafe reply.pointee.bytes.base.unsafelyUnwrapped.load(
                fromByteOffset: start, as: UInt8.self) == RESPByte.minus
        {
            unsafe noteError(step, reply, start)
        }
    }

    /// Commands have taken long: the next one has a later time, unless it belongs to the same transaction.
    @inline(never)
    private func moveTime() {
        if unsafe self.pointee.context.pointee.isInTransaction { return }
        unsafe refreshTime()
        unsafe self.pointee.context.pointee.keyspace.now = unsafe self.pointee.now
    }

    /// Sets up what stays the same for all steps of a run. Returns the cycle counter.
    @inline(__always)
    @discardableResult
    func prepareContext(
        of round: UnsafeMutablePointer<Round>, shard: UnsafeMutablePointer<Shard>?, connection: ConnectionPointer?,
        reply: UnsafeMutablePointer<ReplyBuffer>, protocolVersion: Int
    ) -> UInt64 {
        let cycles = Clock.cycles()
        unsafe keepTime(cycles)
        let context = unsafe self.pointee.context
        unsafe context.pointee.keyspace.single = unsafe shard
        unsafe context.pointee.retainedArguments = unsafe round.pointee.retained
        unsafe context.pointee.keyspace.now = unsafe self.pointee.now
        unsafe context.pointee.referenceThreshold = referenceThreshold
        unsafe context.pointee.connection = UnsafeMutableRawPointer(connection)
        unsafe context.pointee.isSubscriber = unsafe connection?.pointee.isSubscriber ?? false
        unsafe context.pointee.reply = unsafe ReplyWriter(reply, protocolVersion: protocolVersion)
        unsafe reply.pointee.limit = unsafe self.pointee.hot.replyLimit
        return cycles
    }

    /// Answers a command that is not run.
    @inline(never)
    private func reject(_ step: UnsafeMutablePointer<Step>, _ reply: UnsafeMutablePointer<ReplyBuffer>) {
        let context = unsafe self.pointee.context
        let writer = unsafe context.pointee.reply
        let table = unsafe self.pointee.commandTable.takeUnretainedValue()
        let name = unsafe table.fullName(Int(step.pointee.command))
        let start = unsafe reply.pointee.bytes.count
        switch unsafe step.pointee.outcome {
        case .run: return
        case .queued:
            writer.simple("QUEUED")
            return
        case .unknownCommand: unsafe RequestErrors.unknownCommand(context.pointee.arguments, writer)
        case .unknownSubcommand: unsafe RequestErrors.unknownSubcommand(context.pointee.arguments, name, writer)
        case .wrongArity: writer.error("ERR wrong number of arguments for '\(name)' command")
        case .needsAuthentication: writer.error("NOAUTH Authentication required.")
        case .invalidCursor: writer.error("ERR invalid cursor")
        case .subscriber:
            writer.error(
                """
                ERR Can't execute '\(name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are \
                allowed in this context
                """)
        case .outOfMemory: writer.error(ErrorText.outOfMemory)
        case .busyScript: writer.error(Refusal.script.text)
        case .busyFunction: writer.error(Refusal.function.text)
        case .noMulti: writer.error("ERR Command not allowed inside a transaction")
        }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        if unsafe step.pointee.outcome != .unknownCommand && Int(step.pointee.command) == server.execIndex {
            unsafe abortTransaction(reply, start, writer)
        }
        unsafe noteRejection(step, reply)
    }

    /// An EXEC that cannot run says that the transaction is gone, and why.
    private func abortTransaction(
        _ reply: UnsafeMutablePointer<ReplyBuffer>, _ start: Int, _ writer: ReplyWriter
    ) {
        let line = unsafe reply.pointee.bytes.view.dropFirst(start)
        var reason = line.dropFirst(1).prefix(line.count - 3)
        if reason.hasPrefix("ERR ") { reason = reason.dropFirst(4) }
        let text = "EXECABORT Transaction discarded because of: \(reason.string)"
        unsafe reply.pointee.truncate(to: start)
        writer.error(text)
    }
}

/// The error replies that quote the request.
enum RequestErrors {
    /// Redis shows the name's first 128 bytes and the first arguments, 128 bytes of them all together.
    static func unknownCommand(_ arguments: Arguments, _ reply: ReplyWriter) {
        var text = ByteBuffer()
        defer { text.deallocate() }
        var shown = 0
        var quoted = ByteBuffer()
        defer { quoted.deallocate() }
        for index in 1..<max(1, arguments.count) where shown < 128 {
            let argument = shownPart(arguments[index], 128 - shown)
            quoted.append("'")
            quoted.append(argument)
            quoted.append("' ")
            shown += argument.count + 3
        }
        text.append("ERR unknown command '")
        text.append(shownPart(arguments[0], 128))
        text.append("', with args beginning with: ")
        text.append(quoted.view)
        reply.error(text.view)
    }

    /// At most `length` bytes, and none from a NUL on: Redis prints these as C strings.
    private static func shownPart(_ view: ByteView, _ length: Int) -> ByteView {
        let head = view.prefix(length)
        return head.prefix(head.firstIndex(of: 0) ?? head.count)
    }

    static func unknownSubcommand(_ arguments: Arguments, _ container: String, _ reply: ReplyWriter) {
        var text = ByteBuffer()
        defer { text.deallocate() }
        text.append("ERR unknown subcommand '")
        text.append(shownPart(arguments[1], 128))
        text.append("'. Try \(container.uppercased()) HELP.")
        reply.error(text.view)
    }
}
