// Judges what one group was given of a stream and what it acknowledged.

struct StreamGroupJudgement {
    let name: String
    let history: StreamGroupHistory
    let end: StreamEnd
    let group: StreamEnd.Group
    /// Where entries are in `end`.
    let positions: [StreamEntryID: Int]

    /// A timer may fire this much early.
    static let margin: Int64 = 20_000_000

    func judge(_ additions: [StreamHistory.Addition]) throws(Violation) {
        try judgeEntries()
        let firsts = try judgeNew()
        try judgeAcknowledgements()
        try judgeWaits(additions, firsts)
    }

    static func twice(_ name: String, _ entry: StreamEntry, _ one: String, _ other: String) -> Violation {
        Violation(
            "\(name): an entry was delivered twice as new",
            ["\(entry.identifier)\(entry.job.map { " with job \($0)" } ?? "") by \(one) and by \(other)"])
    }

    /// What was shown is in the stream, in order, and each entry was shown to somebody who lived to see it.
    private func judgeEntries() throws(Violation) {
        var isShown = [Bool](repeating: false, count: end.entries.count)
        for delivery in history.deliveries {
            try delivery.judgeOrder(name)
            for entry in delivery.entries {
                guard let position = positions[entry.identifier] else {
                    throw Violation(
                        "\(name): an entry was delivered that is not in the stream",
                        ["\(entry.identifier) by \(delivery.teller)"])
                }
                guard let job = entry.job else { continue }
                let rightJob = end.entries[position].job ?? -1
                guard job == rightJob else {
                    throw Violation(
                        "\(name): an entry was delivered with other fields",
                        [
                            "\(entry.identifier) by \(delivery.teller): job \(job), not \(rightJob)"
                        ])
                }
                isShown[position] = true
            }
        }
        let missing = isShown.indices.filter { !isShown[$0] }
        if let first = missing.first {
            throw Violation(
                "\(name): \(missing.count) of \(isShown.count) entries were never delivered to anybody",
                [
                    "the first is \(end.entries[first].identifier), number \(first + 1) of the stream",
                    "replies to \(history.unknownReads) reads were lost; what they brought would be pending",
                ])
        }
    }

    /// `>` brings each entry once, in order, none left out. Returns for each entry when its read was sent, nil if the
    /// reply to it was lost.
    private func judgeNew() throws(Violation) -> [Int64?] {
        var tellers = [String?](repeating: nil, count: end.entries.count)
        var sentAt = [Int64?](repeating: nil, count: end.entries.count)
        let reads = history.deliveries.filter { $0.isNew && !$0.entries.isEmpty }
        for read in reads {
            var last: Int?
            for entry in read.entries {
                guard let position = positions[entry.identifier] else { continue }
                if let other = tellers[position] { throw Self.twice(name, entry, other, read.teller) }
                tellers[position] = read.teller
                sentAt[position] = read.sentAt
                if let last, position != last + 1 {
                    throw Violation(
                        "\(name): a read left entries out",
                        [
                            "\(read.teller) brought \(end.entries[last].identifier) and then \(entry.identifier)",
                            "between them is \(end.entries[last + 1].identifier)",
                        ])
                }
                last = position
            }
        }
        try judgeOrder(of: reads)
        // Each read whose reply was lost explains one gap.
        var gaps: [Int] = []
        for position in tellers.indices where tellers[position] == nil {
            if position == 0 || tellers[position - 1] != nil { gaps.append(position) }
        }
        if gaps.count > history.unknownReads {
            throw Violation(
                "\(name): entries were never delivered as new",
                gaps.prefix(3).map { "\(end.entries[$0].identifier) is among them" }
                    + ["that is \(gaps.count) gaps; replies to \(history.unknownReads) reads were lost"])
        }
        return sentAt
    }

    /// Who reads later is given later entries.
    private func judgeOrder(of reads: [StreamGroupHistory.Delivery]) throws(Violation) {
        var latest: StreamGroupHistory.Delivery?
        for read in reads.sorted(by: { $0.entries[0].identifier < $1.entries[0].identifier }) {
            if let latest, read.answeredAt < latest.sentAt {
                throw Violation(
                    "\(name): entries came out of order",
                    [
                        "\(read.teller) brought \(read.entries[0].identifier)",
                        "\(latest.teller), sent after that, brought \(latest.entries[0].identifier)",
                    ])
            }
            if latest.map({ $0.sentAt < read.sentAt }) ?? true { latest = read }
        }
    }

