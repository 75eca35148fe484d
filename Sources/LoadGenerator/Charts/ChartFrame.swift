// What all charts have: a frame with a title, axes with their ticks, a legend.

/// Where things are on a chart. All sizes are in the units of its view box.
struct ChartFrame {
    static let usualWidth = 720.0
    static let colours = ["#2563eb", "#d97706", "#059669", "#c026d3", "#0891b2", "#dc2626", "#65a30d", "#64748b"]
    private static let ink = "#1f2937"
    private static let faint = "#6b7280"
    private static let grid = "#e5e7eb"

    let left: Double
    let top: Double
    let right: Double
    let bottom: Double
    let width: Double
    let height: Double

    init(width: Double = ChartFrame.usualWidth, height: Double, left: Double = 58, hasLegend: Bool) {
        (self.width, self.height, self.left) = (width, height, left)
        top = hasLegend ? 56 : 38
        right = width - 16
        bottom = height - 44
    }

    static func colour(_ place: Int) -> String { colours[place % colours.count] }

    func x(_ axis: Axis, _ value: Double) -> Double { left + axis.position(of: value) * (right - left) }
    func y(_ axis: Axis, _ value: Double) -> Double { bottom - axis.position(of: value) * (bottom - top) }

    /// The whole picture around `content`. The title is its name for those who do not see it, too.
    func document(title: String, _ content: String) -> String {
        let name = Markup.escape(title)
        let size = "0 0 \(Markup.coordinate(width)) \(Markup.coordinate(height))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="\(size)" role="img" aria-label="\(name)" \
            font-family="system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif" font-size="12">
            <text x="0" y="16" font-size="14" font-weight="600" fill="\(ChartFrame.ink)">\(name)</text>
            \(content)
            </svg>
            """
    }

    func text(_ text: String, x: Double, y: Double, anchor: String = "start", attributes: String = "") -> String {
        let place = "x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\""
        return "<text \(place) text-anchor=\"\(anchor)\" fill=\"\(ChartFrame.faint)\"\(attributes)>"
            + "\(Markup.escape(text))</text>"
    }

    func line(_ fromX: Double, _ fromY: Double, _ toX: Double, _ toY: Double, isStrong: Bool = false) -> String {
        let (x1, y1) = (Markup.coordinate(fromX), Markup.coordinate(fromY))
        let (x2, y2) = (Markup.coordinate(toX), Markup.coordinate(toY))
        let colour = isStrong ? "#9ca3af" : ChartFrame.grid
        return "<line x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\" stroke=\"\(colour)\"/>"
    }

    /// Ticks, labels and the title of an axis below; labels that would touch are left out.
    func below(_ axis: Axis) -> String {
        var parts = [line(left, bottom, right, bottom, isStrong: true)]
        var free = -Double.infinity
        for tick in axis.ticks {
            let x = x(axis, tick.value)
            parts.append(line(x, bottom, x, bottom + 4, isStrong: true))
            let half = ChartFrame.textWidth(tick.label) / 2
            if x - half < free { continue }
            free = x + half + 6
            parts.append(text(tick.label, x: min(x, width - half), y: bottom + 18, anchor: "middle"))
        }
        parts.append(text(axis.title, x: (left + right) / 2, y: bottom + 36, anchor: "middle"))
        return parts.joined(separator: "\n")
    }

    /// Lines across, their labels, and the title of an axis at the left, written above it.
    func beside(_ axis: Axis) -> String {
        var parts: [String] = []
        for tick in axis.ticks {
            let y = y(axis, tick.value)
            if y < bottom - 0.5 { parts.append(line(left, y, right, y)) }
            parts.append(text(tick.label, x: left - 8, y: y + 4, anchor: "end"))
        }
        parts.append(text(axis.title, x: right, y: 16, anchor: "end"))
        return parts.joined(separator: "\n")
    }

    /// One entry after the other under the title; what has no room is not shown.
    func legend(_ names: [String]) -> String {
        var parts: [String] = []
        var x = left
        for (place, name) in names.enumerated() {
            let width = ChartFrame.textWidth(name) + 34
            if x + width > right + 16 { break }
            let middle = Markup.coordinate(34)
            let ends = "x1=\"\(Markup.coordinate(x))\" x2=\"\(Markup.coordinate(x + 16))\""
            let style = "stroke=\"\(ChartFrame.colour(place))\" stroke-width=\"3\""
            parts.append("<line \(ends) y1=\"\(middle)\" y2=\"\(middle)\" \(style)/>")
            parts.append(text(name, x: x + 21, y: 38))
            x += width
        }
        return parts.joined(separator: "\n")
    }

    /// About how wide a text is.
    static func textWidth(_ text: String) -> Double {
        text.reduce(0) { $0 + ($1.isUppercase || $1.isNumber ? 8.4 : 6.8) }
    }
}
