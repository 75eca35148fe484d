// Latency over the share of commands that take longer: the curve on which rare delays can be seen.
import Histogram
import Platform

package struct LatencyCurve: Equatable, Sendable {
    package struct Point: Equatable, Sendable {
        /// The share of commands that take longer: 1 at the left end, 0.01 at the 99th percentile.
        package let tail: Double
        package let milliseconds: Double
    }

    package let points: [Point]

    /// Twelve points for each factor of ten, down to the one command that took longest.
    private static let pointsPerDecade = 12

    init(_ histogram: Histogram<UInt64>) {
        let total = Double(histogram.totalCount)
        guard total > 0 else {
            points = []
            return
        }
        var tails = [1.0]
        while let last = tails.last, last * total > 1 {
            let decades = Double(tails.count) / Double(LatencyCurve.pointsPerDecade)
            tails.append(max(Mathematics.exponential(-decades * 2.302585092994046), 1 / total))
        }
        // One pass: the histogram has tens of thousands of cells, and there are many percentiles.
        var found: [Point] = []
        for cell in histogram.recordedValues() {
            let value = Double(min(cell.value, histogram.maxRecorded)) / 1e6
            while found.count < tails.count {
                let tail = tails[found.count]
                // How many commands are not in the tail; at the left end the fastest one is shown.
                guard Double(cell.totalCountToThisValue) >= max(1, ((1 - tail) * total - 1e-6).rounded(.up)) else {
                    break
                }
                found.append(Point(tail: tail, milliseconds: value))
            }
        }
        guard !found.isEmpty else {
            points = []
            return
        }
        // Of the command that took longest nothing has to be estimated.
        found[found.count - 1] = Point(tail: 1 / total, milliseconds: Double(histogram.valueAtPercentile(100)) / 1e6)
        points = found
    }
}
