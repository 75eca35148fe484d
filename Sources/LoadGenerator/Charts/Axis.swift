// An axis of a chart: its range, where a value lies on it, and what is written beside it.
import Platform

package struct Axis: Equatable, Sendable {
    package struct Tick: Equatable, Sendable {
        package let value: Double
        package let label: String
    }

    /// What is measured, with its unit.
    package let title: String
    package let range: ClosedRange<Double>
    package let isLogarithmic: Bool
    package let ticks: [Tick]

    /// An axis with ticks of one's own, at equal distances for equal differences.
    package init(title: String, range: ClosedRange<Double>, ticks: [Tick]) {
        (self.title, self.range, self.ticks, isLogarithmic) = (title, range, ticks, false)
    }

    /// From 0 to the first round number that is not under `maximum`, with round numbers as ticks.
    package static func linear(_ title: String, maximum: Double, ticks wanted: Int = 5) -> Axis {
        let maximum = maximum.isFinite && maximum > 0 ? maximum : 1
        let step = roundStep(atLeast: maximum / Double(wanted))
        let count = max(1, Int((maximum / step - 1e-9).rounded(.up)))
        return Axis(title: title, range: 0...Double(count) * step, ticks: steps(step, count))
    }

    /// From 0 to `maximum` and not beyond: for time.
    package static func exact(_ title: String, maximum: Double, ticks wanted: Int = 8) -> Axis {
        let maximum = maximum.isFinite && maximum > 0 ? maximum : 1
        let step = roundStep(atLeast: maximum / Double(wanted))
        return Axis(title: title, range: 0...maximum, ticks: steps(step, Int(maximum / step + 1e-9)))
    }

    /// Equal distances for equal ratios; ends and ticks are 1, 2 or 5 times a power of ten.
    package static func logarithmic(_ title: String, minimum: Double, maximum: Double) -> Axis {
        let low = minimum.isFinite && minimum > 0 ? minimum : 0.001
        let high = max(maximum.isFinite ? maximum : low, low * 1.0001)
        var values: [(value: Double, isPower: Bool)] = []
        var base = power(Int((Mathematics.logarithm(low) / 2.302585092994046).rounded(.down)))
        while base <= high * 10 {
            for factor in [1.0, 2, 5] { values.append((base * factor, factor == 1)) }
            base *= 10
        }
        let first = values.lastIndex { $0.value <= low * 1.000001 } ?? 0
        let last = values.firstIndex { $0.value >= high * 0.999999 } ?? values.count - 1
        let shown = Array(values[first...max(last, first + 1)])
        // Over many powers of ten only these themselves have room.
        let ticks = shown.filter { shown.count <= 9 || $0.isPower }
        return Axis(
            title: title, range: shown[0].value...shown[shown.count - 1].value,
            ticks: ticks.map { Tick(value: $0.value, label: NumberText.short($0.value)) }, isLogarithmic: true)
    }

    private init(title: String, range: ClosedRange<Double>, ticks: [Tick], isLogarithmic: Bool) {
        (self.title, self.range, self.ticks, self.isLogarithmic) = (title, range, ticks, isLogarithmic)
    }

    /// Where a value lies: 0 at the axis' start, 1 at its end. Values outside lie at the nearer end.
    package func position(of value: Double) -> Double {
        let value = min(max(value, range.lowerBound), range.upperBound)
        if isLogarithmic {
            return Mathematics.logarithm(value / range.lowerBound)
                / Mathematics.logarithm(range.upperBound / range.lowerBound)
        }
        return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    private static func steps(_ step: Double, _ count: Int) -> [Tick] {
        (0...max(0, count)).map { place in
            let value = Double(place) * step
            return Tick(value: value, label: NumberText.short(value, digits: 4))
        }
    }

    /// 1, 2 or 5 times a power of ten.
    static func roundStep(atLeast size: Double) -> Double {
        let base = power(Int((Mathematics.logarithm(size) / 2.302585092994046).rounded(.down)))
        for factor in [1.0, 2, 5] where base * factor >= size * 0.999999 { return base * factor }
        return base * 10
    }

    /// Ten to the power of `exponent`, as exact as can be.
    private static func power(_ exponent: Int) -> Double {
        var value = 1.0
        for _ in 0..<abs(exponent) { value *= 10 }
        return exponent < 0 ? 1 / value : value
    }
}
