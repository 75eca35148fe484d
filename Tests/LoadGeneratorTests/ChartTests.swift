// Scales, ticks and texts of charts; pages are well-formed whatever names they show.
import Foundation
import Histogram
@testable import LoadGenerator
import Platform
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct ChartTests {
    @Test(arguments: [
        (0.0, 1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (0.0, 7.3, ["0", "2", "4", "6", "8"]),
        (0.0, 1_887_839, ["0", "500k", "1M", "1.5M", "2M"]),
        (0.0, 0.0042, ["0", "0.001", "0.002", "0.003", "0.004", "0.005"]),
        (0.0, .nan, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
    ])
    func linearTicksAreRound(low: Double, maximum: Double, labels: [String]) {
        let axis = Axis.linear("x", maximum: maximum)
        #expect(axis.ticks.map(\.label) == labels)
        #expect(axis.range.lowerBound == low && (maximum.isNaN || axis.range.upperBound >= maximum))
    }

    @Test func exactAxesEndWithTheData() {
        let axis = Axis.exact("s", maximum: 3.97)
        #expect(axis.range == 0...3.97 && axis.ticks.map(\.label).last == "3.5")
    }

    @Test func logarithmicTicksAreOneTwoFive() {
        let short = Axis.logarithmic("ms", minimum: 0.21, maximum: 3.9)
        #expect(short.ticks.map(\.label) == ["0.2", "0.5", "1", "2", "5"])
        #expect(abs(short.range.lowerBound - 0.2) < 1e-9 && abs(short.range.upperBound - 5) < 1e-9)
        let long = Axis.logarithmic("ms", minimum: 0.011, maximum: 900)
        #expect(long.ticks.map(\.label) == ["0.01", "0.1", "1", "10", "100", "1k"])
        // Nothing to span is no reason to divide by zero.
        let flat = Axis.logarithmic("ms", minimum: 1, maximum: 1)
        #expect(flat.range.lowerBound < flat.range.upperBound && flat.ticks.count > 1)
        #expect(Axis.logarithmic("ms", minimum: 0, maximum: .nan).range.lowerBound > 0)
    }

    @Test func valuesHaveTheirPlaces() {
        let linear = Axis.linear("x", maximum: 10)
        #expect(linear.position(of: 5) == 0.5 && linear.position(of: -3) == 0 && linear.position(of: 99) == 1)
        let logarithmic = Axis.logarithmic("x", minimum: 0.1, maximum: 10)
        #expect(abs(logarithmic.position(of: 1) - 0.5) < 1e-9 && logarithmic.position(of: 0) == 0)
    }

    @Test func percentilesByWhatLiesBeyond() {
        let axis = Page.percentiles(leastTail: 0.0001)
        #expect(axis.ticks.map(\.label) == ["0", "50", "90", "99", "99.9", "99.99"])
        #expect(abs(axis.ticks[3].value - 2) < 1e-9 && abs(axis.range.upperBound - 4) < 1e-9)
        #expect(Page.percentiles(leastTail: 1).ticks.map(\.label) == ["0", "50", "90"])
    }

    @Test func textsAreEscaped() {
        #expect(Markup.escape("<a href=\"x\">&'\u{0}\u{7}\u{FFFF}é😀") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;é😀")
    }

    @Test func numbers() {
        #expect(NumberText.grouped(1_234_567) == "1,234,567" && NumberText.grouped(123) == "123")
        #expect(NumberText.grouped(-1234.5, decimals: 2) == "−1,234.50")
        #expect(NumberText.short(1_500_000) == "1.5M" && NumberText.short(999_999) == "1M")
        #expect(NumberText.short(0.05) == "0.05" && NumberText.short(0) == "0" && NumberText.short(298.751) == "299")
        #expect(
            RateSearch.text(0.298751) == "299 µs" && RateSearch.text(1) == "1 ms" && RateSearch.text(2500) == "2.5 s")
        #expect(Markup.coordinate(-3.14159) == "-3.1" && Markup.coordinate(20.02) == "20")
    }

    @Test func chartsAreWellFormed() throws {
        let name = "<&\"'\u{1}>"
        let line = LineChart(
            title: name, below: .exact(name, maximum: 3), beside: .linear(name, maximum: 9),
            series: [
                .init(name: name, points: [(0, 1), (1, nil), (2, 3), (3, 9)], isFilled: true),
                .init(name: "empty", points: []),
            ], marks: [.init(name: name, value: 4)])
        let bars = BarChart(
            title: name, axisTitle: name, series: ["a", name],
            groups: [.init(name: name, values: [1, nil]), .init(name: "b", values: [0, 1e9])])
        for svg in [line.svg, bars.svg] {
            #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(svg)")
            #expect(!svg.contains("nan") && !svg.contains("inf"))
        }
        // The point before the gap has no line, and is shown all the same.
        #expect(line.svg.contains("<circle") && line.svg.contains("fill-opacity"))
    }
}