    /// Each entry is acknowledged once, and from then on it is nobody's.
    private func judgeAcknowledgements() throws(Violation) {
        var counted: [StreamEntryID: StreamGroupHistory.Acknowledgement] = [:]
        // When the first command was sent that has acknowledged an entry, or may have.
        var earliest: [StreamEntryID: Int64] = [:]
        for acknowledgement in history.acknowledgements where acknowledgement.isCounted != false {
            let identifier = acknowledgement.identifier
            earliest[identifier] = min(earliest[identifier] ?? .max, acknowledgement.sentAt)
            guard acknowledgement.isCounted == true else { continue }
            if let other = counted.updateValue(acknowledgement, forKey: identifier) {
                throw Violation(
                    "\(name): an entry was acknowledged twice",
                    ["XACK counted \(identifier) of consumer \(other.consumer) and of \(acknowledgement.consumer)"])
            }
        }
        for delivery in history.deliveries {
            for entry in delivery.entries {
                guard let done = counted[entry.identifier], done.answeredAt < delivery.sentAt else { continue }
                throw Violation(
                    "\(name): an entry was shown as pending that was acknowledged",
                    ["XACK counted \(entry.identifier) of consumer \(done.consumer)", "later: \(delivery.teller)"])
            }
        }
        for refused in history.acknowledgements where refused.isCounted == false {
            if let first = earliest[refused.identifier], first < refused.answeredAt { continue }
            throw Violation(
                "\(name): an entry that was delivered could not be acknowledged",
                ["XACK did not count \(refused.identifier) of consumer \(refused.consumer); nobody had done so before"])
        }
        try judgeEnd(earliest)
    }

    private func judgeEnd(_ acknowledged: [StreamEntryID: Int64]) throws(Violation) {
        let last = end.entries.last?.identifier
        if group.pending != 0 {
            throw Violation("\(name): entries stay pending", ["XINFO GROUPS says \(group.pending)"])
        }
        if let last, group.lastDelivered != last {
            throw Violation(
                "\(name): the group does not come to the end of the stream",
                ["it was given entries up to \(group.lastDelivered); the last one is \(last)"])
        }
        if let entry = end.entries.first(where: { acknowledged[$0.identifier] == nil }) {
            throw Violation(
                "\(name): an entry is pending no more and nobody acknowledged it", ["\(entry.identifier)"])
        }
        if let read = group.entriesRead, read != end.length {
            throw Violation("\(name): XINFO GROUPS counts wrongly", ["entries-read \(read), XLEN \(end.length)"])
        }
        if let lag = group.lag, lag != 0 {
            throw Violation("\(name): XINFO GROUPS counts wrongly", ["lag \(lag) when all was read"])
        }
    }

    /// Nobody finds nothing while there is an entry for all of the time.
    private func judgeWaits(
        _ additions: [StreamHistory.Addition], _ firsts: [Int64?]
    ) throws(Violation) {
        // From when to when at least an entry was there and new, by the former; with the latest of the latter so far.
        let stays = additions.compactMap { addition -> (from: Int64, to: Int64, identifier: StreamEntryID)? in
            guard let identifier = addition.identifier, let position = positions[identifier],
                let taken = firsts[position]
            else { return nil }
            return addition.answeredAt < taken ? (addition.answeredAt, taken, identifier) : nil
        }.sorted { $0.from < $1.from }
        var longest: [(to: Int64, identifier: StreamEntryID)] = []
        for stay in stays {
            longest.append(longest.last.flatMap { $0.to >= stay.to ? $0 : nil } ?? (stay.to, stay.identifier))
        }
        for wait in history.waits {
            let mustSeeFrom = max(wait.sentAt, wait.sentAt &+ wait.timeout &- Self.margin)
            var (low, high) = (0, stays.count)
            while low < high {
                let middle = (low + high) / 2
                if stays[middle].from < mustSeeFrom { low = middle + 1 } else { high = middle }
            }
            guard low > 0, longest[low - 1].to > wait.answeredAt else { continue }
            throw Violation(
                "\(name): a consumer was told that there is nothing new while there was",
                [
                    "\(longest[low - 1].identifier) was added before consumer \(wait.consumer) was told of nothing",
                    "and was delivered by a command that was sent later",
                ])
        }
    }
}
