// Judges a stream: every entry there once, every group given each once as new and in order, each acknowledged once.

extension StreamHistory {
    /// Throws a violation unless this can be what happened to a stream that was there all the time and looks like
    /// `end` now.
    func judge(_ name: String, _ end: StreamEnd) throws(Violation) {
        try judgeAdditions(name, end)
        try judgeIdentifiers(name)
        let positions = Dictionary(
            end.entries.enumerated().map { ($1.identifier, $0) }, uniquingKeysWith: { first, _ in first })
        for (number, (history, group)) in zip(groups, end.groups).enumerated() {
            let judged = StreamGroupJudgement(
                name: "\(name), group \(number)", history: history, end: end, group: group, positions: positions)
            try judged.judge(additions)
        }
    }

    /// The same for a stream that may have gone, with all that was in it, and come again: no job is invented, and none
    /// is new twice to a group.
    func judgeEvicted(_ name: String) throws(Violation) {
        let jobs = Set(additions.map(\.job))
        for (number, group) in groups.enumerated() {
            var tellers: [Int: String] = [:]
            for delivery in group.deliveries {
                try delivery.judgeOrder("\(name), group \(number)")
                for entry in delivery.entries {
                    guard let job = entry.job else { continue }
                    guard jobs.contains(job) else {
                        throw Violation(
                            "\(name), group \(number): an entry was delivered that nobody added",
                            ["\(delivery.teller): \(entry.identifier) with job \(job)"])
                    }
                    guard delivery.isNew else { continue }
                    if let other = tellers.updateValue(delivery.teller, forKey: job) {
                        throw StreamGroupJudgement.twice("\(name), group \(number)", entry, other, delivery.teller)
                    }
                }
            }
        }
    }

    /// What was added is there once, and nothing else.
    private func judgeAdditions(_ name: String, _ end: StreamEnd) throws(Violation) {
        if end.length != end.entries.count {
            throw Violation(
                "\(name): XLEN and XRANGE do not agree", ["XLEN says \(end.length), XRANGE has \(end.entries.count)"])
        }
        for (former, next) in zip(end.entries, end.entries.dropFirst()) where former.identifier >= next.identifier {
            throw Violation(
                "\(name): entries are out of order", ["XRANGE has \(former.identifier) before \(next.identifier)"])
        }
        var found: [Int: StreamEntryID] = [:]
        for entry in end.entries {
            guard let job = entry.job else { continue }
            if let other = found.updateValue(entry.identifier, forKey: job) {
                throw Violation(
                    "\(name): an entry was added twice", ["job \(job) is in \(other) and \(entry.identifier)"])
            }
        }
        for addition in additions {
            let place = found.removeValue(forKey: addition.job)
            guard let identifier = addition.identifier, place != identifier else { continue }
            throw Violation(
                "\(name): an entry that was added is gone",
                [
                    "XADD told producer \(addition.producer) that job \(addition.job) is in \(identifier)",
                    place.map { "XRANGE has it in \($0)" } ?? "XRANGE has it not",
                ])
        }
        if let (job, identifier) = found.min(by: { $0.value < $1.value }) {
            throw Violation("\(name): an entry is there that nobody added", ["\(identifier) has job \(job)"])
        }
    }

    /// IDs rise with time.
    private func judgeIdentifiers(_ name: String) throws(Violation) {
        var last: [Int: Addition] = [:]
        for addition in additions where addition.identifier != nil {
            if let before = last.updateValue(addition, forKey: addition.producer),
                let identifier = before.identifier, let next = addition.identifier, identifier >= next
            {
                throw Violation(
                    "\(name): IDs do not rise",
                    ["producer \(addition.producer) was told of \(identifier) first and of \(next) then"])
            }
        }
        let known = additions.compactMap { addition in addition.identifier.map { ($0, addition) } }
        var latest: (identifier: StreamEntryID, sentAt: Int64)?
        for (identifier, addition) in known.sorted(by: { $0.0 < $1.0 }) {
            if let latest, addition.answeredAt < latest.sentAt {
                throw Violation(
                    "\(name): IDs do not rise",
                    ["\(identifier) was told before the command was sent that was given \(latest.identifier)"])
            }
            if latest.map({ $0.sentAt < addition.sentAt }) ?? true { latest = (identifier, addition.sentAt) }
        }
    }
}

extension StreamGroupHistory.Delivery {
    /// IDs rise within a reply.
    func judgeOrder(_ name: String) throws(Violation) {
        for (former, next) in zip(entries, entries.dropFirst()) where former.identifier >= next.identifier {
            throw Violation(
                "\(name): entries came out of order",
                ["\(teller) brought \(former.identifier) before \(next.identifier)"])
        }
    }
}
