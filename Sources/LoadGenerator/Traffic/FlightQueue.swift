// What a connection has asked and not yet been answered.
import Platform

/// A ring of commands in flight, oldest first. Its owner calls `deallocate()` once.
@safe
struct FlightQueue {
    struct Flight {
        /// Nanoseconds of the monotonic clock: when it was sent or, at a fixed rate, when it ought to have been.
        let start: Int64
        /// Which command of the mix.
        let kind: Int32
    }

    private let flights: UnsafeMutablePointer<Flight>
    private let mask: Int
    private var head = 0
    private(set) var count = 0

    init(capacity: Int) {
        var size = 1
        while size < capacity { size *= 2 }
        unsafe flights = .allocate(capacity: size)
        mask = size - 1
    }

    func deallocate() { unsafe flights.deallocate() }

    mutating func append(start: Int64, kind: Int) {
        precondition(count <= mask, "more in flight than there is room for")
        unsafe (flights + ((head &+ count) & mask)).initialize(
            to: Flight(start: start, kind: Int32(truncatingIfNeeded: kind)))
        count &+= 1
    }

    mutating func removeFirst() -> Flight {
        precondition(count > 0, "nothing is in flight")
        let flight = unsafe flights[head]
        head = (head &+ 1) & mask
        count &-= 1
        return flight
    }

    mutating func removeAll() { count = 0 }
}
