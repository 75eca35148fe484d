// MONITOR: lines of commands for those who watch.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Reactor

/// The connections that watch, and the lines that are on the way to them.
final class MonitorFeed: @unchecked Sendable {
    private let lock = Mutex()
    private var watchers: [ConnectionName] = []
    /// By worker.
    private var pending: [Int: [UInt8]] = [:]

    var isEmpty: Bool { lock.withLock { watchers.isEmpty } }

    func add(_ connection: ConnectionName) { lock.withLock { watchers.append(connection) } }

    func remove(_ connection: ConnectionName) {
        lock.withLock { watchers.removeAll { $0.worker == connection.worker && $0.token == connection.token } }
    }

    /// Sends the line of a command to all who watch.
    func show(
        _ arguments: Arguments, of command: Command, _ connection: ConnectionPointer, _ server: ServerState
    ) {
        let line = unsafe Self.line(arguments, of: command, connection)
        lock.withLock {
            for worker in Set(watchers.map(\.worker)) {
                let isFirst = pending[worker] == nil
                pending[worker, default: []] += line
                let target = unsafe server.workers + worker
                if isFirst { unsafe target.pointee.kernel.post { unsafe self.deliver(to: target) } }
            }
        }
    }

    private func deliver(to worker: WorkerStatePointer) {
        let index = unsafe worker.pointee.index
        let (text, tokens) = lock.withLock {
            (pending.removeValue(forKey: index) ?? [], watchers.filter { $0.worker == index }.map(\.token))
        }
        ByteView.withView(text) { view in
            for token in tokens { unsafe worker.push(view, to: token) }
        }
    }

    /// `+1700000000.000000 [0 127.0.0.1:5000] "set" "key" "value"`.
    private static func line(_ arguments: Arguments, of command: Command, _ connection: ConnectionPointer) -> [UInt8] {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let secret = SecretArguments(arguments, of: command)
        let now = Clock.realtimeMicroseconds()
        let fraction = String(1_000_000 + now % 1_000_000).dropFirst()
        let database = unsafe connection.pointee.counters.database.current
        let origin = session.isUnixSocket ? "unix:\(session.peerName.dropLast(2))" : session.peerName
        var line = Array("+\(now / 1_000_000).\(fraction) [\(database) \(origin)]".utf8)
        for index in 0..<arguments.count {
            line.append(0x20)
            line +=
                secret.contains(index)
                ? Array("\"(redacted)\"".utf8) : ConfigurationLine.quoted(arguments[index].bytes)
        }
        return line + [0x0d, 0x0a]
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Sends bytes that are no reply to a connection of this worker.
    func push(_ bytes: ByteView, to token: UInt64) {
        guard let connection = unsafe connection(token) else { return }
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        if session.outstandingAcknowledgements > 0 {
            // The reply that is held back comes first.
            session.heldReply += bytes.bytes
            return
        }
        unsafe self.pointee.output.pointee.bytes.append(bytes)
        unsafe flush(connection)
        if unsafe !connection.pointee.isInFlight { unsafe noteMemory(connection) }
        if unsafe connection.pointee.isClosing && !connection.pointee.isEngaged { unsafe destroy(connection) }
    }

    /// A connection that watched does so no more.
    func stopMonitoring(_ connection: ConnectionPointer) {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        guard session.isMonitor else { return }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        server.registry.lock.withLock { session.isMonitor = false }
        unsafe server.monitors.remove(ConnectionName(worker: self.pointee.index, token: connection.pointee.token))
        if server.monitors.isEmpty { server.board.change { $0.isMonitored = false } }
    }
}

let monitorCommands: [Command] = unsafe [
    Command(
        "monitor", arity: 1, [.admin, .noScript, .loading, .stale], routing: .session, group: .server,
        since: "1.0.0", summary: "Shows every command that the server runs, as it runs."
    ) { unsafe monitor(&$0.context) }
]

private func monitor(_ context: inout CommandContext) {
    if context.isInTransaction {
        return context.reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client")
    }
    let session = context.session
    let server = context.server
    context.reply.ok()
    if session.isMonitor { return }
    server.registry.lock.withLock { session.isMonitor = true }
    unsafe server.monitors.add(ConnectionName(worker: session.workerIndex, token: context.client.pointee.token))
    context.publish { $0.isMonitored = true }
}
