// The check of streams: its judgement, and what it finds.
import Testing

@testable import LoadGenerator

@Suite struct StreamHistoryTests {
    /// Jobs 1 to 3, added one after the other at 10, 20 and 30.
    private static let entries = (1...3).map { StreamEntry(StreamEntryID(UInt64($0), 0), job: $0) }
    private static let additions = entries.map { entry in
        StreamHistory.Addition(
            job: entry.job ?? 0, producer: 0, identifier: entry.identifier,
            sentAt: Int64(entry.identifier.milliseconds * 10), answeredAt: Int64(entry.identifier.milliseconds * 10 + 1)
        )
    }

    private func delivery(
        _ jobs: [Int], at time: Int64, isNew: Bool = true
    ) -> StreamGroupHistory.Delivery {
        .init(
            teller: "somebody", isNew: isNew, entries: jobs.map { Self.entries[$0 - 1] }, sentAt: time,
            answeredAt: time + 1)
    }

    private func acknowledgement(_ job: Int, at time: Int64, _ isCounted: Bool?) -> StreamGroupHistory.Acknowledgement {
        .init(
            identifier: Self.entries[job - 1].identifier, consumer: 1, isCounted: isCounted, sentAt: time,
            answeredAt: time + 1)
    }

    /// A history in which all is well: two reads, three acknowledgements.
    private func history() -> StreamHistory {
        var history = StreamHistory(groupCount: 1)
        history.additions = Self.additions
        history.groups[0].deliveries = [delivery([1, 2], at: 40), delivery([3], at: 50)]
        history.groups[0].acknowledgements = (1...3).map { acknowledgement($0, at: 60, true) }
        return history
    }

    private func end(
        _ entries: [StreamEntry] = entries, pending: Int64 = 0, read: Int64 = 3, lag: Int64 = 0
    ) -> StreamEnd {
        let group = StreamEnd.Group(
            pending: pending, lastDelivered: entries.last?.identifier ?? StreamEntryID(0, 0), entriesRead: read,
            lag: lag)
        return StreamEnd(length: Int64(entries.count), entries: entries, groups: [group])
    }

    private func violation(_ history: StreamHistory, _ end: StreamEnd? = nil) -> String {
        let violation = #expect(throws: Violation.self) { try history.judge("S", end ?? self.end()) }
        return violation?.summary ?? ""
    }

    /// What is said of the right history with one change.
    private func violation(_ change: (inout StreamGroupHistory) -> Void) -> String {
        var history = history()
        change(&history.groups[0])
        return violation(history)
    }

    @Test func rightHistoriesAreRight() throws {
        try history().judge("S", end())
        try history().judgeEvicted("S")
        var history = history()
        // A reply was lost, another consumer took over; so was the reply to an acknowledgement.
        history.groups[0].deliveries[0] = delivery([1, 2], at: 45, isNew: false)
        history.groups[0].unknownReads = 1
        history.groups[0].acknowledgements[1] = acknowledgement(2, at: 60, nil)
        history.groups[0].acknowledgements.append(acknowledgement(2, at: 61, false))
        // Nothing was new before the first, and after the last.
        history.groups[0].waits = [
            .init(consumer: 1, sentAt: 5, answeredAt: 9, timeout: 0),
            .init(consumer: 1, sentAt: 60, answeredAt: 69, timeout: 5),
        ]
        try history.judge("S", end())
        history.additions[1] = .init(job: 2, producer: 0, identifier: nil, sentAt: 20, answeredAt: .max)
        try history.judge("S", end())
    }

    @Test func additionsAreJudged() {
        #expect(violation(history(), end([Self.entries[0], Self.entries[1]], read: 2)).contains("is gone"))
        let twice = Self.entries + [StreamEntry(StreamEntryID(4, 0), job: 3)]
        #expect(violation(history(), end(twice, read: 4)).contains("added twice"))
        let more = Self.entries + [StreamEntry(StreamEntryID(4, 0), job: 4)]
        #expect(violation(history(), end(more, read: 4)).contains("nobody added"))
        var history = history()
        history.additions.swapAt(0, 1)
        #expect(violation(history).contains("IDs do not rise"))
    }

