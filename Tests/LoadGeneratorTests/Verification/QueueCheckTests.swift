// The check of queues: its judgement, and what it finds.
import Testing

@testable import LoadGenerator

@Suite struct QueueCheckTests {
    private static let millisecond: Int64 = 1_000_000

    /// Producer 1 pushes jobs 1, 2, 3, acknowledged at 10, 20 and 30 ms.
    private func history(pops: [(Int, Int)], unknownPops: Int = 0) -> QueueHistory {
        var history = QueueHistory()
        history.pushes = (1...3).map {
            .init(job: $0, producer: 1, answeredAt: Int64($0 * 10) * Self.millisecond)
        }
        history.pops = pops.map { .init(job: $0.0, consumer: $0.1, sentAt: 40 * Self.millisecond) }
        history.unknownPops = unknownPops
        return history
    }

    private func violation(_ body: () throws -> Void) -> String? {
        #expect(throws: Violation.self, performing: body)?.summary
    }

    @Test func rightHistoriesAreRight() throws {
        try history(pops: [(1, 2), (2, 3), (3, 2)]).judge("Q", remaining: [])
        try history(pops: [(1, 2)]).judge("Q", remaining: [3, 2])
        // One job went with a connection that was cut.
        try history(pops: [(1, 2), (3, 2)], unknownPops: 1).judge("Q", remaining: [])
        // Consumer 2 was not told of job 2, and has it.
        try history(pops: [(1, 2), (3, 2)], unknownPops: 1).judge("Q", remaining: [], kept: [2: [1, 2, 3]])
    }

    @Test func lossIsFound() {
        #expect(violation { try history(pops: [(1, 2), (3, 2)]).judge("Q", remaining: []) }?.contains("gone") == true)
        let moved = violation {
            try history(pops: [(1, 2), (3, 2)], unknownPops: 1).judge("Q", remaining: [], kept: [2: [1, 3]])
        }
        #expect(moved?.contains("gone") == true)
        let missing = violation { try history(pops: [(1, 2)]).judge("Q", remaining: [3, 2], kept: [2: []]) }
        #expect(missing == "Q: a job was moved to a list and is not there")
    }

    @Test func duplicatesAreFound() {
        let twice = violation { try history(pops: [(1, 2), (1, 3), (2, 2), (3, 2)]).judge("Q", remaining: []) }
        #expect(twice == "Q: a job was delivered twice")
        let still = violation { try history(pops: [(1, 2), (2, 2), (3, 2)]).judge("Q", remaining: [2]) }
        #expect(still == "Q: a job was delivered and is still in the list")
        let again = violation { try history(pops: [(1, 2)]).judge("Q", remaining: [2, 2, 3]) }
        #expect(again == "Q: job 2 is in the list twice")
        let two = violation {
            try history(pops: [(1, 2), (2, 2), (3, 2)], unknownPops: 1)
                .judge("Q", remaining: [], kept: [2: [1, 2, 3], 4: [1]])
        }
        #expect(two == "Q: a job was delivered twice")
    }

    @Test func disorderIsFound() {
        let text = violation { try history(pops: [(2, 2), (1, 2), (3, 2)]).judge("Q", remaining: []) }
        #expect(text == "Q: jobs came out of order")
    }

    @Test func vainWaitsAreFound() throws {
        var history = history(pops: [(1, 2), (2, 2), (3, 2)])
        // Before there was anything; then from before job 3 came until it was there.
        history.waits = [.init(consumer: 3, sentAt: 0, answeredAt: 9 * Self.millisecond, timeout: 9 * Self.millisecond)]
        try history.judge("Q", remaining: [])
        history.waits = [
            .init(consumer: 3, sentAt: 0, answeredAt: 38 * Self.millisecond, timeout: 37 * Self.millisecond)
        ]
        #expect(violation { try history.judge("Q", remaining: []) }?.contains("in vain") == true)
    }

    @Test(arguments: [
        FaultCase(.queue, .blockedDeliveredTwice), FaultCase(.queue, .blockedLost), FaultCase(.queue, .pushLoses),
        FaultCase(.queue, .lmoveLoses), FaultCase(.queue, .lmoveDuplicates), FaultCase(.queue, .executesTwice),
        FaultCase(.queue, .reordersPipeline), FaultCase(.queue, .mixesReplies), FaultCase(.queue, .hangs),
        FaultCase(.queue, .lmoveLoses, cutsPerSecond: 20),
    ])
    func faultsAreFound(faultCase: FaultCase) throws { try faultCase.expectFound() }

    @Test(arguments: [FaultCase(.queue, nil), FaultCase(.queue, nil, cutsPerSecond: 50)])
    func aRightServerHolds(faultCase: FaultCase) throws {
        #expect(try faultCase.run(seconds: 1.2) == .held)
    }
}
