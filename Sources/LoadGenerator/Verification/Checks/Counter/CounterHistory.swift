// Judges what counters have said: each increment of a counter takes it over an interval that is its own.

enum CounterHistory {
    /// Throws a violation if `tallies`, of all clients, cannot be what happened to one counter that began at 0 and was
    /// `final` after all of them had ended. All steps have the same sign and are not 0.
    ///
    /// An increment by `step` that replied `value` took the counter from `value - step` to `value`. So, if nothing is
    /// lost and nothing done twice, these intervals do not overlap, a client's own come in order, and what they leave
    /// free between 0 and the end is covered by increments whose outcome is unknown.
    static func judge(_ name: String, _ tallies: [CounterTally], final: Int64) throws(Violation) {
        let isFalling = (tallies.lazy.flatMap { $0.acknowledged.map(\.step) + $0.unknown }.first ?? 1) < 0
        let sign: Int64 = isFalling ? -1 : 1
        var intervals: [Interval] = []
        for (number, tally) in tallies.enumerated() {
            var before: CounterTally.Increment?
            for increment in tally.acknowledged {
                if let before, (increment.value - before.value) * sign < increment.step * sign {
                    throw Violation(
                        "\(name): a client's second increment did not add to its first",
                        [line(number, before), line(number, increment)])
                }
                before = increment
                let end = increment.value * sign
                intervals.append(Interval(start: end - increment.step * sign, end: end, client: number, increment))
            }
        }
        intervals.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        var reached: Int64 = 0
        var last: Interval?
        for interval in intervals {
            if interval.start < reached {
                throw Violation(
                    last == nil
                        ? "\(name): an increment of a new counter began below 0"
                        : "\(name): two increments began from the same value, so one of them was lost",
                    (last.map { [line($0.client, $0.increment)] } ?? []) + [line(interval.client, interval.increment)])
            }
            (reached, last) = (interval.end, interval)
        }
        try judgeSum(name, tallies, final: final, sign: sign, highest: last)
    }

    private static func judgeSum(
        _ name: String, _ tallies: [CounterTally], final: Int64, sign: Int64, highest: Interval?
    ) throws(Violation) {
        let acknowledged = tallies.reduce(0) { $0 + $1.acknowledged.reduce(0) { $0 + $1.step } }
        let unknown = tallies.reduce(0) { $0 + $1.unknown.reduce(0, +) }
        let count = tallies.reduce(0) { $0 + $1.acknowledged.count }
        let evidence = [
            "\(count) increments that were acknowledged add up to \(acknowledged)",
            "those whose outcome is unknown add up to \(unknown)", "afterwards the counter is \(final)",
        ]
        if final * sign < acknowledged * sign {
            throw Violation("\(name): acknowledged increments are missing from the counter", evidence)
        }
        if final * sign > (acknowledged + unknown) * sign {
            throw Violation("\(name): the counter is beyond all increments together", evidence)
        }
        if let highest, final * sign < highest.end {
            throw Violation(
                "\(name): the counter has gone back",
                [line(highest.client, highest.increment), "afterwards the counter is \(final)"])
        }
    }

    private struct Interval {
        /// As if counters only rose.
        let start, end: Int64
        let client: Int
        let increment: CounterTally.Increment

        init(start: Int64, end: Int64, client: Int, _ increment: CounterTally.Increment) {
            (self.start, self.end, self.client, self.increment) = (start, end, client, increment)
        }
    }

    private static func line(_ client: Int, _ increment: CounterTally.Increment) -> String {
        "client \(client) adds \(increment.step) and is told \(increment.value)"
    }
}
