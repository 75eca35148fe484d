// SELECT and QUIT.
import Bytes
import Commands
import Containers
import Platform
import RESP

let connectionCommands: [Command] = unsafe [
    Command(
        "select", arity: 2, [.loading, .stale, .fast], [.connection], routing: .session, group: .connection,
        since: "1.0.0", summary: "Chooses the database that the connection's commands act on.", syntax: "index"
    ) { unsafe select(&$0.context) },
    unsafe Command(
        "quit", arity: -1, [.allowBusy, .noScript, .loading, .stale, .fast, .noAuthentication], [.connection],
        routing: .session, group: .connection, since: "1.0.0", summary: "Closes the connection."
    ) { unsafe quit(&$0.context) },
    unsafe Command(
        "reset", arity: 1, [.noScript, .loading, .stale, .fast, .noAuthentication, .allowBusy], [.connection],
        routing: .session, group: .connection, since: "6.2.0",
        summary: "Brings the connection into the state of a new one."
    ) { unsafe reset(&$0.context) },
]

private func select(_ context: inout CommandContext) {
    guard let index = IntegerText.parse(context.arguments[1]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    guard index >= Int64(Int32.min) && index <= Int64(Int32.max) else {
        return context.reply.error("ERR value is out of range, value must between -2147483648 and 2147483647")
    }
    guard index >= 0, unsafe index < Int64(context.settings.pointee.databaseCount) else {
        return context.reply.error(ErrorText.databaseOutOfRange)
    }
    unsafe context.client.pointee.database = UInt16(index)
    unsafe context.client.pointee.counters.database.set(Int(index))
    context.reply.ok()
}

private func quit(_ context: inout CommandContext) {
    unsafe context.client.pointee.closesAfterReply = true
    context.reply.ok()
}

private func reset(_ context: inout CommandContext) {
    let client = unsafe context.client
    unsafe client.pointee.isInMulti = false
    unsafe client.pointee.counters.multiCount.set(-1)
    context.session.transaction.clear()
    unsafe client.pointee.hasStaleMemory = true
    unsafe client.pointee.database = 0
    unsafe client.pointee.counters.database.set(0)
    unsafe client.pointee.protocolVersion = 2
    unsafe client.pointee.counters.protocolVersion.set(2)
    unsafe client.pointee.replyMode = .on
    unsafe client.pointee.leavesNoTrace = false
    unsafe client.pointee.isAuthenticated = !context.server.hasPassword
    unsafe client.pointee.nextCommand = []
    context.track(nil, nil)
    unsafe context.home.stopMonitoring(client)
    unsafe context.announce(context.home.unsubscribeAll(client))
    let session = context.session
    context.server.registry.lock.withLock {
        session.name = []
        session.isNoEvict = false
        session.isNoTouch = false
    }
    context.reply.protocolVersion = 2
    context.reply.simple("RESET")
}