    @Test func deliveriesAreJudged() {
        #expect(violation { $0.deliveries.append(delivery([3], at: 55)) }.contains("twice as new"))
        #expect(violation { $0.deliveries[0] = delivery([2, 1], at: 40) }.contains("out of order"))
        #expect(violation { $0.deliveries[1] = delivery([3], at: 30) }.contains("out of order"))
        #expect(violation { $0.deliveries[0] = delivery([1], at: 40) }.contains("never delivered to anybody"))
        #expect(
            violation {
                $0.deliveries = [delivery([1, 3], at: 40), delivery([2], at: 50, isNew: false)]
            }.contains("left entries out"))
        #expect(
            violation {
                $0.deliveries = [delivery([1, 2], at: 40), delivery([3], at: 50, isNew: false)]
            }.contains("never delivered as new"))
        #expect(
            violation { $0.waits = [.init(consumer: 1, sentAt: 35, answeredAt: 38, timeout: 0)] }
                .contains("nothing new"))
    }

    @Test func acknowledgementsAreJudged() {
        #expect(violation { $0.acknowledgements.append(acknowledgement(1, at: 70, true)) }.contains("twice"))
        #expect(violation { $0.acknowledgements.removeLast() }.contains("nobody acknowledged"))
        #expect(violation { $0.acknowledgements[2] = acknowledgement(3, at: 60, false) }.contains("could not be"))
        #expect(violation { $0.deliveries.append(delivery([1], at: 70, isNew: false)) }.contains("was acknowledged"))
        #expect(violation(history(), end(pending: 1)).contains("stay pending"))
        #expect(violation(history(), end(read: 2)).contains("counts wrongly"))
        #expect(violation(history(), end(lag: 1)).contains("counts wrongly"))
    }

    @Test func repliesAreRead() {
        let fields = Reply.array(StreamEntry.fields(7).map { .bulk(Array($0.utf8)) })
        let entry = Reply.array([.bulk(Array("5-1".utf8)), fields])
        let key = Reply.bulk(Array("k".utf8))
        for reply in [Reply.array([.array([key, .array([entry])])]), .array([key, .array([entry])])] {
            let streams = StreamEntry.streams(reply)
            #expect(streams?.map(\.key) == ["k"])
            #expect(streams?[0].entries == [StreamEntry(StreamEntryID(5, 1), job: 7)])
        }
        #expect(StreamEntry.streams(.null)?.isEmpty == true)
        #expect(StreamEntry.streams(.error("ERR no")) == nil)
        #expect(StreamEntry(.array([.bulk(Array("5-1".utf8)), .array([key, key])])) == nil)
    }
}

@Suite(.serialized) struct StreamCheckTests {
    @Test(arguments: [
        FaultCase(.streams, .streamDeliversTwice), FaultCase(.streams, .streamSkipsEntry),
        FaultCase(.streams, .streamLosesEntry), FaultCase(.streams, .streamCountsTwice),
        FaultCase(.streams, .streamSwapsEntries), FaultCase(.streams, .streamDefersEntry),
        FaultCase(.streams, .claimsAcknowledged), FaultCase(.streams, .executesTwice),
        FaultCase(.streams, .mixesReplies), FaultCase(.streams, .hangs),
        FaultCase(.streams, .streamSkipsEntry, cutsPerSecond: 20),
    ])
    func faultsAreFound(faultCase: FaultCase) throws { try faultCase.expectFound() }

    @Test(arguments: [FaultCase(.streams, nil), FaultCase(.streams, nil, cutsPerSecond: 50)])
    func aRightServerHolds(faultCase: FaultCase) throws {
        #expect(try faultCase.run(seconds: 1.2) == .held)
    }
}
