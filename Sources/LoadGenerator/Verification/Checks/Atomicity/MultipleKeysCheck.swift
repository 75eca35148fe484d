// Commands over many keys: all or nothing, and nothing in between is seen.

extension Check {
    static let multipleKeys = Check(
        name: "msetmget", summary: "MSET, MGET, DEL and EXISTS of many keys are atomic",
        commands: ["MSET", "MGET", "DEL", "EXISTS"],
        optionalCommands: ["MSETNX", "UNLINK", "TOUCH", "MULTI", "EXEC", "GET"]
    ) { context in
        let canTransact = ["MULTI", "EXEC", "GET"].allSatisfy(context.has)
        let counting = ["DEL", "EXISTS", "UNLINK", "TOUCH"].filter { $0 == "DEL" || $0 == "EXISTS" || context.has($0) }
        let writing = ["MSET"] + (context.has("MSETNX") ? ["MSETNX"] : [])
        try context.rounds(ofSeconds: 0.25) { round in
            let keys = (0..<8).map { "\(round.prefix)\($0)" }
            _ = try round.withClients { client in
                var stamp = 0
                while !client.isOver {
                    let shuffled = shuffle(keys, &client.random)
                    switch client.random.below(10) {
                    case 0..<4:
                        stamp += 1
                        let command = writing[client.random.below(4) == 0 ? writing.count - 1 : 0]
                        let request = Request([command] + shuffled.flatMap { [$0, "\(client.number):\(stamp)"] })
                        guard case .reply(let reply) = try client.call(request) else { continue }
                        let isRight = command == "MSET" ? reply.isOK : reply == .integer(0) || reply == .integer(1)
                        try client.expect(isRight, request, reply)
                    case 4..<7: try readAll(client, shuffled, evicts: context.evicts)
                    case 7 where canTransact: try readInTransaction(client, shuffled, evicts: context.evicts)
                    default:
                        let command = counting[client.random.below(counting.count)]
                        try count(client, command, shuffled, evicts: context.evicts)
                    }
                }
            }
            try context.withClient { client in
                try readAll(client, keys, evicts: context.evicts)
                _ = try client.ask(Request(["DEL"] + keys))
            }
        }
    }

    private static func readAll(_ client: VerificationClient, _ keys: [String], evicts: Bool) throws {
        let request = Request(["MGET"] + keys)
        guard case .reply(let reply) = try client.call(request) else { return }
        guard let values = reply.elements, values.count == keys.count else {
            return try client.expect(false, request, reply)
        }
        client.saw(values)
        try MultipleKeysHistory.judgeValues("MGET", keys: keys, values: values, evicts: evicts)
    }

    private static func readInTransaction(
        _ client: VerificationClient, _ keys: [String], evicts: Bool
    ) throws {
        let answers = try client.pipeline([["MULTI"]] + keys.map { ["GET", $0] } + [["EXEC"]])
        guard case .reply(let reply)? = answers.last else { return }
        guard let values = reply.elements, values.count == keys.count else {
            return try client.expect(false, ["EXEC"], reply)
        }
        client.saw(values)
        try MultipleKeysHistory.judgeValues(
            "MULTI, GET of each, EXEC", keys: keys, values: values, evicts: evicts)
    }

    private static func count(
        _ client: VerificationClient, _ command: String, _ keys: [String], evicts: Bool
    ) throws {
        let request = Request([command] + keys)
        guard case .reply(let reply) = try client.call(request) else { return }
        guard case .integer(let count) = reply else { return try client.expect(false, request, reply) }
        try MultipleKeysHistory.judgeCount(command, keys: keys, count: count, evicts: evicts)
    }

    /// In another order: what is atomic is so in any.
    static func shuffle(_ keys: [String], _ random: inout RandomSource) -> [String] {
        var shuffled = keys
        for index in shuffled.indices.dropFirst() { shuffled.swapAt(index, random.below(index + 1)) }
        return shuffled
    }
}
