// The report as one HTML page that needs nothing beside itself: no network, no script.
import Platform

/// A page about everything that one invocation has measured.
package struct Page: Sendable {
    private let results: [LoadResult]
    private let searches: [RateSearch]
    private let server: String
    private let line: [String]

    /// - Parameters:
    ///   - server: its address.
    ///   - line: the command line, to be shown; passwords in it are not.
    package init(_ results: [LoadResult], _ searches: [RateSearch], server: String, line: [String]) {
        (self.results, self.searches, self.server) = (results, searches, server)
        self.line = Page.withoutPasswords(line)
    }

    package var text: String {
        let product = results.lazy.compactMap { $0.info?.server }.first
        let title = [product, results.map(\.name).prefix(3).joined(separator: ", ")].compactMap { $0 }
            .joined(separator: ": ")
        var parts = [head(title, product)]
        if results.count > 1 { parts.append(overview) }
        for search in searches { parts.append(section(search)) }
        for (place, result) in results.enumerated() { parts.append(section(result, place)) }
        if results.isEmpty { parts.append("<p class=\"failure\">Nothing was measured.</p>") }
        parts.append(
            "<footer>Measured by needletail-bench on \(Markup.escape(ProcessStatistics.operatingSystem)). "
                + "Latencies are what a client waits, from HDR histograms.</footer>\n</main></body></html>\n")
        return parts.joined(separator: "\n")
    }

    private func head(_ title: String, _ product: String?) -> String {
        let now = LocalTime(milliseconds: Clock.realtimeMilliseconds())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(now.year)-\(two(now.month))-\(two(now.day)) \(two(now.hour)):\(two(now.minute))"
        let command = line.map(Page.quoted).joined(separator: " ")
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escape(title))</title>
            <style>\(PageStyle.sheet)</style></head>
            <body><main>
            <header><h1>\(Markup.escape(product ?? "Load on \(server)"))</h1>
            <p class="facts">\(Markup.escape(server)) · \(time)</p>
            <pre><code>\(Markup.escape(command))</code></pre></header>
            """
    }

    /// All tests side by side.
    private var overview: String {
        let rows = results.enumerated().map { place, result in
            [
                "<a href=\"#test-\(place)\">\(Markup.escape(result.name))</a>",
                NumberText.grouped(Double(result.commands)), NumberText.grouped(result.commandsPerSecond),
            ] + Page.latencyCells(result.latency) + [NumberText.grouped(Double(result.errors))]
        }
        let chart = BarChart(
            title: "Throughput of each test", axisTitle: "requests/s", series: ["requests/s"],
            groups: results.map { BarChart.Group(name: $0.name, values: [$0.commandsPerSecond]) })
        let head = ["test", "requests", "requests/s"] + Page.latencyHead + ["errors"]
        return "<section><h2>All tests</h2>\n<figure class=\"wide\">\(chart.svg)</figure>\n"
            + Page.table(head, rows) + "</section>"
    }

    static let latencyHead = ["mean ms", "p50", "p90", "p99", "p99.9", "p99.99", "max"]

    static func latencyCells(_ latency: LatencySummary) -> [String] { latency.values.map { Report.fixed($0, 3) } }

    /// Cells are markup; those after the first column are numbers.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        let titles = head.map { "<th>\(Markup.escape($0))</th>" }.joined()
        let lines = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
        return
            "<div class=\"scroll\"><table><thead><tr>\(titles)</tr></thead><tbody>\n\(lines)\n</tbody></table></div>\n"
    }

    /// A word of a command line as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:,=%+@".contains($0) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    static func withoutPasswords(_ line: [String]) -> [String] {
        var hidden: [String] = []
        for (place, word) in line.enumerated() {
            let isAfter = place > 0 && ["-a", "--password"].contains(line[place - 1])
            if isAfter {
                hidden.append("…")
            } else if word.hasPrefix("--password=") {
                hidden.append("--password=…")
            } else if word.hasPrefix("-a=") {
                hidden.append("-a=…")
            } else {
                // The folder of the program says nothing about the measurement.
                hidden.append(place == 0 ? String(word.split(separator: "/").last ?? "") : word)
            }
        }
        return hidden
    }
}
