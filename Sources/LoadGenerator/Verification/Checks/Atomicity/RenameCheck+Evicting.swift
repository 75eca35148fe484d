// Tokens that move between keys and may be evicted: then none is in two places, and new ones take their turn.

extension Check {
    static func renameWhileEvicting(_ context: CheckContext, canCopy: Bool) throws {
        try context.rounds(ofSeconds: 0.25) { round in
            let places = (0..<5).map { "\(round.prefix)place\($0)" }
            _ = try round.withClients { client in
                var placed = 0
                while !client.isOver {
                    if client.random.below(3) > 0 {
                        try moveAny(client, shuffle(places, &client.random), canCopy: canCopy)
                    } else if try !look(client, shuffle(places, &client.random)) {
                        // Each token is placed once: were the command late, it would still be one.
                        placed += 1
                        let place = places[client.random.below(places.count)]
                        let request: Request = ["SET", place, "token \(client.number):\(placed)"]
                        guard case .reply(let reply) = try client.call(request) else { continue }
                        try client.expect(reply.isOK, request, reply)
                    }
                }
            }
            try context.withClient { client in
                try RenameHistory.judgeSeveral(
                    "MGET at the end", places: places,
                    values: try client.ask(Request(["MGET"] + places)).elements ?? [])
                _ = try client.ask(Request(["DEL"] + places))
            }
        }
    }

    /// False if there is no token anywhere.
    private static func look(_ client: VerificationClient, _ places: [String]) throws -> Bool {
        let request = Request(["MGET"] + places)
        guard case .reply(let reply) = try client.call(request) else { return true }
        guard let values = reply.elements, values.count == places.count else {
            try client.expect(false, request, reply)
            return true
        }
        try RenameHistory.judgeSeveral("MGET", places: places, values: values)
        let isThere = values.contains { !$0.isNull }
        client.saw(isThere ? 1 : 0, of: 1)
        return isThere
    }

    /// Moves what is in the first place, if anything is, to the second, where another token may be.
    private static func moveAny(_ client: VerificationClient, _ places: [String], canCopy: Bool) throws {
        let (from, to) = (places[0], places[1])
        switch client.random.below(canCopy ? 3 : 2) {
        case 0:
            let request: Request = ["RENAME", from, to]
            guard case .reply(let reply) = try client.call(request) else { return }
            try client.expect(reply.isOK || isMissing(reply), request, reply)
        case 1:
            let request: Request = ["RENAMENX", from, to]
            guard case .reply(let reply) = try client.call(request) else { return }
            try client.expect(reply == .integer(1) || reply == .integer(0) || isMissing(reply), request, reply)
        default:
            let requests: [Request] = [["MULTI"], ["COPY", from, to], ["DEL", from], ["EXEC"]]
            guard case .reply(let reply) = try client.pipeline(requests)[3] else { return }
            let isRight =
                reply.elements?.count == 2
                && reply.elements?.allSatisfy { $0 == .integer(0) || $0 == .integer(1) } == true
            try client.expect(isRight, ["MULTI, COPY, DEL, EXEC"], reply)
        }
    }
}
