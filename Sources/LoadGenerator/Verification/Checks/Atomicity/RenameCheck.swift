// Moves between keys: a token is always in exactly one place.

extension Check {
    static let rename = Check(
        name: "rename", summary: "RENAME, RENAMENX, and COPY with DEL neither lose nor double a key",
        commands: ["RENAME", "RENAMENX", "SET", "MGET", "EXISTS", "DEL"], optionalCommands: ["COPY", "MULTI", "EXEC"]
    ) { context in
        let canCopy = ["COPY", "MULTI", "EXEC"].allSatisfy(context.has)
        if context.evicts { return try renameWhileEvicting(context, canCopy: canCopy) }
        try context.rounds(ofSeconds: 0.25) { round in
            let places = (0..<5).map { "\(round.prefix)place\($0)" }
            let token = "token of \(round.prefix)"
            // Were it done a second time, or late, there would be two: another round, if its outcome is unknown.
            let placing: Request = ["SET", places[0], token]
            let isPlaced = try context.withClient { client in
                guard case .reply(let reply) = try client.call(placing) else { return false }
                try client.expect(reply.isOK, placing, reply)
                return true
            }
            guard isPlaced else { return }
            _ = try round.withClients { client in
                while !client.isOver {
                    if client.random.below(3) == 0 {
                        try look(client, shuffle(places, &client.random), token)
                    } else {
                        try move(client, shuffle(places, &client.random), canCopy: canCopy)
                    }
                }
            }
            try context.withClient { client in
                let values = try client.ask(Request(["MGET"] + places))
                try RenameHistory.judge(
                    "MGET at the end", places: places, values: values.elements ?? [], token: token)
                _ = try client.ask(Request(["DEL"] + places))
            }
        }
    }

    private static func look(_ client: VerificationClient, _ places: [String], _ token: String) throws {
        let isCounting = client.random.below(3) == 0
        let request = Request([isCounting ? "EXISTS" : "MGET"] + places)
        guard case .reply(let reply) = try client.call(request) else { return }
        if isCounting {
            guard case .integer(let count) = reply else { return try client.expect(false, request, reply) }
            try RenameHistory.judgeCount(places: places, count: count)
        } else {
            guard let values = reply.elements, values.count == places.count else {
                return try client.expect(false, request, reply)
            }
            try RenameHistory.judge("MGET", places: places, values: values, token: token)
        }
    }

    /// Moves what is in the first place, if anything is, to the second. Unless `mayBeTaken` there is one token alone: a
    /// move from where it is always succeeds.
    static func move(
        _ client: VerificationClient, _ places: [String], canCopy: Bool, mayBeTaken: Bool = false
    ) throws {
        let (from, to) = (places[0], places[1])
        switch client.random.below(canCopy ? 3 : 2) {
        case 0:
            let request: Request = ["RENAME", from, to]
            guard case .reply(let reply) = try client.call(request) else { return }
            try client.expect(reply.isOK || isMissing(reply), request, reply)
        case 1:
            let request: Request = ["RENAMENX", from, to]
            guard case .reply(let reply) = try client.call(request) else { return }
            let isRight = reply == .integer(1) || mayBeTaken && reply == .integer(0) || isMissing(reply)
            try client.expect(isRight, request, reply)
        default:
            let requests: [Request] = [["MULTI"], ["COPY", from, to], ["DEL", from], ["EXEC"]]
            guard case .reply(let reply) = try client.pipeline(requests)[3] else { return }
            let numbers = reply.elements ?? []
            let areNumbers = numbers.count == 2 && numbers.allSatisfy { $0 == .integer(0) || $0 == .integer(1) }
            let isRight = areNumbers && (mayBeTaken || numbers[0] == numbers[1])
            try client.expect(isRight, ["MULTI, COPY, DEL, EXEC"], reply)
        }
    }

    static func isMissing(_ reply: Reply) -> Bool {
        guard case .error(let text) = reply else { return false }
        return text.hasPrefix("ERR no such key")
    }
}
