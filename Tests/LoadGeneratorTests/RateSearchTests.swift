// The search for a rate against servers that are known.
@testable import LoadGenerator
import Testing

@Suite struct RateSearchTests {
    /// Searches on a server that is in time up to `limit`; the rates that were asked for.
    private func search(limit: Double, start: Double = 10_000) -> RateSearch {
        var search = RateSearch(name: "GET", bound: 1, start: start)
        var steps = 0
        while let rate = search.nextRate, steps < 200 {
            search.record(achieved: rate, p50: 0.1, p99: rate <= limit ? 0.9 : 30)
            steps += 1
        }
        #expect(steps < 60)
        return search
    }

    @Test(arguments: [12.0, 9_999, 10_000, 10_001, 123_456, 2_000_000])
    func findsTheLimit(limit: Double) throws {
        let found = search(limit: limit)
        let answer = try #require(found.answer)
        #expect(answer <= limit && answer * 1.09 >= limit)
        #expect(found.steps.last?.confirms == true && found.steps.last?.rate == answer)
    }

    @Test func endsWithoutAnAnswer() {
        #expect(search(limit: 0).answer == nil)
        #expect(search(limit: .infinity).answer == 1e8)
    }

    @Test func tooFewRepliesAreNoSuccess() {
        var search = RateSearch(name: "GET", bound: 1, start: 1000)
        search.record(achieved: 960, p50: 0.1, p99: 0.2)
        #expect(search.steps[0].complaint == "only 96.0 % of it was answered")
        // That was near: it is tried again.
        #expect(search.nextRate == 1000)
        search.record(achieved: 980, p50: 0.1, p99: 0.2)
        #expect(search.nextRate == 2000)
        search.record(achieved: 1000, p50: 0.1, p99: 0.2)
        #expect(search.nextRate == 1414)
    }

    @Test func luckIsNotConfirmed() {
        var search = RateSearch(name: "GET", bound: 1, start: 1000)
        while let rate = search.nextRate {
            // From the confirmation on only 900 is possible.
            let limit: Double =
                search.steps.contains { $0.confirms } || rate == 1000 && search.steps.count > 8 ? 900 : 1000
            search.record(achieved: rate, p50: 0.1, p99: rate <= limit ? 0.5 : 50)
        }
        #expect(search.answer.map { $0 <= 1000 } ?? false)
        #expect(search.steps.last?.passed == true)
    }

    @Test func boundsAreRead() throws {
        #expect(try RateSearch.parseBound("1ms") == 1 && RateSearch.parseBound("500us") == 0.5)
        #expect(try RateSearch.parseBound("0.5s") == 500 && abs(RateSearch.parseBound("250µs") - 0.25) < 1e-12)
        for text in ["", "1", "ms", "-1ms", "0s", "nans", "2m", "100s", "1 ms "] {
            #expect(throws: OptionError.self) { try RateSearch.parseBound(text) }
        }
    }

    @Test func isReported() {
        let found = search(limit: 20_000)
        #expect(Report.head(found).contains("p99 ≤ 1 ms") && Report.answer(found).contains(" requests/s with p99"))
        #expect(Report.table(found.steps[0]).hasSuffix("passed"))
        #expect(
            Report.json([], [found]).contains("\"searches\":[{\"name\":\"GET\",\"p99_bound_ms\":1.000000,\"max_rate\":")
        )
        #expect(Report.json([]) == "{\"tests\":[]}")
    }
}
