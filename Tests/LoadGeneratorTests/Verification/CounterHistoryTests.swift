// Counters: histories that can be, and histories that cannot.
@testable import LoadGenerator
import Testing

@Suite struct CounterHistoryTests {
    /// `increments`: pairs of step and reply.
    private func tally(_ increments: [(Int64, Int64)], unknown: [Int64] = []) -> CounterTally {
        CounterTally(acknowledged: increments.map { .init(step: $0.0, value: $0.1) }, unknown: unknown)
    }

    private func violation(_ tallies: [CounterTally], final: Int64) -> String? {
        do { try CounterHistory.judge("INCR", tallies, final: final) } catch { return error.summary }
        return nil
    }

    @Test func goodHistories() {
        #expect(violation([], final: 0) == nil)
        #expect(violation([tally([(1, 1), (5, 8)]), tally([(2, 3), (1, 9)])], final: 9) == nil)
        #expect(violation([tally([(-1, -1), (-1, -3)]), tally([(-1, -2)])], final: -3) == nil)
    }

    @Test func unknownIncrementsMayHaveHappened() {
        // The one of 2 happened in the middle, the one of 7 not at all, or not yet.
        let tallies = [tally([(1, 1), (1, 4)], unknown: [2, 7])]
        #expect(violation(tallies, final: 4) == nil)
        #expect(violation(tallies, final: 11) == nil)
        #expect(violation(tallies, final: 12) != nil)
        #expect(violation([tally([], unknown: [-1])], final: -1) == nil)
        #expect(violation([tally([], unknown: [-1])], final: -2) != nil)
    }

    @Test func lostIncrements() {
        #expect(violation([tally([(1, 1)]), tally([(1, 1)])], final: 1)?.contains("one of them was lost") == true)
        #expect(violation([tally([(1, 1), (1, 1)])], final: 1)?.contains("did not add") == true)
        #expect(violation([tally([(1, 1), (1, 2)])], final: 1)?.contains("missing") == true)
        // Intervals that overlap without being the same.
        #expect(violation([tally([(5, 5)]), tally([(2, 6)])], final: 7) != nil)
    }

    @Test func incrementsDoneTwice() {
        #expect(violation([tally([(1, 1), (1, 2)])], final: 3)?.contains("beyond") == true)
        #expect(violation([tally([(-1, -1)])], final: -2)?.contains("beyond") == true)
    }

    @Test func countersThatGoBack() {
        #expect(violation([tally([(1, 3)], unknown: [1, 1])], final: 2)?.contains("gone back") == true)
        #expect(violation([tally([(1, 0)])], final: 1) != nil)
    }
}
