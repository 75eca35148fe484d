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
        var found: [Point] = []
        for step in 0... {
            let tail = Mathematics.exponential(-Double(step) * 2.302585092994046 / Double(LatencyCurve.pointsPerDecade))
            let value = histogram.valueAtPercentile((1 - max(tail, 1 / total)) * 100)
            found.append(Point(tail: max(tail, 1 / total), milliseconds: Double(value) / 1e6))
            if tail * total <= 1 { break }
        }
        // Of the command that took longest nothing has to be estimated.
        found[found.count - 1] = Point(tail: 1 / total, milliseconds: Double(histogram.valueAtPercentile(100)) / 1e6)
        points = found
    }
}
