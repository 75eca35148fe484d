// Transactions: money moves between accounts, and is neither lost nor made.

extension Check {
    static let bank = Check(
        name: "bank",
        summary: "transfers by WATCH, MULTI and EXEC (and by EVAL, with keys declared or not) are atomic and isolated",
        commands: ["WATCH", "MULTI", "EXEC", "MSET", "MGET", "SET", "GET", "INCRBY", "DECRBY", "DEL"],
        optionalCommands: ["EVAL"]
    ) { context in
        let hasScripts = context.has("EVAL")
        if context.evicts { return try bankWhileEvicting(context, hasScripts: hasScripts) }
        try context.rounds(ofSeconds: 0.25) { round in
            let bank = Bank(accounts: (0..<8).map { "\(round.prefix)account\($0)" }, hasScripts: hasScripts)
            // Done twice, or late, it is a distribution of the same money, all at once.
            try context.withClient { _ = try $0.ask(Request(["MSET"] + bank.accounts.flatMap { [$0, "100"] })) }
            let transfers = try round.withClients { client in
                var transfers = 0
                while !client.isOver {
                    if client.random.below(3) == 0 {
                        try bank.audit(client)
                    } else if try bank.transfer(client) {
                        transfers += 1
                    }
                }
                return transfers
            }
            if !context.isOver, transfers.allSatisfy({ $0 == 0 }) { context.note("a round without a single transfer") }
            try context.withClient { client in
                let balances = try client.ask(Request(["MGET"] + bank.accounts))
                try bank.judge("MGET at the end", balances, client)
                _ = try client.ask(Request(["DEL"] + bank.accounts))
            }
        }
    }
}

private struct Bank: Sendable {
    let accounts: [String]
    let hasScripts: Bool

    private var total: Int64 { Int64(accounts.count) * 100 }

    private static let transferScript = """
        local amount = tonumber(ARGV[1])
        if tonumber(redis.call('GET', KEYS[1])) < amount then return 0 end
        redis.call('DECRBY', KEYS[1], amount)
        redis.call('INCRBY', KEYS[2], amount)
        return 1
        """
    /// The same with accounts that it does not declare.
    private static let hiddenTransferScript = """
        local amount = tonumber(ARGV[3])
        if tonumber(redis.call('GET', ARGV[1])) < amount then return 0 end
        redis.call('DECRBY', ARGV[1], amount)
        redis.call('INCRBY', ARGV[2], amount)
        return 1
        """
    private static let auditScript = """
        local sum = {}
        for index = 1, #KEYS do sum[index] = redis.call('GET', KEYS[index]) end
        return sum
        """

    func judge(_ how: String, _ reply: Reply, _ client: VerificationClient) throws {
        guard let balances = reply.elements, balances.count == accounts.count else {
            return try client.expect(false, [how], reply)
        }
        try BankHistory.judge(how, accounts: accounts, balances: balances, total: total)
    }

    func audit(_ client: VerificationClient) throws {
        switch client.random.below(hasScripts ? 3 : 2) {
        case 0:
            guard case .reply(let reply) = try client.call(Request(["MGET"] + accounts)) else { return }
            try judge("MGET", reply, client)
        case 1:
            let answers = try client.pipeline([["MULTI"]] + accounts.map { ["GET", $0] } + [["EXEC"]])
            guard case .reply(let reply)? = answers.last else { return }
            try judge("MULTI, GET of each, EXEC", reply, client)
        default:
            let request = Request(["EVAL", Bank.auditScript, "\(accounts.count)"] + accounts)
            guard case .reply(let reply) = try client.call(request) else { return }
            try judge("EVAL", reply, client)
        }
    }

    /// True if it went through for certain.
    func transfer(_ client: VerificationClient) throws -> Bool {
        let from = client.random.below(accounts.count)
        let to = (from + 1 + client.random.below(accounts.count - 1)) % accounts.count
        let amount = 1 + client.random.below(30)
        switch client.random.below(hasScripts ? 3 : 2) {
        case 0: return try transferWatched(client, accounts[from], accounts[to], Int64(amount))
        case 1:
            let requests: [Request] = [
                ["MULTI"], ["DECRBY", accounts[from], "\(amount)"], ["INCRBY", accounts[to], "\(amount)"], ["EXEC"],
            ]
            guard case .reply(let reply) = try client.pipeline(requests)[3] else { return false }
            try client.expect(reply.elements?.count == 2, requests[3], reply)
            return true
        default:
            let declares = client.random.below(2) == 0
            let script = declares ? Bank.transferScript : Bank.hiddenTransferScript
            let request: Request = ["EVAL", script, declares ? "2" : "0", accounts[from], accounts[to], "\(amount)"]
            guard case .reply(let reply) = try client.call(request) else { return false }
            try client.expect(reply == .integer(0) || reply == .integer(1), request, reply)
            return reply == .integer(1)
        }
    }

    private func transferWatched(
        _ client: VerificationClient, _ from: String, _ to: String, _ amount: Int64
    ) throws -> Bool {
        let watched = try client.pipeline([["WATCH", from, to], ["MGET", from, to]])
        guard case .reply(let confirmation) = watched[0], case .reply(let reply) = watched[1] else { return false }
        try client.expect(confirmation.isOK, ["WATCH", from, to], confirmation)
        let balances = (reply.elements ?? []).compactMap(\.integer)
        try client.expect(balances.count == 2, ["MGET", from, to], reply)
        let requests: [Request] = [
            ["MULTI"], ["SET", from, "\(balances[0] - amount)"], ["SET", to, "\(balances[1] + amount)"], ["EXEC"],
        ]
        guard case .reply(let executed) = try client.pipeline(requests)[3] else { return false }
        if executed.isNull { return false }
        try client.expect(executed == .array([.simple("OK"), .simple("OK")]), ["EXEC"], executed)
        return true
    }
}
