// The wrong server's commands about connections and the server.
import Foundation
import Platform

extension WrongSession {
    static let connectionCommands: [String: CommandEntry] = [
        "ping": .read(-1, WrongSession.ping), "echo": .read(2, WrongSession.echo),
        "hello": .read(-1, WrongSession.hello),
        "select": .read(2, WrongSession.select), "client": .read(-2, WrongSession.client),
        "config": .read(-2, WrongSession.config), "command": .read(-1, WrongSession.command),
        "info": .read(-1, WrongSession.info), "quit": .read(1, WrongSession.quit),
        "flushall": .write(-1, WrongSession.flushall), "flushdb": .write(-1, WrongSession.flushdb),
        "dbsize": .read(1, WrongSession.dbsize),
    ]

    func ping(_ words: [[UInt8]]) -> StoredReply? { words.count > 1 ? .bulk(words[1]) : .simple("PONG") }

    func echo(_ words: [[UInt8]]) -> StoredReply? { .bulk(words[1]) }

    func quit(_ words: [[UInt8]]) -> StoredReply? {
        isEnding = true
        return .ok
    }

    func hello(_ words: [[UInt8]]) throws -> StoredReply? {
        if words.count > 1 {
            let version = try integer(words[1])
            guard version == 2 || version == 3 else { throw CommandFailure("NOPROTO unsupported protocol version") }
            protocolVersion = version
        }
        return .map([
            (.text("server"), .text("wrong")), (.text("version"), .text("7.0.15")),
            (.text("proto"), .integer(protocolVersion)), (.text("id"), .integer(identifier)),
            (.text("mode"), .text("standalone")), (.text("role"), .text("master")), (.text("modules"), .array([])),
        ])
    }

    func select(_ words: [[UInt8]]) throws -> StoredReply? {
        let number = try integer(words[1])
        guard (0..<16).contains(number) else { throw CommandFailure("ERR DB index is out of range") }
        database = number
        return .ok
    }

    func client(_ words: [[UInt8]]) throws -> StoredReply? {
        switch text(words[1]) {
        case "id": return .integer(identifier)
        case "setname" where words.count == 3:
            name = words[2]
            return .ok
        case "getname": return name.isEmpty ? .null : .bulk(name)
        case "list":
            let lines = store.sessions.values.map { session in
                "id=\(session.identifier) addr=\(session.address) "
                    + "name=\(String(decoding: session.name, as: UTF8.self)) db=\(session.database)\n"
            }
            return .text(lines.joined())
        case "kill" where words.count >= 3: return try kill(Array(words.dropFirst(2)))
        case "tracking" where words.count > 2: return track(words)
        case "caching" where words.count > 2:
            tracking?.isMarked = true
            return .ok
        case "setinfo", "no-evict", "no-touch": return .ok
        default: throw CommandFailure.syntax
        }
    }

    private func kill(_ words: [[UInt8]]) throws -> StoredReply? {
        let isOldForm = words.count == 1
        let criterion = isOldForm ? "addr" : text(words[0])
        let wanted = String(decoding: words[isOldForm ? 0 : 1], as: UTF8.self)
        let victims = store.sessions.values.filter { session in
            switch criterion {
            case "id": return String(session.identifier) == wanted
            case "addr": return session.address == wanted
            default: return false
            }
        }
        if !store.strikes(.ignoresKill) {
            for victim in victims {
                if victim === self { isEnding = true } else { victim.descriptor.shutdown() }
            }
        }
        if isOldForm, victims.isEmpty { throw CommandFailure("ERR No such client") }
        return isOldForm ? .ok : .integer(victims.count)
    }

    func config(_ words: [[UInt8]]) throws -> StoredReply? {
        switch text(words[1]) {
        case "set" where words.count >= 4 && words.count % 2 == 0:
            let isIgnored = store.strikes(.ignoresConfiguration)
            for index in stride(from: 2, to: words.count, by: 2) {
                guard store.configuration[text(words[index])] != nil else {
                    throw CommandFailure("ERR Unknown option or number of arguments for CONFIG SET")
                }
                let value = String(decoding: words[index + 1], as: UTF8.self)
                if !isIgnored { store.configuration[text(words[index])] = value }
            }
            return .ok
        case "get":
            let names = words.dropFirst(2).map { text($0) }
            let found = store.configuration.filter { names.contains("*") || names.contains($0.key) }
            return .map(found.sorted { $0.key < $1.key }.map { (.text($0.key), .text($0.value)) })
        case "resetstat": return .ok
        default: throw CommandFailure.syntax
        }
    }

    func command(_ words: [[UInt8]]) throws -> StoredReply? {
        let known = WrongSession.commands.keys.filter { !store.lacking.contains($0) }.sorted()
        guard words.count > 1 else { return .array(known.map(information)) }
        switch text(words[1]) {
        case "info": return .array((words.count > 2 ? words.dropFirst(2).map(text) : known).map(information))
        case "count": return .integer(known.count)
        case "list": return .array(known.map { .text($0) })
        case "docs": return .map([])
        default: throw CommandFailure.syntax
        }
    }

    private func information(_ name: String) -> StoredReply {
        guard let entry = WrongSession.commands[name], !store.lacking.contains(name) else { return .nullArray }
        return .array([
            .text(name), .integer(entry.arity), .array([.simple(entry.isWrite ? "write" : "readonly")]),
            .integer(1), .integer(1), .integer(1), .array([]), .array([]), .array([]), .array([]),
        ])
    }

    func info(_ words: [[UInt8]]) -> StoredReply? {
        .text(
            "# Server\r\nredis_version:7.0.15\r\nprocess_id:\(getpid())\r\n\r\n# Clients\r\n"
                + "connected_clients:\(store.sessions.count + store.leakedClients)\r\nblocked_clients:0\r\n"
                + "\r\n# Stats\r\nevicted_keys:\(store.evictedKeys)\r\n")
    }

    func flushall(_ words: [[UInt8]]) -> StoredReply? {
        store.flush(database: nil)
        return .ok
    }

    func flushdb(_ words: [[UInt8]]) -> StoredReply? {
        store.flush(database: store.strikes(.flushesEverything) ? nil : database)
        return .ok
    }

    func dbsize(_ words: [[UInt8]]) -> StoredReply? { .integer(store.count(database: database)) }
}
