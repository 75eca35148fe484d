// Every check there is, by name.

extension Check {
    /// In the order of reports.
    package static let all: [Check] = [
        .register, .order, .multipleKeys, .bank, .rename, .counter,
        .smove, .lmove, .queue, .streams, .expiry, .bigvalues, .pubsub, .tracking, .chaos,
    ]

    /// "all" or names separated by commas.
    package static func parse(_ text: String) throws(OptionError) -> [Check] {
        if text == "all" { return all }
        var chosen: [Check] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let check = all.first(where: { $0.name == name }) else {
                throw OptionError("'\(name)' is no check; there are \(all.map(\.name).joined(separator: ", "))")
            }
            if !chosen.contains(where: { $0.name == check.name }) { chosen.append(check) }
        }
        return chosen
    }
}
