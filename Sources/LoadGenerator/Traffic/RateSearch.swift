// The highest rate at which a server answers in time: doubled until it does not, then halved in between.

/// Chooses the rates of a search and judges what was measured at them. Ask for `nextRate`, measure, `record`, until
/// there is none.
package struct RateSearch: Sendable {
    package struct Step: Equatable, Sendable {
        /// Requests a second that were due, and that were answered.
        package let rate, achieved: Double
        /// Milliseconds.
        package let p50, p99: Double
        /// The share of this program's threads' time that was processor time. Near 1 the client is what cannot do more.
        package let clientLoad: Double
        /// Why the rate is too high; nil if it is not.
        package let complaint: String?
        /// A run at a rate that has been found, to be sure.
        package let confirms: Bool
        package var passed: Bool { complaint == nil }
    }

    package let name: String
    /// Milliseconds that the 99th percentile may take.
    package let bound: Double
    package private(set) var steps: [Step] = []
    /// What is to be measured next; nil: the search is over.
    package private(set) var nextRate: Double?
    /// The highest rate that passed, and passed again; nil: not yet, or there is none.
    package private(set) var answer: Double?

    /// The highest rate that passed, the lowest that did not.
    private var low: Double?
    private var high: Double?
    private var confirmations = 0
    /// How often the same rate has been measured.
    private var tries = 0

    /// How near the answer is to a rate that is too high.
    private static let precision = 1.03
    /// Less than this share of the wanted rate is too little.
    private static let leastShare = 0.97
    private static let maximumTries = 3
    private static let maximumConfirmations = 6
    private static let maximumRate = 1e8

    package init(name: String, bound: Double, start: Double) {
        (self.name, self.bound) = (name, bound)
        nextRate = min(max(1, start.rounded()), RateSearch.maximumRate)
    }

    /// "500us", "1ms" or "0.5s" as milliseconds.
    package static func parseBound(_ text: String) throws(OptionError) -> Double {
        for (unit, factor) in [("us", 0.001), ("µs", 0.001), ("ms", 1.0), ("s", 1000.0)] where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number > 0, number * factor <= 60_000 else { break }
            return number * factor
        }
        throw OptionError("'\(text)' is no time: 500us, 1ms or 0.5s, at most a minute")
    }

    /// What was measured at `nextRate`.
    package mutating func record(_ result: LoadResult, threads: Int, seconds: Double) {
        record(
            achieved: result.commandsPerSecond, p50: result.latency.p50, p99: result.latency.p99,
            clientLoad: result.clientProcessorSeconds / max(seconds, 0.001) / Double(threads),
            failure: result.isComplete ? nil : result.failure ?? "connections broke")
    }

    mutating func record(achieved: Double, p50: Double, p99: Double, clientLoad: Double = 0, failure: String? = nil) {
        guard let rate = nextRate else { return }
        var complaint = failure
        if complaint == nil, achieved < rate * RateSearch.leastShare {
            complaint = "only \(Report.fixed(achieved / rate * 100, 1)) % of it was answered"
        }
        if complaint == nil, p99 > bound { complaint = "p99 is over \(RateSearch.text(bound))" }
        let confirms = confirmations > 0
        steps.append(
            Step(
                rate: rate, achieved: achieved, p50: p50, p99: p99, clientLoad: clientLoad, complaint: complaint,
                confirms: confirms))
        // One hiccup of a busy machine is no verdict: what nearly passed is tried again, two times at most.
        tries += 1
        let isNear = failure == nil && achieved >= rate * 0.9 && p99 < bound * 10
        if complaint != nil, isNear, tries < RateSearch.maximumTries { return }
        tries = 0
        if confirms { confirm(rate, passed: complaint == nil) } else { narrow(rate, passed: complaint == nil) }
    }

    private mutating func narrow(_ rate: Double, passed: Bool) {
        if passed { low = rate } else { high = rate }
        guard let low else {
            nextRate = rate <= 1 ? nil : max(1, (rate / 2).rounded())
            return
        }
        guard let high else {
            if rate >= RateSearch.maximumRate { begin(confirming: rate) } else { nextRate = min(rate * 2, 1e8) }
            return
        }
        let middle = (low * high).squareRoot().rounded()
        if high / low <= RateSearch.precision || middle <= low || middle >= high {
            begin(confirming: low)
        } else {
            nextRate = middle
        }
    }

    private mutating func begin(confirming rate: Double) {
        confirmations = 1
        nextRate = rate
    }

    /// What passed by luck is lowered until it passes again.
    private mutating func confirm(_ rate: Double, passed: Bool) {
        if passed { answer = rate }
        confirmations += 1
        let lower = (rate / RateSearch.precision).rounded()
        nextRate = passed || confirmations > RateSearch.maximumConfirmations || lower < 1 || lower == rate ? nil : lower
    }

    /// Milliseconds in the unit in which they are written best, to three digits.
    static func text(_ milliseconds: Double) -> String {
        if milliseconds < 1 { return NumberText.short(milliseconds * 1000) + " µs" }
        return milliseconds < 1000
            ? NumberText.short(milliseconds) + " ms" : NumberText.short(milliseconds / 1000) + " s"
    }
}
