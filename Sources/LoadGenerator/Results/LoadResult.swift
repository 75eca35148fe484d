// What a load has measured, all threads together.
import Histogram

/// Latencies in milliseconds.
package struct LatencySummary: Equatable, Sendable {
    package let mean, p50, p90, p99, p999, p9999, maximum: Double

    init(_ histogram: Histogram<UInt64>) {
        func milliseconds(_ percentile: Double) -> Double {
            histogram.totalCount == 0 ? 0 : Double(histogram.valueAtPercentile(percentile)) / 1e6
        }
        mean = histogram.totalCount == 0 ? 0 : histogram.mean / 1e6
        p50 = milliseconds(50)
        p90 = milliseconds(90)
        p99 = milliseconds(99)
        p999 = milliseconds(99.9)
        p9999 = milliseconds(99.99)
        maximum = milliseconds(100)
    }

    /// What reports call the values, in the order of `values`.
    static let names = ["mean_ms", "p50_ms", "p90_ms", "p99_ms", "p99.9_ms", "p99.99_ms", "max_ms"]

    var values: [Double] { [mean, p50, p90, p99, p999, p9999, maximum] }
}

/// One command of a workload.
package struct CommandResult: Sendable {
    package let name: String
    package let commands: Int
    package let errors: Int
    /// The first error that the server replied.
    package let firstError: String?
    package let latency: LatencySummary
    package let curve: LatencyCurve
}

package struct LoadResult: Sendable {
    package let name: String
    package let commands: Int
    package let errors: Int
    /// From the end of the warm-up to the last reply.
    package let seconds: Double
    package let latency: LatencySummary
    package let perCommand: [CommandResult]
    /// Replies in each second.
    package let perSecond: [Int]
    /// Throughput and latency over time, in at most 200 intervals.
    package let timeline: [TimelinePoint]
    package let curve: LatencyCurve
    /// How it was measured, in a few words.
    package let conditions: String
    package let connectionErrors: Int
    package let connectionErrorText: String?
    /// Commands that were sent on connections that broke.
    package let lostCommands: Int
    /// Commands that were due at a fixed rate and never sent.
    package let unsentCommands: Int
    /// Why the load ended before its time; nil if it did not.
    package let failure: String?
    /// Processor time of this process and of the server, warm-up and connecting included.
    package let clientProcessorSeconds: Double
    package var serverProcessorSeconds: Double?
    package var serverResidentBytes: Int?
    /// What INFO says before and after; nil if the server has no INFO.
    package var info: InfoChanges?
    /// Whether there was a warm-up, whose commands are not counted: then processor time per command means nothing.
    let hasWarmUp: Bool

    init(_ workload: Workload, _ options: LoadOptions, _ threads: [ThreadResult], clientSeconds: Double) {
        name = workload.name
        var all = ThreadResult.emptyHistogram()
        var each: [CommandResult] = []
        for (kind, command) in workload.commands.enumerated() {
            var histogram = ThreadResult.emptyHistogram()
            for thread in threads { histogram.add(thread.histograms[kind]) }
            all.add(histogram)
            each.append(
                CommandResult(
                    name: command.name, commands: Int(histogram.totalCount),
                    errors: threads.reduce(0) { $0 + $1.errors[kind] },
                    firstError: threads.lazy.compactMap { $0.errorTexts[kind] }.first,
                    latency: LatencySummary(histogram), curve: LatencyCurve(histogram)))
        }
        commands = Int(all.totalCount)
        errors = each.reduce(0) { $0 + $1.errors }
        latency = LatencySummary(all)
        perCommand = each
        curve = each.count == 1 ? each[0].curve : LatencyCurve(all)
        conditions = options.conditions
        let start = threads.map(\.start).filter { $0 > 0 }.min() ?? 0
        let length = max(0, (threads.map(\.last).max() ?? 0) - start)
        seconds = Double(length) / 1e9
        var timeline = Timeline()
        for thread in threads { timeline.add(thread.timeline) }
        self.timeline = timeline.points(until: length)
        let wholeSeconds = threads.map(\.perSecond.count).max() ?? 0
        perSecond = (0..<wholeSeconds).map { second in
            threads.reduce(0) { $0 + (second < $1.perSecond.count ? $1.perSecond[second] : 0) }
        }
        connectionErrors = threads.reduce(0) { $0 + $1.connectionErrors }
        connectionErrorText = threads.lazy.compactMap(\.connectionErrorText).first
        lostCommands = threads.reduce(0) { $0 + $1.lostCommands }
        unsentCommands = threads.reduce(0) { $0 + $1.unsentCommands }
        failure = threads.lazy.compactMap(\.failure).first
        clientProcessorSeconds = clientSeconds
        hasWarmUp = options.warmUpSeconds > 0
    }

    package var commandsPerSecond: Double { seconds > 0 ? Double(commands) / seconds : 0 }

    /// Microseconds of processor time of this process for each command.
    package var clientMicroseconds: Double? { perCommand(clientProcessorSeconds) }
    package var serverMicroseconds: Double? { serverProcessorSeconds.flatMap { perCommand($0) } }

    private func perCommand(_ seconds: Double) -> Double? {
        hasWarmUp || commands == 0 ? nil : seconds * 1e6 / Double(commands)
    }

    /// The test was done to its end, and nothing was lost on the way.
    package var isComplete: Bool { failure == nil && connectionErrors == 0 && lostCommands == 0 }
}
