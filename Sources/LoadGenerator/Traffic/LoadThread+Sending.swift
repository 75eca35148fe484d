// When a load sends: each connection as it is answered, or all of them by a timetable.
import Bytes
import Platform

/// When commands ought to be sent, at a fixed rate, for one of several threads.
struct Schedule {
    private let start: Double
    private let interval: Double
    private var sent = 0
    /// Nanoseconds of the monotonic clock.
    private(set) var next: Int64

    init(start: Int64, rate: Double, number: Int, threads: Int) {
        interval = 1e9 * Double(threads) / rate
        self.start = Double(start) + 1e9 * Double(number) / rate
        next = Int64(self.start)
    }

    mutating func advance() {
        sent &+= 1
        next = Int64(start + Double(sent) * interval)
    }
}

extension LoadThread {
    /// Closed loop: the next batch, once the last is answered to the end.
    mutating func refill(_ index: Int, _ now: Int64) {
        if connections[index].flights.count > 0 || connections[index].output.count > 0 { return }
        if now >= end || budget == 0 { return }
        let isCounted = now >= measureFrom
        let count = isCounted ? min(options.pipeline, budget) : options.pipeline
        for _ in 0..<count { encode(index, start: now) }
        if isCounted, budget != Int.max { budget &-= count }
        connections[index].deadline = now + Int64(options.timeoutSeconds * 1e9)
        if !connections[index].flush() { lose(index, "the connection broke", now) }
    }

    /// Open loop: everything that is due, as far as connections have room. What has no room stays due, and its latency
    /// counts from when it was.
    mutating func sendDue(_ now: Int64) {
        guard var timetable = schedule else { return }
        while timetable.next <= now, timetable.next < end, budget > 0, let index = findRoom() {
            if connections[index].flights.count == 0 {
                connections[index].deadline = now + Int64(options.timeoutSeconds * 1e9)
            }
            while timetable.next <= now, timetable.next < end, budget > 0, hasRoom(index) {
                if timetable.next >= measureFrom, budget != Int.max { budget &-= 1 }
                encode(index, start: timetable.next)
                timetable.advance()
            }
            if !connections[index].flush() { lose(index, "the connection broke", now) }
        }
        schedule = timetable
        // Commands that are due when the time is over and found no room: the server did not keep up.
        if now >= end {
            while let due = schedule?.next, due < end {
                result.unsentCommands += 1
                schedule?.advance()
            }
        }
    }

    var hasRoom: Bool { connections.indices.contains { hasRoom($0) } }

    private func hasRoom(_ index: Int) -> Bool {
        connections[index].state == .ready && connections[index].flights.count < options.pipeline
    }

    /// The next connection, in turn, that can take a command.
    private mutating func findRoom() -> Int? {
        for _ in connections.indices {
            nextConnection = nextConnection + 1 < connections.count ? nextConnection + 1 : 0
            if hasRoom(nextConnection) { return nextConnection }
        }
        return nil
    }

    private mutating func encode(_ index: Int, start: Int64) {
        let kind = mix.encodeNext(into: &connections[index].output, &draws)
        connections[index].flights.append(start: start, kind: kind)
        inFlight &+= 1
    }
}
