// Durations of one command, from the powers of two that the workers count.

/// The workers' buckets are powers of two of cycles; here they are powers of two of microseconds.
package struct LatencyHistogram {
    /// Upper bounds in microseconds, as Redis' histograms print them, and how many calls took at most so long.
    package private(set) var cumulative: [(bound: Int, calls: Int)] = []
    private let buckets: [Int]
    private let calls: Int
    private let cyclesPerMicrosecond: Double

    /// - Parameter buckets: how many calls took 2^n cycles or more, but less than twice that.
    package init(_ buckets: [Int], cyclesPerMicrosecond: Double) {
        self.buckets = buckets
        calls = buckets.reduce(0, +)
        self.cyclesPerMicrosecond = cyclesPerMicrosecond
        var counts: [Int: Int] = [:]
        for (bit, count) in buckets.enumerated() where count > 0 {
            counts[Self.exponent(upperBound(bit)), default: 0] += count
        }
        var total = 0
        for exponent in counts.keys.sorted() {
            total += counts[exponent] ?? 0
            cumulative.append((Self.bound(exponent), total))
        }
    }

    /// The duration that this share of all calls did not exceed.
    package func microseconds(at percentile: Double) -> Double {
        let wanted = Double(calls) * min(100, percentile) / 100
        var total = 0
        for (bit, count) in buckets.enumerated() where count > 0 {
            total += count
            if Double(total) >= wanted { return upperBound(bit) }
        }
        return 0
    }

    /// The longest duration in a bucket, in microseconds.
    private func upperBound(_ bit: Int) -> Double {
        Double(UInt64(1) << UInt64(min(62, bit + 1))) / cyclesPerMicrosecond
    }

    /// The power of two of 1,024 ns that a duration fits under.
    private static func exponent(_ microseconds: Double) -> Int {
        var exponent = 0
        while exponent < 40 && Double(UInt64(1024) << UInt64(exponent)) / 1000 < microseconds { exponent += 1 }
        return exponent
    }

    /// The bound as it is printed: the largest value that the histogram does not tell from the power of two.
    private static func bound(_ exponent: Int) -> Int {
        let power = 1 << (exponent + 10)
        return (power + power >> 7 - 1) / 1000
    }
}
