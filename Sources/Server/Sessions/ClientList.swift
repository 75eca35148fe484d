// CLIENT INFO and CLIENT LIST: connections in words.
import Bytes
import Commands
import Containers
import Platform
import RESP

func clientInfo(_ context: inout CommandContext) {
    let server = context.server
    let session = context.session
    let now = Clock.realtimeMilliseconds()
    let asker = context
    let line = server.registry.lock.withLock { server.describe(session, for: asker, now: now) }
    context.reply.verbatim("txt", line + "\n")
}

func clientList(_ context: inout CommandContext) {
    guard let filter = listFilter(&context) else { return }
    let server = context.server
    let now = Clock.realtimeMilliseconds()
    let asker = context
    let own = context.session.identifier
    var text = ""
    server.registry.withAll { sessions in
        for session in sessions where filter.matches(session, own: own, now: now) {
            text += server.describe(session, for: asker, now: now)
            text += "\n"
        }
    }
    context.reply.verbatim("txt", text)
}

/// TYPE and ID stand alone, as in Redis 7.2; every other filter can be combined.
private func listFilter(_ context: inout CommandContext) -> ClientFilter? {
    let arguments = context.arguments
    var filter = ClientFilter()
    filter.skipsOwn = false
    if arguments.count == 2 { return filter }
    if arguments[2].equalsIgnoringCase("type") {
        guard arguments.count == 4 else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        guard let kind = ClientKind(arguments[3]) else {
            context.error("ERR Unknown client type '", quoting: arguments[3], "'")
            return nil
        }
        filter.wanted.append(.kind(kind))
        return filter
    }
    if arguments[2].equalsIgnoringCase("id") && arguments.count > 3 {
        var identifiers: Set<Int64> = []
        for index in 3..<arguments.count {
            guard let identifier = IntegerText.parse(arguments[index]) else {
                context.reply.error("ERR Invalid client ID")
                return nil
            }
            identifiers.insert(identifier)
        }
        filter.wanted.append(.identifiers(identifiers))
        return filter
    }
    guard filter.parse(arguments, from: 2, context) else { return nil }
    return filter
}

