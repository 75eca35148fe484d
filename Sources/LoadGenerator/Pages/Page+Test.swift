// The part of the page about one test.
import Platform

extension Page {
    func section(_ result: LoadResult, _ place: Int) -> String {
        var parts = ["<section id=\"test-\(place)\"><h2>\(Markup.escape(result.name))</h2>"]
        parts.append("<p class=\"facts\">\(Markup.escape(result.conditions))</p>")
        for text in complaints(result) { parts.append("<p class=\"failure\">\(Markup.escape(text))</p>") }
        parts.append(figures(result))
        if result.commands > 0 {
            parts.append("<div class=\"charts\">")
            parts.append("<figure>\(throughput(result).svg)</figure>")
            parts.append("<figure>\(latencies(result).svg)</figure>")
            parts.append("<figure class=\"long\">\(curves(result).svg)</figure></div>")
        }
        parts.append(commands(result))
        if let info = result.info { parts.append(changes(info)) }
        return parts.joined(separator: "\n") + "</section>"
    }

    private func complaints(_ result: LoadResult) -> [String] {
        var texts: [String] = []
        if let failure = result.failure { texts.append("The test ended before its time: \(failure)") }
        if result.connectionErrors > 0 {
            let text = result.connectionErrorText.map { " (\($0))" } ?? ""
            texts.append(
                "Connections broke \(result.connectionErrors) times\(text); \(result.lostCommands) requests were lost.")
        }
        if result.unsentCommands > 0 {
            texts.append("The server did not keep up: \(result.unsentCommands) requests that were due were not sent.")
        }
        for command in result.perCommand {
            if let text = command.firstError { texts.append("\(command.name) is answered with errors: \(text)") }
        }
        return texts
    }

    /// The figures one looks at first.
    private func figures(_ result: LoadResult) -> String {
        var tiles = [
            ("requests/s", NumberText.grouped(result.commandsPerSecond)),
            ("p50", RateSearch.text(result.latency.p50)), ("p99", RateSearch.text(result.latency.p99)),
            ("p99.9", RateSearch.text(result.latency.p999)), ("longest", RateSearch.text(result.latency.maximum)),
            ("requests", NumberText.grouped(Double(result.commands))),
            ("measured", Report.fixed(result.seconds, result.seconds < 10 ? 2 : 1) + " s"),
            ("error replies", NumberText.grouped(Double(result.errors))),
        ]
        if let value = result.clientMicroseconds {
            tiles.append(("client CPU/req", Report.fixed(value, 2) + " µs"))
        }
        if let value = result.serverMicroseconds {
            tiles.append(("server CPU/req", Report.fixed(value, 2) + " µs"))
        }
        if let value = result.serverProcessorSeconds, result.serverMicroseconds == nil {
            tiles.append(("server CPU", Report.fixed(value, 2) + " s"))
        }
        if let value = result.serverResidentBytes {
            tiles.append(("server RSS", NumberText.grouped(Double(value) / 1048576, decimals: 1) + " MiB"))
        }
        let items = tiles.map { "<div><dt>\($0)</dt><dd>\(Markup.escape($1))</dd></div>" }.joined()
        return "<dl class=\"figures\">\(items)</dl>"
    }

    /// The intervals without the last one, if that was cut short: its few requests say nothing about a rate.
    private func whole(_ result: LoadResult) -> [TimelinePoint] {
        var points = result.timeline
        if points.count > 1, let last = points.last, last.seconds < points[0].seconds * 0.5 { points.removeLast() }
        return points
    }

    private func time(_ points: [TimelinePoint]) -> Axis {
        let interval = RateSearch.text((points.first?.seconds ?? 0) * 1000)
        return .exact("seconds, in intervals of \(interval)", maximum: points.last.map { $0.start + $0.seconds } ?? 1)
    }

    private func throughput(_ result: LoadResult) -> LineChart {
        let points = whole(result)
        let line = points.map { (x: $0.start + $0.seconds / 2, y: Optional($0.commandsPerSecond)) }
        return LineChart(
            title: "Throughput over time", below: time(points),
            beside: .linear("requests/s", maximum: points.map(\.commandsPerSecond).max() ?? 1),
            series: [LineChart.Series(name: "requests/s", points: line, isFilled: true)])
    }

