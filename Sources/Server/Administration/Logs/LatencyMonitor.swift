// The latency monitor: the worst moment of each second in which an event took long.
import Platform

/// Events by name, each with its last samples.
final class LatencyMonitor: @unchecked Sendable {
    struct Sample {
        /// Seconds since the epoch.
        let time: Int64
        let milliseconds: Int
    }

    struct Event {
        var samples: [Sample] = []
        var maximum = 0
    }

    private static let keptSamples = 160
    private let lock = Mutex()
    private var events: [String: Event] = [:]

    func note(_ name: String, milliseconds: Int) {
        let now = Clock.realtimeMilliseconds() / 1000
        lock.withLock {
            var event = events[name] ?? Event()
            event.maximum = max(event.maximum, milliseconds)
            let sample = Sample(time: now, milliseconds: milliseconds)
            if let last = event.samples.last, last.time == now {
                if milliseconds > last.milliseconds { event.samples[event.samples.count - 1] = sample }
            } else {
                event.samples.append(sample)
                if event.samples.count > Self.keptSamples { event.samples.removeFirst() }
            }
            events[name] = event
        }
    }

    var all: [(name: String, event: Event)] {
        lock.withLock { events.map { ($0.key, $0.value) }.sorted { $0.name < $1.name } }
    }

    func event(_ name: String) -> Event? { lock.withLock { events[name] } }

    /// Forgets one event; true if there was one.
    func reset(_ name: String) -> Bool { lock.withLock { events.removeValue(forKey: name) != nil } }

    /// Forgets all events; returns how many there were.
    func resetAll() -> Int {
        lock.withLock {
            defer { events = [:] }
            return events.count
        }
    }
}