extension ServerState {
    /// One line of CLIENT LIST. The registry's lock is held, so that the session's connection is there. What
    /// only its own thread may read is told of the connection that asks.
    func describe(_ session: Session, for asker: CommandContext?, now: Int64) -> String {
        guard let connection = unsafe session.connection else { return "" }
        let numbers = unsafe ConnectionNumbers(connection)
        let command = numbers.lastCommand < 0 ? "NULL" : table.fullName(numbers.lastCommand)
        var argumentBytes = numbers.argumentBytes
        var inputBytes = numbers.inputBytes
        var inputFree = numbers.inputFree
        var memory = numbers.memory
        if let asker, session === asker.session {
            argumentBytes = (0..<asker.arguments.count).reduce(0) { $0 + asker.arguments[$1].count }
            memory += argumentBytes - numbers.argumentBytes - inputBytes - inputFree
            inputBytes = unsafe connection.pointee.input.count
            inputFree = unsafe connection.pointee.input.capacity - inputBytes
            memory += inputBytes + inputFree
        }
        // Little of it stands in Redis in a fixed buffer, the rest in a list.
        let isListed = numbers.outputBytes > 16 << 10
        let name = String(decoding: session.name, as: UTF8.self)
        let library = String(decoding: session.libraryName, as: UTF8.self)
        let version = String(decoding: session.libraryVersion, as: UTF8.self)
        let fields: [(String, String)] = [
            ("id", "\(session.identifier)"), ("addr", session.peerName), ("laddr", session.localName),
            ("fd", "\(session.descriptor)"), ("name", name), ("age", "\(max(0, now - session.createdAt) / 1000)"),
            ("idle", "\(max(0, now - Int64(numbers.lastInteraction)) / 1000)"), ("flags", flags(of: session, numbers)),
            ("db", "\(numbers.database)"), ("sub", "\(session.channelCount)"), ("psub", "\(session.patternCount)"),
            ("ssub", "\(session.shardChannelCount)"),
            ("multi", "\(numbers.multiCount)"), ("watch", "\(numbers.watchCount)"),
            ("qbuf", "\(inputBytes)"), ("qbuf-free", "\(inputFree)"), ("argv-mem", "\(argumentBytes)"),
            ("multi-mem", "\(numbers.multiBytes)"), ("rbs", "\(numbers.outputCapacity)"),
            ("rbp", "\(numbers.outputCapacity)"), ("obl", "\(isListed ? 0 : numbers.outputBytes)"),
            ("oll", isListed ? "1" : "0"), ("omem", isListed ? "\(numbers.outputCapacity)" : "0"),
            ("tot-mem", "\(memory)"),
            ("events", numbers.outputBytes > 0 ? "rw" : "r"), ("cmd", command), ("user", session.user),
            ("redir", "\(session.tracking?.redirection ?? -1)"), ("resp", "\(numbers.protocolVersion)"),
            ("lib-name", library), ("lib-ver", version),
            ("tot-net-in", "\(numbers.networkInput)"), ("tot-net-out", "\(numbers.networkOutput)"),
            ("tot-cmds", "\(numbers.commandCount)"), ("capa", session.followsRedirections ? "r" : ""),
        ]
        return fields.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    /// The letters of CLIENT LIST's `flags`.
    func flags(of session: Session, _ numbers: ConnectionNumbers) -> String {
        var letters = ""
        if session.isMonitor { letters += "O" }
        if session.kind == .pubsub { letters += "P" }
        if numbers.waiting > 0 { letters += "b" }
        if numbers.multiCount >= 0 { letters += "x" }
        if let tracking = session.tracking {
            letters += "t"
            if session.isTrackingBroken { letters += "R" }
            if tracking.isBroadcast { letters += "B" }
        }
        if session.isUnixSocket { letters += "U" }
        if session.isNoEvict { letters += "e" }
        if session.isNoTouch { letters += "T" }
        return letters.isEmpty ? "N" : letters
    }
}

/// A connection's counters at one moment.
struct ConnectionNumbers {
    let lastInteraction, lastCommand, commandCount: Int
    let inputBytes, inputFree, argumentBytes, multiBytes, outputBytes, outputCapacity, memory: Int
    let database, multiCount, watchCount, protocolVersion, networkInput, networkOutput, waiting: Int

    init(_ connection: ConnectionPointer) {
        waiting = unsafe connection.pointee.counters.waiting.current
        lastInteraction = unsafe connection.pointee.counters.lastInteraction.current
        lastCommand = unsafe connection.pointee.counters.lastCommand.current
        commandCount = unsafe connection.pointee.counters.commandCount.current
        inputBytes = unsafe connection.pointee.counters.inputBytes.current
        inputFree = unsafe connection.pointee.counters.inputFree.current
        argumentBytes = unsafe connection.pointee.counters.argumentBytes.current
        multiBytes = unsafe connection.pointee.counters.multiBytes.current
        outputBytes = unsafe connection.pointee.counters.outputBytes.current
        outputCapacity = unsafe connection.pointee.counters.outputCapacity.current
        memory = unsafe connection.pointee.counters.memory.current
        database = unsafe connection.pointee.counters.database.current
        multiCount = unsafe connection.pointee.counters.multiCount.current
        watchCount = unsafe connection.pointee.counters.watchCount.current
        protocolVersion = unsafe connection.pointee.counters.protocolVersion.current
        networkInput = unsafe connection.pointee.counters.networkInput.current
        networkOutput = unsafe connection.pointee.counters.networkOutput.current
    }
}

extension Session {
    /// Where the client is: an address, or the server's own socket for a client that came through it.
    var peerName: String { isUnixSocket ? localName : peer.text }
    var localName: String { local.text }
}
