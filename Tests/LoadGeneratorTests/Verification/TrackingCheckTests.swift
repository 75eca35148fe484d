// The check of client-side caching: its judgement, and the fault that it is to find.
import Testing

@testable import LoadGenerator

@Suite struct CopyHistoryTests {
    private func states(_ number: Int, epoch: Int = 0) -> [TrackingBoard.Slot] {
        [TrackingBoard.Slot(epoch: epoch, number: number)]
    }

    private func told(_ keys: Reply) -> Reply { .array([.bulk(Array("invalidate".utf8)), keys]) }

    @Test func copiesMayBeAsOldAsWhatWasAcknowledged() throws {
        var history = CopyHistory(.byKey)
        history.keep("k", slot: 0, epoch: 0, .bulk(Array("7".utf8)), begun: 8)
        try history.judge(states(7), evicts: false)
        try history.judge(states(6), evicts: false)
        // Of a key that nobody writes any more nothing is known.
        try history.judge(states(9, epoch: 1), evicts: false)
        #expect(throws: Violation.self) { try history.judge(states(8), evicts: false) }
    }

    @Test func whatIsToldIsForgotten() throws {
        for keys in [Reply.null, .array([.bulk(Array("x".utf8)), .bulk(Array("k".utf8))])] {
            var history = CopyHistory(.byKey)
            history.keep("k", slot: 0, epoch: 0, .bulk(Array("7".utf8)), begun: 8)
            try history.take([told(keys)])
            #expect(!history.has("k"))
            try history.judge(states(8), evicts: false)
        }
        var history = CopyHistory(.byKey)
        #expect(throws: Violation.self) { try history.take([.array([.integer(1)])]) }
    }

    @Test func whatIsAbsentMayHaveBeenEvicted() throws {
        var history = CopyHistory(.byPrefix)
        history.keep("k", slot: 0, epoch: 0, .null, begun: 0)
        try history.judge(states(0), evicts: false)
        try history.judge(states(3), evicts: true)
        #expect(throws: Violation.self) { try history.judge(states(1), evicts: false) }
    }

    @Test func whatIsAbsentMayBeHalfWritten() throws {
        var history = CopyHistory(.byKey)
        history.keep("k", slot: 0, epoch: 0, .null, begun: 4)
        try history.judge(states(3), evicts: false)
        #expect(throws: Violation.self) { try history.judge(states(4), evicts: false) }
    }
}

@Suite(.serialized) struct TrackingCheckTests {
    @Test func faultsAreFound() throws {
        try FaultCase(.tracking, .losesInvalidation).expectFound()
        try FaultCase(.tracking, .staleRead).expectFound()
    }

    @Test func aRightServerPasses() throws {
        for (threads, cuts) in [(3, 0.0), (6, 30.0)] {
            let result = try Check.tracking.result(seconds: 1, threads: threads, cutsPerSecond: cuts)
            #expect(result.outcome == .held)
            #expect(result.operations > 0)
        }
    }
}
