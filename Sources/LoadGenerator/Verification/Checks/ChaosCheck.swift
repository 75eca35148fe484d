// Clients that misbehave in every way, while the other checks run: the server bears it and forgets them.
import Platform

extension Check {
    static let chaos = Check(
        name: "chaos", summary: "broken, slow and many clients do no harm, and are gone when they are gone",
        commands: ["PING", "SET", "GET", "DEL", "INFO"],
        optionalCommands: ["CLIENT", "CONFIG", "SELECT", "FLUSHDB", "FLUSHALL", "DBSIZE"]
    ) { context in
        let chaos = try context.withClient { try Chaos(context, $0) }
        defer { chaos.restoreConfiguration() }
        try context.rounds(ofSeconds: 2) { round in
            let names = try round.withClients { client in
                if client.number == 0 { try chaos.storm(client) }
                while !client.isOver {
                    let action = chaos.actions[client.random.below(chaos.actions.count)]
                    try chaos.perform(action, client, round.prefix)
                    // Many short connections in little time would use up the ports of this machine.
                    Clock.sleep(microseconds: Int64(client.random.below(8000)))
                }
                return Chaos.names(round.prefix, client.number)
            }
            try chaos.settle()
            try context.withClient { client in _ = try client.ask(Request(["DEL"] + names.flatMap { $0 })) }
        }
        try context.withClient { client in _ = try client.ask(["DEL", chaos.canary]) }
    }
}

/// What the clients of one run of `chaos` share.
final class Chaos: @unchecked Sendable {
    /// A way to behave.
    enum Action: CaseIterable {
        case halfCommand, garbage, slowReader, flush, configure, kill, talk
    }

    let context: CheckContext
    var options: VerificationOptions { context.options }
    /// What can be done to this server.
    let actions: [Action]
    /// A key that no flush of another database may touch.
    var canary: String { "\(context.prefix)canary" }
    /// Where flushing harms nobody: a database that was empty.
    let spareDatabase: Int?
    /// Flushing and configuring are done by one client at a time.
    let flushLock = Mutex()
    let configurationLock = Mutex()
    /// Harmless directives that the server has, and their values at the start.
    let directives: [(name: String, original: String)]
    /// Connections that the server had at the start.
    private let foreignClients: Int

    init(_ context: CheckContext, _ client: VerificationClient) throws {
        self.context = context
        foreignClients = try Chaos.connectedClients(client)
        let canary = "\(context.prefix)canary"
        let reply = try client.ask(["SET", canary, "alive"])
        try client.expect(reply.isOK, ["SET", canary, "alive"], reply)
        let canFlush = ["SELECT", "FLUSHDB", "DBSIZE"].allSatisfy(context.has)
        spareDatabase = canFlush ? try Chaos.emptyDatabase(context.options) : nil
        directives = context.has("CONFIG") ? try Chaos.directives(client) : []
        var actions: [Action] = [.halfCommand, .halfCommand, .garbage, .slowReader, .talk, .talk]
        if spareDatabase != nil { actions.append(.flush) }
        if !directives.isEmpty { actions.append(.configure) }
        if context.has("CLIENT") { actions.append(.kill) }
        self.actions = actions
    }

    /// The keys that one client uses.
    static func names(_ prefix: String, _ client: Int) -> [String] {
        (0..<4).map { "\(prefix)half:\(client):\($0)" } + ["\(prefix)slow:\(client)"]
    }

    func perform(_ action: Action, _ client: VerificationClient, _ prefix: String) throws {
        switch action {
        case .halfCommand: try halfCommand(client, prefix)
        case .garbage: try garbage(client)
        case .slowReader: try slowReader(client, "\(prefix)slow:\(client.number)")
        case .flush: try flush(client)
        case .configure: try configure(client)
        case .kill: try kill(client)
        case .talk: try talk(client)
        }
    }

    // MARK: what it finds at the start

