// The ways to misbehave, and what has to be right even so.
import Platform

extension Chaos {
    /// Sends part of some commands and goes.
    func halfCommand(_ client: VerificationClient, _ prefix: String) throws {
        let connection = try RawConnection(options, greets: client.random.below(2) == 0)
        let names = Chaos.names(prefix, client.number)
        let bytes = (0...client.random.below(8)).flatMap { _ in
            let length = client.random.length(upTo: 1 << 17, power: 1)
            return Request([
                Array("SET".utf8), Array(names[client.random.below(4)].utf8), BigValue.make(seed: 1, length: length),
            ]).encoded
        }
        _ = connection.send(Array(bytes.prefix(1 + client.random.below(bytes.count))))
        if client.random.below(2) == 0 { Clock.sleep(microseconds: Int64(client.random.below(5000))) }
        connection.close(abruptly: client.random.below(8) != 0)
    }

    /// Sends what is no command. The server may answer or not; it is not to end.
    func garbage(_ client: VerificationClient) throws {
        let connection = try RawConnection(options, greets: client.random.below(2) == 0)
        // No letters that could make up a command.
        let alphabet = Array("*$+-:_,\r\n\r\n\0 \"'\u{7f}0123456789".utf8) + [0xFF, 0x80]
        let texts = [
            "*1000000000\r\n", "*-1\r\n", "*2\r\n$-5\r\n", "*1\r\n$99999999999999\r\n", "*3\r\n$3\r\nSET\r\n:1\r\n",
            "*1\r\n$4\r\nPINGxx", "*\r\n", "$5\r\n", "\r\n\r\n\r\n", "*1\r\n$0\r\n\r\n",
            "*99999999999999999999999\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        ]
        let choice = client.random.below(texts.count + 4)
        let bytes =
            choice < texts.count
            ? Array(texts[choice].utf8)
            : (0...client.random.below(2000)).map { _ in alphabet[client.random.below(alphabet.count)] }
        if connection.send(bytes) { connection.waitForInput(milliseconds: 50) }
        connection.close(abruptly: client.random.below(8) != 0)
    }

    /// Asks for a lot and does not read for a while; then reads all of it, or goes.
    func slowReader(_ client: VerificationClient, _ key: String) throws {
        let value = BigValue.make(seed: client.random.next(), length: 100_000)
        let set = try client.ask(Request([Array("SET".utf8), Array(key.utf8), value]))
        try client.expect(set.isOK, ["SET", key], set)
        let connection = try RawConnection(options, greets: true)
        // What is not read takes the server's memory.
        let count = 1 + client.random.below(context.evicts ? 10 : 100)
        let request: Request = ["GET", key]
        guard connection.send((0..<count).flatMap { _ in request.encoded }) else { return }
        let waitUntil = Clock.monotonicNanoseconds() + Int64(client.random.below(200)) * 1_000_000
        while Clock.monotonicNanoseconds() < waitUntil, !client.isOver { Clock.sleep(microseconds: 5000) }
        if client.random.below(2) == 0 {
            for number in 0..<count {
                guard let reply = try connection.nextReply(request.text) else {
                    // A limit for the output of clients that do not read is the server's right.
                    break
                }
                // All is flushed now and then; an earlier SET whose reply was lost may come late.
                if reply.isNull && (options.flushesAll || context.evicts) { continue }
                guard let seen = reply.bytes else { return try client.expect(false, request, reply) }
                try BigValue.judgeWhole(seen, by: "\(request.text), reply \(number + 1) of \(count) to a slow reader")
            }
        }
        connection.close(abruptly: true)
    }

    /// Connections that behave: what each says comes back to it and to nobody else.
    func talk(_ client: VerificationClient) throws {
        let connections = try (0..<4).map { _ in try RawConnection(options, greets: true) }
        for round in 0..<4 {
            let words = connections.indices.map { "\(client.number):\(round):\($0):\(client.random.next())" }
            for (connection, word) in zip(connections, words) {
                let request: Request = ["PING", word]
                guard connection.send(request.encoded) else {
                    throw try closed(request.text)
                }
            }
            for (connection, word) in zip(connections, words) {
                guard let reply = try connection.nextReply("PING \(word)") else {
                    throw try closed("PING \(word)")
                }
                if reply.text != word { throw Violation("PING \(word) cannot be answered with \(reply)") }
            }
        }
        for connection in connections { connection.close(abruptly: true) }
    }

    /// As many connections as possible at once, some of which say something, and all of which go at once.
    func storm(_ client: VerificationClient) throws {
        var wanted = options.stormConnections
        // Half of what either side can have is left to the others.
        wanted = min(wanted, Socket.raiseOpenFileLimit(to: 2 * wanted + 512) / 2)
        if context.has("CONFIG"), let limit = try client.ask(["CONFIG", "GET", "maxclients"]).elements?.last?.integer {
            wanted = min(wanted, Int(limit) / 2)
        }
        var connections: [RawConnection] = []
        defer { for connection in connections { connection.close(abruptly: true) } }
        while connections.count < wanted, !client.isOver {
            connections.append(try RawConnection(options, greets: false))
        }
        for number in 0..<min(50, connections.count) {
            let connection = connections[client.random.below(connections.count)]
            guard let reply = try connection.call(["PING", "storm:\(number)"]) else {
                throw try closed("PING on one of \(connections.count) connections at once")
            }
            // Before AUTH nothing else is answered.
            if reply.text != "storm:\(number)", reply.errorCode != "NOAUTH" {
                throw Violation("PING storm:\(number) cannot be answered with \(reply)")
            }
        }
    }

    // MARK: commands that concern the whole server

    /// Empties a database that nobody else uses, and only that one.
    func flush(_ client: VerificationClient) throws {
        guard let spareDatabase else { return }
        try flushLock.withLock {
            let connection = try RawConnection(options, greets: true)
            let number = 1 + client.random.below(30)
            let flush: Request = options.flushesAll ? ["FLUSHALL"] : ["FLUSHDB"]
            let requests =
                [["SELECT", "\(spareDatabase)"]] + (0..<number).map { ["SET", "key:\($0)", "value"] } + [["DBSIZE"]]
            for words in requests where try connection.call(Request(words)) == nil {
                throw try closed(words.joined(separator: " "))
            }
            guard let reply = try connection.call(flush), let rest = try connection.call(["DBSIZE"]) else {
                throw try closed(flush.text)
            }
            try client.expect(reply.isOK, flush, reply)
            if rest != .integer(0) {
                throw Violation(
                    "a flushed database has keys",
                    ["\(flush.text) after \(number) keys were set, then DBSIZE: \(rest)"])
            }
            connection.close(abruptly: true)
            if !options.flushesAll {
                let alive = try client.ask(["GET", canary])
                client.saw([alive])
                if alive.isNull && context.evicts {
                    _ = try client.ask(["SET", canary, "alive"])
                } else if alive.text != "alive" {
                    throw Violation(
                        "a key is not what it was after another database was flushed",
                        ["\(canary) was set to alive", "FLUSHDB of database \(spareDatabase)", "GET: \(alive)"])
                }
            }
        }
    }

    /// Changes a directive and looks whether it has changed.
    func configure(_ client: VerificationClient) throws {
        let name = directives[client.random.below(directives.count)].name
        let values = Chaos.harmless[name] ?? []
        let value = values[client.random.below(values.count)]
        try configurationLock.withLock {
            let connection = try RawConnection(options, greets: true)
            guard let reply = try connection.call(["CONFIG", "SET", name, value]) else {
                throw try closed("CONFIG SET \(name) \(value)")
            }
            // Not every server lets it be set.
            guard reply.isOK else { return }
            guard let answer = try connection.call(["CONFIG", "GET", name]) else {
                throw try closed("CONFIG GET \(name)")
            }
            if answer.elements?.last?.text != value {
                throw Violation(
                    "CONFIG SET changed nothing",
                    ["CONFIG SET \(name) \(value): OK", "CONFIG GET \(name): \(answer)"])
            }
            connection.close(abruptly: true)
        }
    }

    /// Ends a connection of its own, or one of another check, by CLIENT KILL.
    func kill(_ client: VerificationClient) throws {
        let killer = try RawConnection(options, greets: true)
        defer { killer.close(abruptly: true) }
        if options.killsClients, client.random.below(2) == 0 { return try killOther(client, killer) }
        let victim = try RawConnection(options, greets: true)
        guard let identifier = try victim.call(["CLIENT", "ID"])?.integer else { throw try closed("CLIENT ID") }
        let request: Request =
            client.random.below(2) == 0
            ? ["CLIENT", "KILL", "ID", "\(identifier)"] : ["CLIENT", "KILL", "ADDR", victim.address]
        // Connections through a Unix socket have no addresses of their own.
        if options.address.isUnix, !request.text.contains("ID") { return }
        guard let reply = try killer.call(request) else { throw try closed(request.text) }
        try client.expect(reply == .integer(1), request, reply)
        // What was on its way may be answered, but then it ends.
        let deadline = options.deadline
        repeat {
            if try victim.call(["PING"]) == nil { return }
            Clock.sleep(microseconds: 1000)
        } while Clock.monotonicNanoseconds() < deadline
        throw Violation(
            "a connection that was killed is still open",
            ["\(request.text): 1", "it still answers after \(options.timeoutSeconds) s"])
    }

    private func killOther(_ client: VerificationClient, _ killer: RawConnection) throws {
        guard let list = try killer.call(["CLIENT", "LIST"])?.text else { return }
        let mine = list.split(separator: "\n").filter { $0.contains(" name=\(options.clientName) ") }
        guard !mine.isEmpty else { return }
        let line = mine[client.random.below(mine.count)]
        guard let identifier = line.split(separator: " ").first?.dropFirst(3) else { return }
        _ = try killer.call(["CLIENT", "KILL", "ID", String(identifier)])
    }
}
