// CLIENT KILL: closing other connections, or one's own.
import Bytes
import Commands
import Containers
import RESP
import Reactor

func clientKill(_ context: inout CommandContext) {
    let arguments = context.arguments
    var filter = ClientFilter()
    let isOldForm = arguments.count == 3
    if isOldForm {
        filter.skipsOwn = false
        filter.wanted.append(.address(arguments[2].string))
    } else if !filter.parse(arguments, from: 2, context) {
        return
    }
    let victims = findVictims(filter, context)
    context.close(victims)
    if !isOldForm { return context.reply.integer(victims.count) }
    if victims.isEmpty { context.reply.error("ERR No such client") } else { context.reply.ok() }
}

/// A connection by what stays valid when it is gone.
struct ConnectionName {
    let worker: Int
    let token: UInt64
}

private func findVictims(_ filter: ClientFilter, _ context: CommandContext) -> [ConnectionName] {
    let now = unsafe context.home.pointee.now
    let own = context.session.identifier
    return context.server.registry.withAll { sessions in
        sessions.filter { filter.matches($0, own: own, now: now) }.compactMap { session in
            unsafe session.connection.map {
                unsafe ConnectionName(worker: session.workerIndex, token: $0.pointee.token)
            }
        }
    }
}

extension CommandContext {
    /// Closes connections; the reply waits until they are closed. One's own is closed behind the reply.
    func close(_ victims: [ConnectionName]) {
        let own = unsafe client.pointee.token
        if victims.contains(where: { unsafe $0.token == own && $0.worker == home.pointee.index }) {
            unsafe client.pointee.closesAfterReply = true
        }
        let others = victims.filter { unsafe $0.token != own || $0.worker != home.pointee.index }
        if others.isEmpty { return }
        unsafe onWorkers(Set(others.map(\.worker))) { worker in
            let here = unsafe worker.pointee.index
            for victim in others where victim.worker == here { unsafe worker.kill(victim.token) }
        }
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Closes a connection of this worker now, or as soon as what it has in flight is done.
    func kill(_ token: UInt64) {
        guard let connection = unsafe connection(token) else { return }
        unsafe connection.pointee.isClosing = true
        if unsafe !connection.pointee.isEngaged { unsafe destroy(connection) }
    }
}
