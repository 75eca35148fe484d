// Results as text: a table for people, lines for programs.
import Platform

package enum Report {
    /// The head of the table.
    package static var tableHead: String {
        row("test", ["requests", "req/s", "p50 ms", "p90", "p99", "p99.9", "p99.99", "max", "errors"])
    }

    /// One line for the test, one for each command if there are several, and what has to be said beside.
    package static func table(_ result: LoadResult) -> String {
        var lines = [
            row(
                result.name,
                [
                    "\(result.commands)", fixed(result.commandsPerSecond, 0),
                ] + columns(result.latency) + ["\(result.errors)"])
        ]
        if result.perCommand.count > 1 {
            for each in result.perCommand {
                let rate = result.seconds > 0 ? Double(each.commands) / result.seconds : 0
                lines.append(
                    row(
                        "  " + each.name,
                        ["\(each.commands)", fixed(rate, 0)]
                            + columns(each.latency) + ["\(each.errors)"]))
            }
        }
        for each in result.perCommand {
            if let text = each.firstError { lines.append("  \(each.name) is answered with errors: \(text)") }
        }
        var costs: [String] = []
        if let client = result.clientMicroseconds { costs.append("client CPU \(fixed(client, 2)) µs/req") }
        if let server = result.serverMicroseconds { costs.append("server CPU \(fixed(server, 2)) µs/req") }
        if let bytes = result.serverResidentBytes {
            costs.append("server RSS \(fixed(Double(bytes) / 1048576, 1)) MiB")
        }
        if !costs.isEmpty { lines.append("  " + costs.joined(separator: ", ")) }
        if let text = result.info.flatMap(summary) { lines.append("  " + text) }
        if result.unsentCommands > 0 {
            lines.append("  the server did not keep up: \(result.unsentCommands) requests that were due were not sent")
        }
        if result.connectionErrors > 0 {
            let text = result.connectionErrorText.map { " (\($0))" } ?? ""
            lines.append(
                "  connections broke \(result.connectionErrors) times\(text), "
                    + "\(result.lostCommands) requests were lost")
        }
        return lines.joined(separator: "\n")
    }

    /// What the server says of itself, where it is not 0.
    private static func summary(_ changes: InfoChanges) -> String? {
        let shown: [(field: String, words: String)] = [
            ("total_commands_processed", "commands"), ("keyspace_hits", "hits"), ("keyspace_misses", "misses"),
            ("expired_keys", "expired"), ("evicted_keys", "evicted"), ("total_error_replies", "errors"),
            ("rejected_connections", "connections rejected"),
        ]
        var parts: [String] = []
        for (field, words) in shown {
            if let value = changes.difference(field), value > 0 { parts.append("\(fixed(value, 0)) \(words)") }
        }
        if let seconds = changes.processorSeconds { parts.append("CPU \(fixed(seconds, 2)) s") }
        if let bytes = changes.difference("used_memory") {
            parts.append("memory \(bytes < 0 ? "-" : "+")\(fixed(abs(bytes) / 1048576, 2)) MiB")
        }
        return parts.isEmpty ? nil : "server's INFO: " + parts.joined(separator: ", ")
    }

    private static func columns(_ latency: LatencySummary) -> [String] {
        [latency.p50, latency.p90, latency.p99, latency.p999, latency.p9999, latency.maximum].map { fixed($0, 3) }
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        let title = name.count > 24 ? String(name.prefix(23)) + "…" : name
        let widths = [10, 9, 8, 8, 8, 8, 8, 8, 8]
        var line = title + String(repeating: " ", count: 24 - title.count)
        for (cell, width) in zip(cells, widths) {
            line += " " + String(repeating: " ", count: max(0, width - cell.count)) + cell
        }
        return line
    }

    /// A number that is not negative, rounded to `decimals` digits behind the point.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, value >= 0, value < 1e15 else { return "0" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let whole = Int((value * scale).rounded())
        if decimals == 0 { return "\(whole)" }
        let fraction = "\(whole % Int(scale))"
        return "\(whole / Int(scale))." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
