// What a search for the highest rate says on the way and at its end.

extension Report {
    package static func head(_ search: RateSearch) -> String {
        "\(search.name): the highest rate with p99 ≤ \(RateSearch.text(search.bound))\n"
            + line(["wanted/s", "answered/s", "p50 ms", "p99 ms", "client CPU"])
    }

    package static func table(_ step: RateSearch.Step) -> String {
        let cells = [
            fixed(step.rate, 0), fixed(step.achieved, 0), fixed(step.p50, 3), fixed(step.p99, 3),
            fixed(step.clientLoad * 100, 0) + " %",
        ]
        return line(cells) + "  " + (step.complaint ?? (step.confirms ? "confirmed" : "passed"))
    }

    package static func answer(_ search: RateSearch) -> String {
        guard let rate = search.answer else {
            return "\(search.name): no rate was found whose p99 stays at or under \(RateSearch.text(search.bound))"
        }
        return "\(search.name): \(NumberText.grouped(rate)) requests/s with p99 ≤ \(RateSearch.text(search.bound))"
    }

    private static func line(_ cells: [String]) -> String {
        cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
    }

    static func object(_ search: RateSearch) -> String {
        let steps = search.steps.map { step in
            object([
                ("rate", fixed(step.rate, 0)), ("achieved", fixed(step.achieved, 2)), ("p50_ms", fixed(step.p50, 6)),
                ("p99_ms", fixed(step.p99, 6)), ("client_load", fixed(step.clientLoad, 3)),
                ("passed", step.passed ? "true" : "false"), ("confirms", step.confirms ? "true" : "false"),
                ("complaint", step.complaint.map(text) ?? "null"),
            ])
        }
        return object([
            ("name", text(search.name)), ("p99_bound_ms", fixed(search.bound, 6)),
            ("max_rate", search.answer.map { fixed($0, 0) } ?? "null"),
            ("steps", "[" + steps.joined(separator: ",") + "]"),
        ])
    }
}
