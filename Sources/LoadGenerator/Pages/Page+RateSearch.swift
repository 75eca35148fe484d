// The part of the page about a search for the highest rate.

extension Page {
    func section(_ search: RateSearch) -> String {
        let rows = search.steps.map { step in
            [
                NumberText.grouped(step.rate), NumberText.grouped(step.achieved), Report.fixed(step.p50, 3),
                Report.fixed(step.p99, 3), Report.fixed(step.clientLoad * 100, 0) + " %",
                Markup.escape(step.complaint ?? (step.confirms ? "confirmed" : "passed")),
            ]
        }
        let head = ["requests/s wanted", "answered", "p50 ms", "p99 ms", "client CPU", "verdict"]
        return "<section><h2>Highest rate: \(Markup.escape(search.name))</h2>\n"
            + "<p class=\"answer\">\(Markup.escape(Report.answer(search)))</p>\n"
            + "<figure class=\"wide\">\(chart(search).svg)</figure>\n" + Page.table(head, rows) + "</section>"
    }

    private func chart(_ search: RateSearch) -> LineChart {
        // Of a rate that was tried again, the last try decides.
        let last = Dictionary(search.steps.map { ($0.rate, $0) }) { $1 }
        let steps = last.values.sorted { $0.rate < $1.rate }
        let latencies = steps.flatMap { [$0.p50, $0.p99] }.filter { $0 > 0 } + [search.bound]
        return LineChart(
            title: "Latency by rate",
            below: .exact("requests/s that were due", maximum: steps.last.map(\.rate) ?? 1),
            beside: .logarithmic(
                "milliseconds, log scale", minimum: latencies.min() ?? 0.1, maximum: latencies.max() ?? 1),
            series: [
                LineChart.Series(name: "p99", points: steps.map { ($0.rate, $0.p99 > 0 ? $0.p99 : nil) }),
                LineChart.Series(name: "p50", points: steps.map { ($0.rate, $0.p50 > 0 ? $0.p50 : nil) }),
            ],
            marks: [LineChart.Mark(name: "bound: \(RateSearch.text(search.bound))", value: search.bound)])
    }
}
