// Tokens that move between keys and may be evicted: then none is in two places, and new ones take their turn.

extension Check {
    static func renameWhileEvicting(_ context: CheckContext, canCopy: Bool) throws {
        try context.rounds(ofSeconds: 0.25) { round in
            let places = (0..<5).map { "\(round.prefix)place\($0)" }
            _ = try round.withClients { client in
                var placed = 0
                while !client.isOver {
                    if client.random.below(3) > 0 {
                        try move(client, shuffle(places, &client.random), canCopy: canCopy, mayBeTaken: true)
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
}
