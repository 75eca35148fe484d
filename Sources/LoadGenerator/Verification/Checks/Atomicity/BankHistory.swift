// Judges the balances of a bank in which money only moves.

enum BankHistory {
    /// Throws a violation if the balances, read at once, are not what `total` was divided into.
    static func judge(_ how: String, accounts: [String], balances: [Reply], total: Int64) throws(Violation) {
        var sum: Int64 = 0
        for (account, reply) in zip(accounts, balances) {
            guard let balance = reply.integer else {
                throw Violation(
                    "an account is gone or holds no number", ["\(how) read \(account): \(reply)"])
            }
            sum += balance
        }
        try judgeSum(
            how, sum, total: total, zip(accounts, balances).map { "\($0): \($1.integer ?? 0)" })
    }

    /// A balance of a bank whose accounts may be evicted: `opening:amount`.
    static func balance(_ reply: Reply) -> (opening: String, amount: Int64)? {
        let parts = (reply.text ?? "").split(separator: ":")
        guard parts.count == 2, let amount = Int64(parts[1]) else { return nil }
        return (String(parts[0]), amount)
    }

    /// Throws a violation unless the balances, read at once, belong to one opening of the bank, and, if none is
    /// missing, are what `total` was divided into.
    static func judgeOpenings(
        _ how: String, accounts: [String], balances: [Reply], total: Int64
    ) throws(Violation) {
        var sum: Int64 = 0
        var first: Int?
        for (index, reply) in balances.enumerated() where !reply.isNull {
            guard let balance = balance(reply) else {
                throw Violation("an account holds no balance", ["\(how) read \(accounts[index]): \(reply)"])
            }
            if let first, Self.balance(balances[first])?.opening != balance.opening {
                throw mixed(how, [(accounts[first], balances[first]), (accounts[index], reply)])
            }
            first = first ?? index
            sum += balance.amount
        }
        if balances.contains(where: \.isNull) { return }
        try judgeSum(how, sum, total: total, zip(accounts, balances).map { "\($0): \($1)" })
    }

    /// Balances of two openings, seen at once.
    static func mixed(_ how: String, _ balances: [(account: String, reply: Reply)]) -> Violation {
        Violation(
            "accounts of different openings of the bank were seen at once",
            ["an opening writes all accounts at once, and a transfer stays within its opening"]
                + balances.map { "\(how) read \($0.account): \($0.reply)" })
    }

    private static func judgeSum(
        _ how: String, _ sum: Int64, total: Int64, _ balances: [String]
    ) throws(Violation) {
        if sum == total { return }
        throw Violation(
            "money was \(sum < total ? "lost" : "made"): transfers are not atomic, or were seen in the middle",
            [
                "transfers between \(balances.count) accounts leave their sum at \(total)",
                "\(how) read \(balances.joined(separator: ", "))",
                "which is \(sum) altogether",
            ])
    }
}
