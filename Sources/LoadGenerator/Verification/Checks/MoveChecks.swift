// Elements that move among sets and among lists: each is in exactly one of them whenever one looks.

extension Check {
    static let smove = Check(
        name: "smove", summary: "members moved by SMOVE are in exactly one set, always",
        commands: ["SADD", "SMOVE", "SMEMBERS", "MULTI", "EXEC", "DEL"]
    ) { context in
        let members = (0..<24).map { "member-\($0)" }
        try context.rounds(ofSeconds: 0.5) { round in
            let start = try context.withClient { client in
                try client.once(round.prefix, { $0 == .integer(Int64(members.count)) }) { prefix in
                    Request(["SADD", "\(prefix)0"] + members)
                }
            }
            let places = (0..<5).map { "\(start)\($0)" }
            try moveAround(round, places, members, { ["SMEMBERS", "\($0)"] }) { client, places in
                let (from, to) = pair(&client.random, places, mayBeEqual: false)
                let request: Request = ["SMOVE", from, to, members[client.random.below(members.count)]]
                return (request, { $0 == .integer(0) || $0 == .integer(1) })
            }
        }
    }

    static let lmove = Check(
        name: "lmove", summary: "elements moved by LMOVE and BLMOVE are in exactly one list, always",
        commands: ["RPUSH", "LMOVE", "LRANGE", "MULTI", "EXEC", "DEL"], optionalCommands: ["BLMOVE"]
    ) { context in
        let elements = (0..<24).map { "element-\($0)" }
        let known = Set(elements)
        let canBlock = context.has("BLMOVE")
        try context.rounds(ofSeconds: 0.5) { round in
            let start = try context.withClient { client in
                try client.once(round.prefix, { $0 == .integer(Int64(elements.count)) }) { prefix in
                    Request(["RPUSH", "\(prefix)0"] + elements)
                }
            }
            let places = (0..<5).map { "\(start)\($0)" }
            try moveAround(round, places, elements, { ["LRANGE", $0, "0", "-1"] }) { client, places in
                let (from, to) = pair(&client.random, places, mayBeEqual: true)
                let sides = ["LEFT", "RIGHT"]
                let words = [from, to, sides[client.random.below(2)], sides[client.random.below(2)]]
                let blocks = canBlock && client.random.below(4) == 0
                let request = Request(blocks ? ["BLMOVE"] + words + ["0.01"] : ["LMOVE"] + words)
                return (request, { reply in reply.isNull || reply.text.map { known.contains($0) } ?? false })
            }
        }
    }

    /// One move, and whether a reply to it is possible.
    private typealias Move = (request: Request, isPossible: (Reply) -> Bool)

    /// One round: all clients move elements, and look now and then whether all of them are somewhere.
    private static func moveAround(
        _ round: CheckRound, _ places: [String], _ elements: [String], _ question: @escaping (String) -> Request,
        _ move: @escaping (VerificationClient, [String]) -> Move
    ) throws {
        let evicts = round.context.evicts
        _ = try round.withClients { client in
            var before: Conservation.Snapshot?
            while !client.isOver {
                if client.random.below(4) == 0 {
                    guard let snapshot = try client.snapshot(of: places, question) else { continue }
                    try Conservation.judge(snapshot, elements: elements, before: before, evicts: evicts)
                    before = snapshot
                    let count = snapshot.reduce(0) { $0 + $1.elements.count }
                    client.saw(min(count, elements.count), of: elements.count)
                    // With little left there is little to be seen: another round.
                    if count < elements.count / 2 { round.stop() }
                } else {
                    let moves = (0...client.random.below(4)).map { _ in move(client, places) }
                    for (move, answer) in zip(moves, try client.pipeline(moves.map(\.request))) {
                        // A lost move has been done, will be done or not: the element is in one place all the same.
                        guard case .reply(let reply) = answer else { continue }
                        try client.expect(move.isPossible(reply), move.request, reply)
                    }
                }
            }
        }
        try round.context.withClient { client in
            let snapshot = try client.finalSnapshot(of: places, question)
            try Conservation.judge(snapshot, elements: elements, evicts: evicts)
            _ = try client.ask(Request(["DEL"] + places))
        }
    }

    private static func pair(
        _ random: inout RandomSource, _ places: [String], mayBeEqual: Bool
    ) -> (from: String, to: String) {
        let from = random.below(places.count)
        let distance = mayBeEqual ? random.below(places.count) : 1 + random.below(places.count - 1)
        return (places[from], places[(from + distance) % places.count])
    }
}
