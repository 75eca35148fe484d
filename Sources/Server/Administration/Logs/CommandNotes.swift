// What happens to a command that the slow log, the latency monitor or somebody's MONITOR wants to know of.
import Bytes
import Commands
import Containers
import Platform
import RESP

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Hands a command on to whoever wants to know of it.
    @inline(never)
    func note(
        _ step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>, _ elapsed: UInt64, replyBytes: Int
    ) {
        guard let connection = unsafe round.pointee.connection else { return }
        let arguments = unsafe round.pointee.arguments.window(
            from: Int(step.pointee.firstArgument), count: Int(step.pointee.argumentCount))
        unsafe note(arguments, Int(step.pointee.command), connection, elapsed, replyBytes: replyBytes)
    }

    /// The same of a command that was no step: EXEC.
    func note(
        _ arguments: Arguments, _ index: Int, _ connection: ConnectionPointer, _ elapsed: UInt64, replyBytes: Int
    ) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let command = server.table.entries[index]
        if unsafe self.pointee.hot.isMonitored && command.flags.isDisjoint(with: [.admin, .skipMonitor]) {
            unsafe server.monitors.show(arguments, of: command, connection, server)
        }
        if unsafe elapsed > self.pointee.hot.slowCycles {
            unsafe noteSlow(arguments, command, connection, elapsed, server)
        }
        if unsafe replyBytes > self.pointee.hot.largeReplyBytes && !command.flags.contains(.skipSlowlog) {
            unsafe server.logs.largeReplies.add(replyBytes, server.record(arguments, command, connection))
        }
    }

    private func noteSlow(
        _ arguments: Arguments, _ command: Command, _ connection: ConnectionPointer, _ elapsed: UInt64,
        _ server: ServerState
    ) {
        let microseconds = Int(Double(elapsed) / server.cyclesPerMicrosecond)
        let configuration = server.configuration
        if !command.flags.contains(.skipSlowlog), configuration.slowLogMicroseconds >= 0,
            microseconds >= configuration.slowLogMicroseconds
        {
            unsafe server.logs.slow.add(microseconds, server.record(arguments, command, connection))
        }
        let threshold = configuration.latencyThresholdMilliseconds
        if threshold > 0 && microseconds / 1000 >= threshold {
            let event = command.flags.contains(.fast) ? "fast-command" : "command"
            server.latency.note(event, milliseconds: microseconds / 1000)
        }
    }

    /// Notes those of a round's commands that are larger than the command log's threshold.
    @inline(never)
    func noteLargeRequests(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        for index in unsafe 0..<round.pointee.steps.count where unsafe !round.pointee.steps[index].isShare {
            unsafe noteLargeRequest(connection, round, round.pointee.steps[index])
        }
        guard unsafe connection.pointee.hasSpecial else { return }
        unsafe noteLargeRequest(connection, round, connection.pointee.special)
    }

    private func noteLargeRequest(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ step: Step) {
        guard step.outcome == .run || step.outcome == .queued else { return }
        let arguments = unsafe round.pointee.arguments.window(
            from: Int(step.firstArgument), count: Int(step.argumentCount))
        var bytes = 0
        for index in 0..<arguments.count { bytes += arguments[index].count }
        guard unsafe bytes > self.pointee.hot.largeRequestBytes else { return }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let command = server.table.entries[Int(step.command)]
        if command.flags.contains(.skipSlowlog) { return }
        unsafe server.logs.largeRequests.add(bytes, server.record(arguments, command, connection))
    }
}

extension ServerState {
    /// The command in a form that can be kept.
    func record(_ arguments: Arguments, _ command: Command, _ connection: ConnectionPointer) -> CommandRecord {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let name = registry.lock.withLock { session.name }
        return CommandRecord(arguments, of: command, address: session.peerName, clientName: name)
    }
}