    /// The highest database without keys; nil if there is none, or only the one that is used.
    private static func emptyDatabase(_ options: VerificationOptions) throws -> Int? {
        let connection = try RawConnection(options, greets: true)
        for number in stride(from: 15, through: 1, by: -1) where !options.greeting.contains(["SELECT", "\(number)"]) {
            guard try connection.call(["SELECT", "\(number)"])?.isOK == true else { continue }
            if try connection.call(["DBSIZE"]) == .integer(0) { return number }
        }
        return nil
    }

    /// Values that do no harm, one of which is not the present one.
    static let harmless = [
        "tcp-keepalive": ["300", "200"], "hz": ["10", "12"], "slowlog-log-slower-than": ["10000", "20000"],
        "lazyfree-lazy-user-del": ["yes", "no"],
    ]

    private static func directives(_ client: VerificationClient) throws -> [(name: String, original: String)] {
        try harmless.keys.sorted().compactMap { name in
            let reply = try client.ask(["CONFIG", "GET", name])
            guard let words = reply.elements?.compactMap(\.text), words.count == 2, words[0] == name else { return nil }
            return (name, words[1])
        }
    }

    func restoreConfiguration() {
        guard let connection = try? RawConnection(options, greets: true) else { return }
        for (name, original) in directives { _ = try? connection.call(["CONFIG", "SET", name, original]) }
    }

    // MARK: what has to be so afterwards

    /// The server answers quickly and has forgotten who is gone.
    func settle() throws {
        let deadline = options.deadline
        try context.withClient { client in
            var connected = 0
            var allowed = 0
            repeat {
                connected = try Chaos.connectedClients(client)
                // A client that was just cut may still be counted beside its next connection.
                allowed = foreignClients + 2 * context.clientCount + 2
                if connected <= allowed { return try answersQuickly() }
                Clock.sleep(microseconds: 20_000)
            } while Clock.monotonicNanoseconds() < deadline
            throw Violation(
                "connections that are gone are still counted",
                ["INFO says connected_clients:\(connected), \(options.timeoutSeconds) s after all of chaos were closed",
                 "\(foreignClients) there were at the start; \(context.clientCount) clients of checks are there now"])
        }
    }

    private func answersQuickly() throws {
        var best = Int64.max
        for _ in 0..<20 {
            let connection = try RawConnection(options, greets: true)
            let sentAt = Clock.monotonicNanoseconds()
            try ping(connection, "settled")
            best = min(best, Clock.monotonicNanoseconds() - sentAt)
            connection.close(abruptly: true)
            if best < 50_000_000 || context.isOver { break }
        }
        if best > 500_000_000 {
            throw Violation("the server has become slow", ["the fastest of 20 PINGs took \(best / 1_000_000) ms"])
        }
    }

    /// What a connection that has done nothing wrong says is answered.
    func ping(_ connection: RawConnection, _ word: String) throws {
        guard let reply = try connection.call(["PING", word]) else {
            throw try closed("PING \(word)")
        }
        if reply.text != word { throw Violation("PING \(word) cannot be answered with \(reply)") }
    }

    /// What it means that a connection which had done nothing wrong was closed at `moment`: a violation, unless the
    /// server is gone altogether.
    func closed(_ moment: String) throws -> Violation {
        // A server that ends may take a moment to close everything.
        Clock.sleep(microseconds: 50_000)
        guard try RawConnection(options, greets: true).call(["PING"]) != nil else {
            throw ServerFailure(description: "the server closes each connection")
        }
        return Violation("a connection that did nothing wrong was closed", [moment])
    }

    static func connectedClients(_ client: VerificationClient) throws -> Int {
        let reply = try client.ask(["INFO", "clients"])
        let lines = reply.text?.split(whereSeparator: \.isNewline) ?? []
        let prefix = "connected_clients:"
        let line = lines.first { $0.hasPrefix(prefix) }
        guard let count = line.flatMap({ Int($0.dropFirst(prefix.count)) }) else {
            try client.expect(false, ["INFO", "clients"], reply)
            return 0
        }
        return count
    }
}
