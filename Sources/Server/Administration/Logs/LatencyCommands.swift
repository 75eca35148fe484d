// LATENCY: what the latency monitor has seen, and how long commands take.
import Bytes
import Commands
import Platform
import RESP

private let admin: CommandFlags = [.admin, .noScript, .loading, .stale]
private let everywhere: [StaticString] = [
    "nondeterministic_output", "request_policy:all_nodes", "response_policy:special",
]

let latencyCommands: [Command] = unsafe [
    Command(
        "latency", arity: -2, [], routing: .keyless, group: .server, since: "2.8.13",
        complexity: "Depends on subcommand.", summary: "Commands about latency.",
        subcommands: [
            Command(
                "doctor", arity: 2, admin, routing: .keyless, group: .server, since: "2.8.13",
                summary: "Says in words what took long.", tips: everywhere
            ) { unsafe latencyDoctor(&$0.context) },
            unsafe Command(
                "graph", arity: 3, admin, routing: .keyless, group: .server, since: "2.8.13",
                summary: "Draws an event's samples.", syntax: "event", tips: everywhere
            ) { unsafe latencyGraph(&$0.context) },
            unsafe Command(
                "help", arity: 2, [.loading, .stale], routing: .keyless, group: .server, since: "2.8.13",
                summary: "Lists the subcommands."
            ) { unsafe latencyHelp(&$0.context) },
            unsafe Command(
                "histogram", arity: -2, admin, routing: .keyless, group: .server, since: "7.0.0",
                complexity: "O(N) where N is the number of commands asked for",
                summary: "Answers with the distribution of the durations of commands.",
                syntax: "[command [command ...]]", tips: everywhere
            ) { unsafe latencyHistogram(&$0.context) },
            unsafe Command(
                "history", arity: 3, admin, routing: .keyless, group: .server, since: "2.8.13",
                summary: "Answers with an event's samples.", syntax: "event", tips: everywhere
            ) { unsafe latencyHistory(&$0.context) },
            unsafe Command(
                "latest", arity: 2, admin, routing: .keyless, group: .server, since: "2.8.13",
                summary: "Answers with the latest sample of every event.", tips: everywhere
            ) { unsafe latencyLatest(&$0.context) },
            unsafe Command(
                "reset", arity: -2, admin, routing: .keyless, group: .server, since: "2.8.13",
                summary: "Forgets the samples of events.", syntax: "[event [event ...]]",
                tips: ["request_policy:all_nodes", "response_policy:agg_sum"]
            ) { unsafe latencyReset(&$0.context) },
        ]
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'latency' command") }
]

private func latencyLatest(_ context: inout CommandContext) {
    let events = context.server.latency.all
    context.reply.array(events.count)
    for (name, event) in events {
        context.reply.array(4)
        context.reply.bulk(name)
        context.reply.integer(event.samples.last?.time ?? 0)
        context.reply.integer(event.samples.last?.milliseconds ?? 0)
        context.reply.integer(event.maximum)
    }
}

private func latencyHistory(_ context: inout CommandContext) {
    let samples = context.server.latency.event(context.arguments[2].string)?.samples ?? []
    context.reply.array(samples.count)
    for sample in samples {
        context.reply.array(2)
        context.reply.integer(sample.time)
        context.reply.integer(sample.milliseconds)
    }
}

private func latencyReset(_ context: inout CommandContext) {
    let latency = context.server.latency
    if context.arguments.count == 2 { return context.reply.integer(latency.resetAll()) }
    let count = (2..<context.arguments.count).count { latency.reset(context.arguments[$0].string) }
    context.reply.integer(count)
}

private func latencyHistogram(_ context: inout CommandContext) {
    let server = context.server
    let table = server.table
    var wanted = Array(table.entries.indices)
    if context.arguments.count > 2 {
        wanted = []
        for position in 2..<context.arguments.count {
            let index = table.findFull(context.arguments[position])
            guard index >= 0 else { continue }
            wanted.append(index)
            wanted += table.children[index].map { Array($0) } ?? []
        }
    }
    let found = wanted.map { ($0, server.totals(of: $0)) }.filter { $0.1.calls > 0 }
    context.reply.map(found.count)
    for (index, totals) in found {
        let histogram = LatencyHistogram(totals.buckets, cyclesPerMicrosecond: server.cyclesPerMicrosecond)
        context.reply.bulk(table.fullName(index))
        context.reply.map(2)
        context.reply.bulk("calls")
        context.reply.integer(totals.calls)
        context.reply.bulk("histogram_usec")
        context.reply.map(histogram.cumulative.count)
        for (bound, calls) in histogram.cumulative {
            context.reply.integer(bound)
            context.reply.integer(calls)
        }
    }
}

private func latencyGraph(_ context: inout CommandContext) {
    let name = context.arguments[2].string
    guard let event = context.server.latency.event(name) else {
        return context.error("ERR No samples available for event '", quoting: context.arguments[2], "'")
    }
    context.reply.verbatim("txt", LatencyText.graph(name, event))
}

private func latencyDoctor(_ context: inout CommandContext) {
    let server = context.server
    let threshold = server.configuration.latencyThresholdMilliseconds
    context.reply.verbatim("txt", LatencyText.diagnosis(server.latency.all, threshold: threshold))
}

/// The reports for people.
enum LatencyText {
    /// One column a sample, the last 80 of them; the higher, the longer.
    static func graph(_ name: String, _ event: LatencyMonitor.Event) -> String {
        let samples = event.samples.suffix(80)
        let highest = samples.map(\.milliseconds).max() ?? 0
        let lowest = samples.map(\.milliseconds).min() ?? 0
        let now = Clock.realtimeMilliseconds() / 1000
        var text = "\(name) - high \(highest) ms, low \(lowest) ms (all time high \(event.maximum) ms)\n"
        text += String(repeating: "-", count: 80) + "\n"
        let rows = 4
        for row in stride(from: rows, to: 0, by: -1) {
            for sample in samples {
                let range = highest - lowest
                let height = range == 0 ? 1 : 1 + (sample.milliseconds - lowest) * (rows - 1) / range
                text += height == row ? "#" : height > row ? "|" : " "
            }
            text += "\n"
        }
        let ages = samples.map { age(now - $0.time) }
        let longest = ages.map(\.count).max() ?? 0
        text += "\n"
        for row in 0..<longest {
            for age in ages {
                let letters = Array(age)
                text.append(row < letters.count ? letters[row] : " ")
            }
            text += "\n"
        }
        return text
    }

    private static func age(_ seconds: Int64) -> String {
        if seconds < 60 { return "\(max(0, seconds))s" }
        if seconds < 3600 { return "\(seconds / 60)m" }
        if seconds < 86_400 { return "\(seconds / 3600)h" }
        return "\(seconds / 86_400)d"
    }

    static func diagnosis(_ events: [(name: String, event: LatencyMonitor.Event)], threshold: Int) -> String {
        if threshold == 0 {
            return """
                The latency monitor is off. "CONFIG SET latency-monitor-threshold <milliseconds>" lets it note \
                everything that takes longer.\n
                """
        }
        if events.isEmpty { return "Nothing has taken \(threshold) ms or more.\n" }
        var text = "What has taken \(threshold) ms or more:\n\n"
        for (number, (name, event)) in events.enumerated() {
            let times = event.samples.map(\.milliseconds)
            let average = times.reduce(0, +) / max(1, times.count)
            text += """
                \(number + 1). \(name): \(times.count) samples, \(average) ms on average, \
                \(event.maximum) ms at worst.\n
                """
        }
        text += """

            Commands that take long show in SLOWLOG GET; INFO commandstats tells which are slow on average. Long \
            commands on big keys are best split into smaller ones.\n
            """
        return text
    }
}

private func latencyHelp(_ context: inout CommandContext) {
    context.help(
        "LATENCY",
        [
            "DOCTOR", "    Say in words what took long.",
            "GRAPH <event>", "    Draw the samples of the <event>.",
            "HISTORY <event>", "    The samples of the <event>: times and milliseconds.",
            "LATEST", "    The latest sample of every event.",
            "RESET [<event> ...]", "    Forget the samples of these events, or of all.",
            "HISTOGRAM [COMMAND ...]", "    How long commands take: how many calls took at most so many µs.",
        ])
}
