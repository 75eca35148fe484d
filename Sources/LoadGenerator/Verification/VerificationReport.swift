// What checks have found, as text.

extension Report {
    /// A line for each check, with what it found beneath.
    package static func table(_ result: VerificationResult) -> String {
        var lines = [line("check", "operations", "unknown", "outcome")]
        for check in result.checks {
            let operations = "\(check.operations)", unknown = "\(check.unknown)"
            switch check.outcome {
            case .held: lines.append(line(check.name, operations, unknown, "held"))
            case .skipped(let reason): lines.append(line(check.name, "-", "-", "skipped: \(reason)"))
            case .failed(let reason): lines.append(line(check.name, operations, unknown, "FAILED: \(reason)"))
            case .violated(let violation):
                lines.append(line(check.name, operations, unknown, "VIOLATED: \(check.summary)"))
                lines += violation.description.split(separator: "\n").map { "    \($0)" }
            }
            lines += check.notes.map { "    note: \($0)" }
            if let share = check.foundShare {
                lines.append("    found: \(fixed(share * 100, 1)) % of what was looked for")
            }
        }
        let held = result.checks.count { $0.outcome == .held }
        let violated = result.checks.count { if case .violated = $0.outcome { true } else { false } }
        let failed = result.checks.count { if case .failed = $0.outcome { true } else { false } }
        let skipped = result.checks.count - held - violated - failed
        lines.append(
            "\(held) held, \(violated) violated, \(failed) failed, \(skipped) skipped "
                + "in \(fixed(result.seconds, 1)) s; \(result.cuts) connections cut; seed \(result.seed)")
        if let evicted = result.evicted {
            lines.append(
                evicted == 0 ? "FAILED: no key was evicted meanwhile" : "\(evicted) keys were evicted meanwhile")
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ name: String, _ operations: String, _ unknown: String, _ outcome: String) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let padding = String(repeating: " ", count: max(0, 12 - name.count))
        return "\(name)\(padding) \(right(operations, 11)) \(right(unknown, 8))  \(outcome)"
    }

    /// One object.
    package static func json(_ result: VerificationResult) -> String {
        let checks = result.checks.map { check in
            var members: [(String, String)] = [
                ("name", text(check.name)), ("operations", "\(check.operations)"), ("unknown", "\(check.unknown)"),
                ("seconds", fixed(check.seconds, 3)),
            ]
            if !check.notes.isEmpty {
                members.append(("notes", "[" + check.notes.map(text).joined(separator: ",") + "]"))
            }
            if let share = check.foundShare { members.append(("found_share", fixed(share, 4))) }
            switch check.outcome {
            case .held: members.append(("outcome", text("held")))
            case .skipped(let reason): members += [("outcome", text("skipped")), ("reason", text(reason))]
            case .failed(let reason): members += [("outcome", text("failed")), ("reason", text(reason))]
            case .violated(let violation):
                members += [
                    ("outcome", text("violated")), ("reason", text(violation.summary)),
                    ("evidence", "[" + violation.evidence.map(text).joined(separator: ",") + "]"),
                ]
            }
            return object(members)
        }
        let evicted = result.evicted.map { [("evicted_keys", "\($0)")] } ?? []
        return object(
            [
                ("checks", "[" + checks.joined(separator: ",") + "]"), ("is_good", "\(result.isGood)"),
                ("connections_cut", "\(result.cuts)"), ("seconds", fixed(result.seconds, 3)),
                ("seed", "\(result.seed)"),
            ] + evicted)
    }
}
