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
        if sum == total { return }
        throw Violation(
            "money was \(sum < total ? "lost" : "made"): transfers are not atomic, or were seen in the middle",
            [
                "transfers between \(accounts.count) accounts leave their sum at \(total)",
                "\(how) read \(zip(accounts, balances).map { "\($0): \($1.integer ?? 0)" }.joined(separator: ", "))",
                "which is \(sum) altogether",
            ])
    }
}
