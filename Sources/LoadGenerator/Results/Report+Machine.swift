// Results for programs: JSON and CSV.

extension Report {
    /// The first line of a CSV.
    package static var csvHead: String {
        (["test", "command", "requests", "errors", "requests_per_second"] + LatencySummary.names)
            .map { "\"\($0)\"" }.joined(separator: ",")
    }

    /// One line for the test, with the command "all", and one for each command if there are several.
    package static func csv(_ result: LoadResult) -> String {
        func line(_ name: String, _ commands: Int, _ errors: Int, _ latency: LatencySummary) -> String {
            let rate = result.seconds > 0 ? Double(commands) / result.seconds : 0
            let texts = [result.name, name].map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
            return (texts + ["\(commands)", "\(errors)", fixed(rate, 2)] + latency.values.map { fixed($0, 3) })
                .joined(separator: ",")
        }
        var lines = [line("all", result.commands, result.errors, result.latency)]
        if result.perCommand.count > 1 {
            lines += result.perCommand.map { line($0.name, $0.commands, $0.errors, $0.latency) }
        }
        return lines.joined(separator: "\n")
    }

    /// One object for all tests of an invocation.
    package static func json(_ results: [LoadResult], _ searches: [RateSearch] = []) -> String {
        let found = searches.isEmpty ? "" : ",\"searches\":[" + searches.map(object).joined(separator: ",") + "]"
        return "{\"tests\":[" + results.map(object).joined(separator: ",") + "]\(found)}"
    }

    private static func object(_ result: LoadResult) -> String {
        var members: [(String, String)] = [
            ("name", text(result.name)), ("requests", "\(result.commands)"), ("errors", "\(result.errors)"),
            ("seconds", fixed(result.seconds, 6)), ("requests_per_second", fixed(result.commandsPerSecond, 2)),
            ("conditions", text(result.conditions)), ("latency", latency(result.latency)),
            ("commands", "[" + result.perCommand.map(object).joined(separator: ",") + "]"),
            ("timeline", "[" + result.timeline.map(object).joined(separator: ",") + "]"),
            ("requests_each_second", "[" + result.perSecond.map { "\($0)" }.joined(separator: ",") + "]"),
            ("connection_errors", "\(result.connectionErrors)"), ("lost_requests", "\(result.lostCommands)"),
            ("unsent_requests", "\(result.unsentCommands)"),
            ("client_cpu_seconds", fixed(result.clientProcessorSeconds, 6)),
        ]
        if let value = result.clientMicroseconds { members.append(("client_cpu_us_per_request", fixed(value, 4))) }
        if let value = result.serverProcessorSeconds { members.append(("server_cpu_seconds", fixed(value, 6))) }
        if let value = result.serverMicroseconds { members.append(("server_cpu_us_per_request", fixed(value, 4))) }
        if let value = result.serverResidentBytes { members.append(("server_rss_bytes", "\(value)")) }
        if let value = result.info { members.append(("info", object(value))) }
        if let value = result.failure { members.append(("failure", text(value))) }
        return object(members)
    }

    private static func object(_ command: CommandResult) -> String {
        var members: [(String, String)] = [
            ("name", text(command.name)), ("requests", "\(command.commands)"), ("errors", "\(command.errors)"),
            ("latency", latency(command.latency)),
        ]
        if let value = command.firstError { members.append(("first_error", text(value))) }
        return object(members)
    }

    private static func object(_ point: TimelinePoint) -> String {
        object([
            ("start", fixed(point.start, 3)), ("seconds", fixed(point.seconds, 3)),
            ("requests", "\(point.commands)"), ("requests_per_second", fixed(point.commandsPerSecond, 1)),
            ("p50_ms", fixed(point.p50, 4)), ("p99_ms", fixed(point.p99, 4)), ("max_ms", fixed(point.maximum, 4)),
        ])
    }

    private static func object(_ changes: InfoChanges) -> String {
        let fields = changes.fields.map { field in
            let values = [("before", field.before), ("after", field.after), ("difference", field.difference)]
            return (field.name, object(values.map { ($0, number($1, field.unit == .seconds ? 6 : 0)) }))
        }
        return object([("server", changes.server.map(text) ?? "null"), ("fields", object(fields))])
    }

    /// A number that may be negative.
    private static func number(_ value: Double, _ decimals: Int) -> String {
        (value < 0 ? "-" : "") + fixed(abs(value), decimals)
    }

    private static func latency(_ latency: LatencySummary) -> String {
        object(zip(LatencySummary.names, latency.values).map { ($0, fixed($1, 6)) })
    }

    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(text($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    static func text(_ value: String) -> String {
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
