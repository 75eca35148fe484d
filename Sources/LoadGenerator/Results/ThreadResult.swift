// What one thread has measured.
import Histogram
import Platform

/// How far a load is.
package struct LoadSnapshot: Sendable {
    package var commands = 0
    package var errors = 0
    /// The sum of all latencies.
    package var latencyNanoseconds = 0

    package init() {}

    package static func + (left: LoadSnapshot, right: LoadSnapshot) -> LoadSnapshot {
        var sum = left
        sum.commands += right.commands
        sum.errors += right.errors
        sum.latencyNanoseconds += right.latencyNanoseconds
        return sum
    }
}

struct ThreadResult: Sendable {
    /// Latencies in nanoseconds of each command of the mix, to three digits.
    var histograms: [Histogram<UInt64>]
    /// Error replies to each command, and the first of them.
    var errors: [Int]
    var errorTexts: [String?]
    var connectionErrors = 0
    var connectionErrorText: String?
    /// Commands in flight on connections that broke.
    var lostCommands = 0
    /// At a fixed rate: commands that were due and never sent.
    var unsentCommands = 0
    /// Why the thread ended before its time.
    var failure: String?
    var commands = 0
    var latencyNanoseconds = 0
    /// Replies in each second of the measurement.
    var perSecond: [Int] = []
    var timeline = Timeline()
    var start: Int64 = 0
    /// When the last reply came.
    var last: Int64 = 0

    init(kinds: Int) {
        histograms = (0..<kinds).map { _ in ThreadResult.emptyHistogram() }
        errors = [Int](repeating: 0, count: kinds)
        errorTexts = [String?](repeating: nil, count: kinds)
    }

    static func emptyHistogram() -> Histogram<UInt64> {
        var histogram = Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)
        histogram.autoResize = true
        return histogram
    }

    mutating func begin(at time: Int64) { (start, last) = (time, time) }

    mutating func record(kind: Int, nanoseconds: Int64, count: Int, at now: Int64) {
        let latency = max(1, nanoseconds)
        _ = histograms[kind].record(UInt64(latency), count: UInt64(count))
        commands &+= count
        latencyNanoseconds &+= Int(latency) &* count
        last = now
        let second = Int((now &- start) / 1_000_000_000)
        if second >= perSecond.count { extendSeconds(second) }
        perSecond[second] &+= count
        timeline.record(nanoseconds: latency, count: count, at: now &- start)
    }

    private mutating func extendSeconds(_ second: Int) {
        while perSecond.count <= second { perSecond.append(0) }
    }

    var snapshot: LoadSnapshot {
        var snapshot = LoadSnapshot()
        (snapshot.commands, snapshot.latencyNanoseconds) = (commands, latencyNanoseconds)
        snapshot.errors = errors.reduce(0, +)
        return snapshot
    }
}
