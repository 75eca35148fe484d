// A bank whose accounts may be evicted: it is opened again then, and what is there belongs to one opening.

extension Check {
    /// Every balance says to which opening of the bank it belongs. An opening writes all accounts at once, and a
    /// transfer goes from one balance to another of the same opening: so all accounts that are there belong to the
    /// same one, and while none is missing their sum is what it began with.
    static func bankWhileEvicting(_ context: CheckContext, hasScripts: Bool) throws {
        try context.rounds(ofSeconds: 0.25) { round in
            let accounts = (0..<8).map { "\(round.prefix)account\($0)" }
            _ = try round.withClients { client in
                var bank = EvictedBank(accounts: accounts, hasScripts: hasScripts, client: client)
                while !client.isOver {
                    if client.random.below(3) == 0 { try bank.audit() } else { try bank.transfer() }
                }
            }
            try context.withClient { client in
                var bank = EvictedBank(accounts: accounts, hasScripts: hasScripts, client: client)
                try bank.judge("MGET at the end", try client.ask(Request(["MGET"] + accounts)), opens: false)
                _ = try client.ask(Request(["DEL"] + accounts))
            }
        }
    }
}

/// One client's view of the bank.
private struct EvictedBank {
    let accounts: [String]
    let hasScripts: Bool
    let client: VerificationClient
    private var openings = 0

    init(accounts: [String], hasScripts: Bool, client: VerificationClient) {
        (self.accounts, self.hasScripts, self.client) = (accounts, hasScripts, client)
    }

    private static let transferScript = """
        local from, to = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])
        if not from or not to then return 0 end
        local opening, have = string.match(from, '^(.*):(-?%d+)$')
        local _, other = string.match(to, '^(.*):(-?%d+)$')
        redis.call('SET', KEYS[1], opening .. ':' .. string.format('%d', have - ARGV[1]))
        redis.call('SET', KEYS[2], opening .. ':' .. string.format('%d', other + ARGV[1]))
        return 1
        """

    /// Throws a violation if balances that were read at once cannot be; opens the bank again if one is missing.
    mutating func judge(_ how: String, _ reply: Reply, opens: Bool = true) throws {
        guard let balances = reply.elements, balances.count == accounts.count else {
            return try client.expect(false, [how], reply)
        }
        client.saw(balances)
        try BankHistory.judgeOpenings(how, accounts: accounts, balances: balances, total: Int64(accounts.count) * 100)
        if opens && balances.contains(where: \.isNull) { try open() }
    }

    /// All accounts anew. Were it late, it would still be an opening of its own.
    private mutating func open() throws {
        openings += 1
        let request = Request(["MSET"] + accounts.flatMap { [$0, "\(client.number)-\(openings):100"] })
        guard case .reply(let reply) = try client.call(request) else { return }
        try client.expect(reply.isOK, request, reply)
    }

    mutating func audit() throws {
        if client.random.below(2) == 0 {
            guard case .reply(let reply) = try client.call(Request(["MGET"] + accounts)) else { return }
            try judge("MGET", reply)
        } else {
            let answers = try client.pipeline([["MULTI"]] + accounts.map { ["GET", $0] } + [["EXEC"]])
            guard case .reply(let reply)? = answers.last else { return }
            try judge("MULTI, GET of each, EXEC", reply)
        }
    }

    mutating func transfer() throws {
        let index = client.random.below(accounts.count)
        let from = accounts[index]
        let to = accounts[(index + 1 + client.random.below(accounts.count - 1)) % accounts.count]
        let amount = Int64(1 + client.random.below(30))
        if hasScripts && client.random.below(2) == 0 {
            let request: Request = ["EVAL", Self.transferScript, "2", from, to, "\(amount)"]
            guard case .reply(let reply) = try client.call(request) else { return }
            return try client.expect(reply == .integer(0) || reply == .integer(1), request, reply)
        }
        let watched = try client.pipeline([["WATCH", from, to], ["MGET", from, to]])
        guard case .reply(let confirmation) = watched[0], case .reply(let reply) = watched[1] else { return }
        try client.expect(confirmation.isOK, ["WATCH", from, to], confirmation)
        guard let values = reply.elements, values.count == 2 else {
            return try client.expect(false, ["MGET", from, to], reply)
        }
        guard let source = BankHistory.balance(values[0]), let target = BankHistory.balance(values[1]) else {
            try client.expect(values.contains(where: \.isNull), ["MGET", from, to], reply)
            // An empty transaction, to watch no longer.
            _ = try client.pipeline([["MULTI"], ["EXEC"]])
            return try open()
        }
        if source.opening != target.opening {
            throw BankHistory.mixed("MGET", [(from, values[0]), (to, values[1])])
        }
        let requests: [Request] = [
            ["MULTI"], ["SET", from, "\(source.opening):\(source.amount - amount)"],
            ["SET", to, "\(source.opening):\(target.amount + amount)"], ["EXEC"],
        ]
        guard case .reply(let executed) = try client.pipeline(requests)[3] else { return }
        let isRight = executed.isNull || executed == .array([.simple("OK"), .simple("OK")])
        try client.expect(isRight, ["EXEC"], executed)
    }
}
