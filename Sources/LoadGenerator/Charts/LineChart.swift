// A chart of lines, as SVG.

package struct LineChart: Sendable {
    package struct Series: Sendable {
        package let name: String
        /// In the order of x; where y is nil the line is interrupted.
        package let points: [(x: Double, y: Double?)]
        /// The area under the line is tinted.
        package let isFilled: Bool

        package init(name: String, points: [(x: Double, y: Double?)], isFilled: Bool = false) {
            (self.name, self.points, self.isFilled) = (name, points, isFilled)
        }
    }

    /// A line across the chart at a value of the left axis.
    package struct Mark: Sendable {
        package let name: String
        package let value: Double

        package init(name: String, value: Double) { (self.name, self.value) = (name, value) }
    }

    private let title: String
    private let below: Axis
    private let beside: Axis
    private let series: [Series]
    private let marks: [Mark]
    private let frame: ChartFrame

    /// - Parameters width, height: in the units of the picture, in which letters are 12 high.
    package init(
        title: String, below: Axis, beside: Axis, series: [Series], marks: [Mark] = [], width: Double = 720,
        height: Double = 270
    ) {
        (self.title, self.below, self.beside, self.series, self.marks) = (title, below, beside, series, marks)
        frame = ChartFrame(width: width, height: height, hasLegend: series.count > 1)
    }

    package var svg: String {
        var parts = [frame.beside(beside)]
        if series.count > 1 { parts.append(frame.legend(series.map(\.name))) }
        // What comes first is drawn last, over the others.
        for (place, one) in series.enumerated().reversed() { parts.append(drawing(one, ChartFrame.colour(place))) }
        for mark in marks {
            let y = frame.y(beside, mark.value)
            let ends = "x1=\"\(Markup.coordinate(frame.left))\" x2=\"\(Markup.coordinate(frame.right))\""
            let height = "y1=\"\(Markup.coordinate(y))\" y2=\"\(Markup.coordinate(y))\""
            parts.append("<line \(ends) \(height) stroke=\"#dc2626\" stroke-dasharray=\"5 4\"/>")
            // A white rim keeps the text apart from lines under it.
            let rim = " stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\""
            parts.append(frame.text(mark.name, x: frame.right, y: y - 5, anchor: "end", attributes: rim))
        }
        parts.append(frame.below(below))
        return frame.document(title: title, parts.joined(separator: "\n"))
    }

    private func drawing(_ series: Series, _ colour: String) -> String {
        var pieces: [[(x: Double, y: Double)]] = [[]]
        for point in series.points {
            if let y = point.y {
                pieces[pieces.count - 1].append((frame.x(below, point.x), frame.y(beside, y)))
            } else if !pieces[pieces.count - 1].isEmpty {
                pieces.append([])
            }
        }
        let count = series.points.count
        var parts: [String] = []
        for piece in pieces where !piece.isEmpty {
            let path = piece.map { Markup.coordinate($0.x) + "," + Markup.coordinate($0.y) }.joined(separator: " L")
            if series.isFilled, piece.count > 1 {
                let bottom = Markup.coordinate(frame.bottom)
                let end = Markup.coordinate(piece[piece.count - 1].x)
                let start = Markup.coordinate(piece[0].x)
                let area = "M\(start),\(bottom) L\(path) L\(end),\(bottom) Z"
                parts.append("<path d=\"\(area)\" fill=\"\(colour)\" fill-opacity=\"0.12\"/>")
            }
            if piece.count > 1 {
                let style = "fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.75\" stroke-linejoin=\"round\""
                parts.append("<path d=\"M\(path)\" \(style)/>")
            }
            // Few points are shown each; a point by itself has no line.
            for point in piece where piece.count == 1 || count <= 24 {
                let place = "cx=\"\(Markup.coordinate(point.x))\" cy=\"\(Markup.coordinate(point.y))\""
                parts.append("<circle \(place) r=\"2.6\" fill=\"\(colour)\"/>")
            }
        }
        return parts.joined(separator: "\n")
    }
}
