// Judges where a token is that only moves.

enum RenameHistory {
    /// Throws a violation unless exactly one of the places, looked at at once, holds the token.
    static func judge(_ how: String, places: [String], values: [Reply], token: String) throws(Violation) {
        let holders = zip(places, values).filter { !$0.1.isNull }
        if holders.count == 1, holders[0].1 == .bulk(Array(token.utf8)) { return }
        let summary =
            switch holders.count {
            case 0: "the token is nowhere: a move lost it, or was seen in the middle"
            case 1: "the token has become something else"
            default: "the token is in several places: a move doubled it, or was seen in the middle"
            }
        throw Violation(
            summary,
            [
                "one token moves among \(places.count) keys by RENAME, RENAMENX, and COPY with DEL in one transaction",
                "\(how) found \(holders.map { "\($0.0): \($0.1)" }.joined(separator: ", "))",
            ].map { $0.hasSuffix("found ") ? $0 + "none" : $0 })
    }

    /// The same for EXISTS of all places.
    static func judgeCount(places: [String], count: Int64) throws(Violation) {
        if count == 1 { return }
        throw Violation(
            "the token is \(count == 0 ? "nowhere" : "in several places")",
            ["one token moves among \(places.count) keys", "EXISTS of all of them found \(count)"])
    }
}
