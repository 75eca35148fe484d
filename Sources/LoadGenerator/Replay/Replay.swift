// A trace replayed as a look-aside cache over the wire: GET, and on a miss SET.
import Platform

/// Requests go in windows: the GETs of a window are sent together, behind the SETs of what the window before has
/// missed. So a value is stored at most a window late, as it is where as many clients ask at once. A key that a window
/// misses twice is stored after the first miss, as a single client would, and asked for once more behind that: the
/// second request counts by that answer.
package struct Replay {
    private let trace: Trace
    private let options: ReplayOptions
    private let connection: ReplayConnection
    private let control: ControlConnection
    private let values: [UInt8]
    /// The last window in which each key was missed.
    private var missedIn: [Int32]
    /// Places in the trace that come before the next window's: to be stored, or to be asked for again.
    private var stores: [(place: Int, isAgain: Bool)] = []
    private var result = ReplayResult()

    /// How often INFO is looked at.
    private static let samples = 50

    package static func run(
        _ trace: Trace, _ options: ReplayOptions, progress: (Double) -> Void = { _ in }
    ) throws(ServerFailure) -> ReplayResult {
        var replay = try Replay(trace, options)
        return try replay.run(progress)
    }

    private init(_ trace: Trace, _ options: ReplayOptions) throws(ServerFailure) {
        self.trace = trace
        self.options = options
        // The first one to connect says why it cannot.
        control = try ControlConnection(options.loadOptions)
        connection = try ReplayConnection(options)
        // No number: a server may keep those in another way.
        values = [UInt8](repeating: UInt8(ascii: "x"), count: trace.largestSize)
        missedIn = [Int32](repeating: -1, count: trace.keyCount)
    }

    private mutating func run(_ progress: (Double) -> Void) throws(ServerFailure) -> ReplayResult {
        result.trace = trace.name
        let before = try look()
        let start = Clock.monotonicNanoseconds()
        let windows = (trace.count + options.window - 1) / options.window
        var replies: [ReplayConnection.Reply] = []
        // One more than there are: the last one only stores.
        for window in 0...windows {
            let places = min(window * options.window, trace.count)..<min((window + 1) * options.window, trace.count)
            if window < windows { pace(places.lowerBound, since: start) }
            for (place, isAgain) in stores {
                if isAgain {
                    connection.appendGet(trace, Int(trace.keys[place]))
                } else {
                    connection.appendSet(trace, place, values: values, lifetime: options.lifetimeSeconds)
                }
            }
            for place in places { connection.appendGet(trace, Int(trace.keys[place])) }
            try connection.exchange(stores.count + places.count, &replies)
            judge(places, Int32(window), replies)
            if window % max(1, windows / Replay.samples) == 0, window > 0, window < windows {
                _ = try look()
                progress(Double(window) / Double(windows))
            }
        }
        result.seconds = Double(Clock.monotonicNanoseconds() - start) / 1e9
        result.firstError = connection.firstError
        if let before, let after = try look() { result.info = InfoChanges(before: before, after: after) }
        return result
    }

    /// Waits until the request is due.
    private func pace(_ place: Int, since start: Int64) {
        guard let rate = options.rate else { return }
        let due = start + Int64(Double(place) / rate * 1e9)
        let wait = due - Clock.monotonicNanoseconds()
        // A sleep is some 60 µs longer than asked for: shorter waits are made up for by the next.
        if wait > 0 { Clock.sleep(microseconds: wait / 1000) }
    }

    /// Counts the replies, first those to the stores, and collects what is to be stored next.
    private mutating func judge(_ places: Range<Int>, _ window: Int32, _ replies: [ReplayConnection.Reply]) {
        for (index, (place, isAgain)) in stores.enumerated() {
            switch replies[index] {
            case .stored: result.stored += 1
            case .error: result.errors += 1
            case .hit, .miss: break
            }
            if isAgain { count(place, isHit: replies[index] == .hit) }
        }
        let first = stores.count
        stores.removeAll(keepingCapacity: true)
        for place in places {
            let reply = replies[first + place - places.lowerBound]
            if reply == .hit {
                count(place, isHit: true)
                continue
            }
            if reply == .error { result.errors += 1 }
            let key = Int(trace.keys[place])
            let isAgain = missedIn[key] == window
            missedIn[key] = window
            if !isAgain { count(place, isHit: false) }
            stores.append((place, isAgain))
        }
    }

    private mutating func count(_ place: Int, isHit: Bool) {
        let size = Int(trace.sizes[place])
        if isHit {
            result.hits += 1
            result.hitBytes += size
        } else {
            result.misses += 1
            result.missedBytes += size
        }
    }

    /// Asks for INFO and notes it; nil if the server has none.
    private mutating func look() throws(ServerFailure) -> InfoSnapshot? {
        let reply = String(decoding: try control.call(["INFO"]), as: UTF8.self)
        let snapshot = InfoSnapshot(reply)
        if let sample = snapshot.flatMap({ ReplaySample($0) }) { result.samples.append(sample) }
        return snapshot
    }
}
