// Linux' readiness notification.
import CLinux
import Glibc

/// What a descriptor is ready for.
package struct Readiness: OptionSet {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer closed, or the descriptor failed: reading tells which.
    package static let hangup = Readiness(
        rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue | EPOLLRDHUP.rawValue)
}

/// An epoll instance and room for the events of one wait.
@safe
package struct Epoll {
    package let descriptor: FileDescriptor
    let events: UnsafeMutablePointer<epoll_event>
    let capacity: Int32

    package init(capacity: Int = 256) throws(SystemError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .last }
        descriptor = FileDescriptor(number: number)
        unsafe events = .allocate(capacity: capacity)
        unsafe events.initialize(repeating: epoll_event(), count: capacity)
        self.capacity = Int32(capacity)
    }

    /// Watches a socket for everything, edge-triggered: each change is told once.
    package func addEdgeTriggered(_ target: FileDescriptor, token: UInt64) throws(SystemError) {
        let all = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue
        try control(EPOLL_CTL_ADD, target, all | EPOLLET.rawValue, token)
    }

    /// Watches for input, level-triggered: told until it is read.
    package func addReadable(_ target: FileDescriptor, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, target, EPOLLIN.rawValue, token)
    }

    /// Watches a listener that other epoll instances watch too: one of them is told.
    package func addListener(_ target: FileDescriptor, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, target, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue, token)
    }

    package func remove(_ target: FileDescriptor) {
        var event = unsafe epoll_event()
        _ = unsafe epoll_ctl(descriptor.number, EPOLL_CTL_DEL, target.number, &event)
    }

    /// Waits up to `milliseconds` (-1: without limit, 0: not at all) and returns the number of events.
    package func wait(milliseconds: Int32) -> Int {
        let count = unsafe epoll_wait(descriptor.number, events, capacity, milliseconds)
        return count < 0 ? 0 : Int(count)
    }

    /// Waits up to `nanoseconds`, at least 0, and returns the number of events: for those who cannot wait a whole
    /// millisecond.
    package func wait(nanoseconds: Int64) -> Int {
        var time = timespec(
            tv_sec: Int(max(0, nanoseconds) / 1_000_000_000), tv_nsec: Int(max(0, nanoseconds) % 1_000_000_000))
        let count = unsafe epoll_pwait2(descriptor.number, events, capacity, &time, nil)
        return count < 0 ? 0 : Int(count)
    }

    /// Gives back what the instance holds; it is not used again.
    package func close() {
        descriptor.close()
        unsafe events.deallocate()
    }

    /// The event at `index` of the last wait.
    package func event(_ index: Int) -> (token: UInt64, readiness: Readiness) {
        precondition(index < capacity, "event index outside the last wait")
        let event = unsafe events[index]
        return unsafe (event.data.u64, Readiness(rawValue: event.events))
    }

    private func control(
        _ operation: Int32, _ target: FileDescriptor, _ events: UInt32, _ token: UInt64
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = token
        guard unsafe epoll_ctl(descriptor.number, operation, target.number, &event) == 0 else { throw .last }
    }
}