    private func latencies(_ result: LoadResult) -> LineChart {
        let points = whole(result)
        func series(_ name: String, _ value: (TimelinePoint) -> Double) -> LineChart.Series {
            LineChart.Series(
                name: name,
                points: points.map { (x: $0.start + $0.seconds / 2, y: $0.commands == 0 ? nil : value($0)) })
        }
        let answered = points.filter { $0.commands > 0 }
        let high = answered.map(\.maximum).max() ?? 1
        let low = answered.map(\.p50).min() ?? 1
        // What spreads too far for one scale is shown by ratio.
        let axis: Axis =
            high > low * 12
            ? .logarithmic("milliseconds, log scale", minimum: low, maximum: high)
            : .linear("milliseconds", maximum: high)
        return LineChart(
            title: "Latency over time", below: time(points), beside: axis,
            series: [series("p50", \.p50), series("p99", \.p99), series("longest", \.maximum)])
    }

    private func curves(_ result: LoadResult) -> LineChart {
        var curves = result.perCommand.filter { $0.commands > 0 }.prefix(ChartFrame.colours.count - 1)
            .map { ($0.name, $0.curve) }
        if curves.count > 1 { curves.insert(("all", result.curve), at: 0) }
        let points = curves.flatMap { $1.points }
        let low = points.map(\.milliseconds).min() ?? 0.1
        let high = points.map(\.milliseconds).max() ?? 1
        let least = points.map(\.tail).min() ?? 0.1
        return LineChart(
            title: "Latency by percentile", below: Page.percentiles(leastTail: least),
            beside: .logarithmic("milliseconds, log scale", minimum: low, maximum: high),
            series: curves.map { name, curve in
                LineChart.Series(
                    name: name, points: curve.points.map { (x: Page.decades($0.tail), y: Optional($0.milliseconds)) })
            }, width: 1470, height: 320)
    }

    /// How many times ten a share of commands has to be multiplied by to be all of them.
    private static func decades(_ tail: Double) -> Double { -Mathematics.logarithm(tail) / 2.302585092994046 }

    /// Percentiles by the logarithm of what lies beyond them: from 99 to 99.9 % it is as far as from 90 to 99 %.
    static func percentiles(leastTail: Double) -> Axis {
        let end = max(1, decades(leastTail))
        var ticks = [Axis.Tick(value: 0, label: "0"), Axis.Tick(value: decades(0.5), label: "50")]
        for decade in 1...max(1, min(12, Int(end + 1e-9))) {
            let nines = String(repeating: "9", count: decade)
            let label = decade == 1 ? "90" : nines.prefix(2) + (decade > 2 ? "." + nines.dropFirst(2) : "")
            ticks.append(Axis.Tick(value: Double(decade), label: String(label)))
        }
        return Axis(title: "percentile", range: 0...end, ticks: ticks)
    }

    private func commands(_ result: LoadResult) -> String {
        let rows = result.perCommand.map { command in
            let rate = result.seconds > 0 ? Double(command.commands) / result.seconds : 0
            return [
                Markup.escape(command.name), NumberText.grouped(Double(command.commands)), NumberText.grouped(rate),
            ] + Page.latencyCells(command.latency) + [NumberText.grouped(Double(command.errors))]
        }
        return "<h3>Commands</h3>\n"
            + Page.table(["command", "requests", "requests/s"] + Page.latencyHead + ["errors"], rows)
    }

    /// Counters that stand still are not shown.
    private func changes(_ info: InfoChanges) -> String {
        let rows = info.fields.filter { $0.difference != 0 || $0.unit == .bytes }.map { field in
            let values = [field.before, field.after, field.difference].map { Page.text($0, field.unit) }
            return ["<code>\(field.name)</code>", values[0], values[1], (field.difference > 0 ? "+" : "") + values[2]]
        }
        return "<h3>The server's INFO</h3>\n" + Page.table(["field", "before", "after", "difference"], rows)
    }

    private static func text(_ value: Double, _ unit: InfoChanges.Unit) -> String {
        switch unit {
        case .count: NumberText.grouped(value)
        case .seconds: NumberText.grouped(value, decimals: 3) + " s"
        case .bytes: NumberText.grouped(value / 1048576, decimals: 2) + " MiB"
        }
    }
}
