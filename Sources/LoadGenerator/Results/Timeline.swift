// What happened when: replies and latencies in intervals of the measurement.

/// Counts replies and latencies by time, for one thread. There are never more than `maximumIntervals`: when a load
/// lasts longer, intervals are put together, five or two at a time, so that they stay round numbers.
struct Timeline: Sendable {
    static let maximumIntervals = 200
    private static let shortest: Int64 = 20_000_000

    /// Nanoseconds of each interval: 20 ms, 100 ms, 200 ms, 1 s, 2 s…
    private(set) var interval = Timeline.shortest
    /// Replies in each interval, and their longest latency in nanoseconds.
    private(set) var counts: [Int] = []
    private(set) var maxima: [Int64] = []
    /// `LatencyCells.count` cells for each interval.
    private var cells: [UInt32] = []
    private var joins = 0

    /// - Parameter time: nanoseconds since the measurement began.
    mutating func record(nanoseconds: Int64, count: Int, at time: Int64) {
        var place = Int(max(0, time) / interval)
        if place >= counts.count { place = extend(to: max(0, time)) }
        counts[place] &+= count
        if nanoseconds > maxima[place] { maxima[place] = nanoseconds }
        cells[place &* LatencyCells.count &+ LatencyCells.place(of: nanoseconds)] &+= UInt32(truncatingIfNeeded: count)
    }

    /// Makes room for an interval that contains `time`, and returns its place.
    private mutating func extend(to time: Int64) -> Int {
        while time / interval >= Timeline.maximumIntervals { lengthen() }
        let place = Int(time / interval)
        let missing = place + 1 - counts.count
        if missing > 0 {
            counts.append(contentsOf: repeatElement(0, count: missing))
            maxima.append(contentsOf: repeatElement(0, count: missing))
            cells.append(contentsOf: repeatElement(0, count: missing * LatencyCells.count))
        }
        return place
    }

    private mutating func lengthen() {
        let factor = joins.isMultiple(of: 2) ? 5 : 2
        joins += 1
        interval *= Int64(factor)
        let old = self
        counts = [Int](repeating: 0, count: (old.counts.count + factor - 1) / factor)
        maxima = [Int64](repeating: 0, count: counts.count)
        cells = [UInt32](repeating: 0, count: counts.count * LatencyCells.count)
        for place in old.counts.indices { add(old, place, to: place / factor) }
    }

    private mutating func add(_ other: Timeline, _ source: Int, to target: Int) {
        counts[target] += other.counts[source]
        maxima[target] = max(maxima[target], other.maxima[source])
        for cell in 0..<LatencyCells.count {
            cells[target * LatencyCells.count + cell] &+= other.cells[source * LatencyCells.count + cell]
        }
    }

    /// Adds what another thread has recorded; the longer intervals of the two remain.
    mutating func add(_ other: Timeline) {
        var other = other
        while other.interval < interval { other.lengthen() }
        while interval < other.interval { lengthen() }
        if other.counts.count > counts.count { _ = extend(to: Int64(other.counts.count - 1) * interval) }
        for place in other.counts.indices { add(other, place, to: place) }
    }

    /// - Parameter end: nanoseconds since the measurement began, when it ended; the last interval may be cut short.
    func points(until end: Int64) -> [TimelinePoint] {
        counts.indices.map { place in
            let start = Int64(place) * interval
            let length = min(interval, max(end - start, 1))
            let part = cells[place * LatencyCells.count..<(place + 1) * LatencyCells.count]
            func milliseconds(_ share: Double) -> Double {
                // A cell is known to 3 %; no latency was longer than the longest.
                Double(min(LatencyCells.quantile(share, part, total: counts[place]), maxima[place])) / 1e6
            }
            return TimelinePoint(
                start: Double(start) / 1e9, seconds: Double(length) / 1e9, commands: counts[place],
                p50: milliseconds(0.5), p99: milliseconds(0.99), maximum: Double(maxima[place]) / 1e6)
        }
    }
}

/// One interval of a measurement. Latencies in milliseconds, 0 without replies.
package struct TimelinePoint: Equatable, Sendable {
    /// Seconds since the measurement began.
    package let start: Double
    package let seconds: Double
    package let commands: Int
    package let p50, p99, maximum: Double

    package var commandsPerSecond: Double { Double(commands) / seconds }
}

/// A small histogram of latencies: 16 cells for every doubling, up to two minutes.
enum LatencyCells {
    private static let steps = 16
    private static let largestOctave = 36
    static let count = (largestOctave - 2) * steps

    static func place(of nanoseconds: Int64) -> Int {
        let value = UInt64(max(0, nanoseconds))
        if value < UInt64(steps) { return Int(value) }
        let octave = 63 &- value.leadingZeroBitCount
        if octave > largestOctave { return count &- 1 }
        return (octave &- 3) &* steps &+ Int(truncatingIfNeeded: value >> UInt64(octave &- 4)) & (steps &- 1)
    }

    /// The middle of a cell.
    static func value(at place: Int) -> Int64 {
        if place < steps { return Int64(place) }
        let octave = place / steps + 3
        let width = Int64(1) << (octave - 4)
        return Int64(steps + place % steps) * width + width / 2
    }

    /// The latency in nanoseconds that a share of all latencies does not exceed.
    static func quantile(_ share: Double, _ cells: ArraySlice<UInt32>, total: Int) -> Int64 {
        let wanted = max(1, Int((share * Double(total)).rounded(.up)))
        var sum = 0
        for (place, cell) in cells.enumerated() {
            sum += Int(cell)
            if sum >= wanted { return value(at: place) }
        }
        return 0
    }
}
