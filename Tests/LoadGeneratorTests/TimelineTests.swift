// Counts and latencies over time, however long a load lasts; latency curves; INFO.
import Histogram
@testable import LoadGenerator
import Testing

@Suite struct TimelineTests {
    @Test func cellsKeepThreePercent() {
        var value: Int64 = 1
        while value < 100_000_000_000 {
            let kept = LatencyCells.value(at: LatencyCells.place(of: value))
            #expect(abs(Double(kept - value)) <= Double(value) * 0.0325, "\(value) became \(kept)")
            value = value * 17 / 16 + 1
        }
        #expect(LatencyCells.place(of: -1) == 0 && LatencyCells.place(of: .max) == LatencyCells.count - 1)
    }

    @Test func intervalsGrow() {
        var timeline = Timeline()
        for second in 0..<1000 {
            timeline.record(nanoseconds: Int64(second + 1) * 1000, count: 2, at: Int64(second) * 1_000_000_000)
        }
        #expect(timeline.interval == 10_000_000_000 && timeline.counts.count == 100)
        #expect(timeline.counts.allSatisfy { $0 == 20 } && timeline.maxima[99] == 1_000_000)
        let points = timeline.points(until: 999_000_000_000)
        #expect(points[0].commandsPerSecond == 2 && points[99].seconds == 9 && points[99].start == 990)
        // Latencies of 991 to 1000 µs.
        #expect(abs(points[99].p50 - 0.995) < 0.035 && points[99].p99 <= 1 && points[99].maximum == 1)
    }

    @Test func threadsAreAdded() {
        var (short, long) = (Timeline(), Timeline())
        for step in 0..<100 { short.record(nanoseconds: 500, count: 1, at: Int64(step) * 20_000_000) }
        for step in 0..<50 { long.record(nanoseconds: 900, count: 3, at: Int64(step) * 1_000_000_000) }
        for (first, second) in [(short, long), (long, short)] {
            var sum = first
            sum.add(second)
            #expect(sum.interval == 1_000_000_000 && sum.counts.count == 50)
            #expect(sum.counts[0] == 53 && sum.counts[1] == 53 && sum.counts[2] == 3 && sum.maxima[1] == 900)
        }
    }

    @Test func gapsAreEmpty() {
        var timeline = Timeline()
        timeline.record(nanoseconds: 10, count: 1, at: 0)
        timeline.record(nanoseconds: 10, count: 1, at: 90_000_000)
        let points = timeline.points(until: 90_000_000)
        #expect(points.map(\.commands) == [1, 0, 0, 0, 1] && points[2].p99 == 0)
        #expect(Timeline().points(until: 0).isEmpty)
    }

    @Test func curvesReachTheLongest() {
        var histogram = Histogram<UInt64>(highestTrackableValue: 60_000_000_000)
        for value in 1...1000 { _ = histogram.record(UInt64(value) * 1_000_000) }
        let points = LatencyCurve(histogram).points
        #expect(points.first?.tail == 1 && points.last?.tail == 0.001)
        #expect(abs((points.last?.milliseconds ?? 0) - 1000) < 1)
        #expect(points.map(\.milliseconds) == points.map(\.milliseconds).sorted())
        let hundredth = points.first { abs($0.tail - 0.01) < 1e-9 }
        #expect(abs((hundredth?.milliseconds ?? 0) - 990) < 2)
        #expect(LatencyCurve(Histogram<UInt64>(highestTrackableValue: 1000)).points.isEmpty)
    }

    @Test func infoIsCompared() throws {
        let before = try #require(
            InfoSnapshot("$99\r\n# Stats\r\nkeyspace_hits:5\r\nused_cpu_user:1.5\r\nused_cpu_sys:1\r\n"))
        let after = try #require(
            InfoSnapshot(
                "redis_version:7.0.15\r\nkeyspace_hits:9\r\nused_cpu_user:1.75\r\nused_cpu_sys:1.25\r\n"
                    + "db0:keys=3,expires=0\r\ndb1:keys=4,expires=0\r\n"))
        let changes = InfoChanges(before: before, after: after)
        #expect(changes.server == "Redis 7.0.15" && changes.processorSeconds == 0.5)
        #expect(changes.difference("keyspace_hits") == 4 && changes.difference("keys") == 7)
        #expect(changes.difference("evicted_keys") == nil)
        #expect(InfoSnapshot("-ERR unknown command\r\n") == nil)
        #expect(InfoSnapshot("needletail_version:0.1\nredis_version:7.0.15")?.server == "Needletail 0.1")
    }
}
