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

    /// Throws a violation if several places, looked at at once, hold the same token, or one holds none. For servers
    /// that evict: there a token may be nowhere.
    static func judgeSeveral(_ how: String, places: [String], values: [Reply]) throws(Violation) {
        var holders: [String: String] = [:]
        for (place, value) in zip(places, values) where !value.isNull {
            guard let token = value.text, token.hasPrefix("token ") else {
                throw Violation("a token has become something else", ["\(how) found \(value) in \(place)"])
            }
            if let other = holders.updateValue(place, forKey: token) {
                throw Violation(
                    "a token is in several places: a move doubled it, or was seen in the middle",
                    [
                        "tokens move among \(places.count) keys by RENAME, RENAMENX, and COPY with DEL",
                        "\(how) found \(token) in \(other) and in \(place)",
                    ])
            }
        }
    }

    /// The token is in one place: the same for EXISTS of all places.
    static func judgeCount(places: [String], count: Int64) throws(Violation) {
        if count == 1 { return }
        throw Violation(
            "the token is \(count == 0 ? "nowhere" : "in several places")",
            ["one token moves among \(places.count) keys", "EXISTS of all of them found \(count)"])
    }
}
