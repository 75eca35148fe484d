// A chart of horizontal bars, as SVG: one group for each thing, one bar in it for each series.

package struct BarChart: Sendable {
    package struct Group: Sendable {
        package let name: String
        /// One for each series; nil: there is none.
        package let values: [Double?]

        package init(name: String, values: [Double?]) { (self.name, self.values) = (name, values) }
    }

    private let title: String
    private let axis: Axis
    private let series: [String]
    private let groups: [Group]
    private let frame: ChartFrame
    private static let gap = 8.0
    private let thickness: Double

    /// - Parameter series: their names; a single one needs no legend.
    package init(title: String, axisTitle: String, series: [String], groups: [Group]) {
        (self.title, self.series, self.groups) = (title, series, groups)
        thickness = series.count > 1 ? 12 : 16
        let rows = Double(groups.count) * (Double(series.count) * thickness + BarChart.gap)
        let names = groups.map { ChartFrame.textWidth($0.name) }.max() ?? 0
        frame = ChartFrame(
            height: rows + (series.count > 1 ? 56 : 38) + 44, left: min(max(58, names + 14), 280),
            hasLegend: series.count > 1)
        // Behind the longest bar there is room for its value.
        let longest = groups.flatMap(\.values).compactMap { $0 }.max() ?? 1
        axis = .exact(axisTitle, maximum: longest * 1.12)
    }

    package var svg: String {
        var parts: [String] = []
        for tick in axis.ticks.dropFirst() {
            let x = frame.x(axis, tick.value)
            parts.append(frame.line(x, frame.top, x, frame.bottom))
        }
        if series.count > 1 { parts.append(frame.legend(series)) }
        var top = frame.top + BarChart.gap / 2
        for group in groups {
            let middle = top + Double(series.count) * thickness / 2
            // What is too long for its place is cut, not drawn over the edge.
            let name = group.name.count > 34 ? String(group.name.prefix(33)) + "…" : group.name
            parts.append(frame.text(name, x: frame.left - 8, y: middle + 4, anchor: "end"))
            for (place, value) in group.values.prefix(series.count).enumerated() {
                if let value { parts.append(bar(value, top + Double(place) * thickness, ChartFrame.colour(place))) }
            }
            top += Double(series.count) * thickness + BarChart.gap
        }
        parts.append(frame.line(frame.left, frame.top, frame.left, frame.bottom, isStrong: true))
        parts.append(frame.below(axis))
        return frame.document(title: title, parts.joined(separator: "\n"))
    }

    private func bar(_ value: Double, _ top: Double, _ colour: String) -> String {
        let end = frame.x(axis, value)
        let place = "x=\"\(Markup.coordinate(frame.left))\" y=\"\(Markup.coordinate(top + 1))\""
        let size =
            "width=\"\(Markup.coordinate(max(end - frame.left, 0.5)))\" height=\"\(Markup.coordinate(thickness - 2))\""
        return "<rect \(place) \(size) fill=\"\(colour)\" rx=\"2\"/>\n"
            + frame.text(
                NumberText.short(value), x: end + 5, y: top + thickness / 2 + 4, attributes: " font-size=\"11\"")
    }
}
