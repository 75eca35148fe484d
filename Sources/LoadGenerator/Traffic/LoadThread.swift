// One thread of a load: an epoll loop over its connections.
import Bytes
import Histogram
import Platform

@safe
struct LoadThread {
    enum Phase {
        /// Connecting and greeting; nothing is sent yet.
        case opening
        case running
        /// Everything has been sent; the last replies are awaited.
        case draining
        case over
    }

    let number: Int
    let options: LoadOptions
    let monitor: LoadMonitor
    let epoll: Epoll
    let mix: Mix
    var draws: Draws
    var connections: [LoadConnection] = []
    var phase = Phase.opening
    var result: ThreadResult
    /// Commands that may still be sent.
    var budget: Int
    /// Sent and not answered, on all connections.
    var inFlight = 0
    /// Times in nanoseconds of the monotonic clock.
    var measureFrom: Int64 = 0
    var end = Int64.max
    var schedule: Schedule?
    /// Since when nobody has accepted a connection; nil while somebody does.
    var unreachableSince: Int64?
    /// When a reply came last.
    var answeredAt: Int64 = 0
    /// Since when replies are awaited on every connection that there is, and none comes.
    private var silentSince: Int64?
    /// Where the search for a free connection goes on.
    var nextConnection = 0

    private var nextTick: Int64 = 0
    private let input: UnsafeMutableRawPointer
    private var pool: ByteBuffer
    private static let inputBytes = 64 * 1024
    static let tickNanoseconds: Int64 = 100_000_000

    init(
        number: Int, _ workload: Workload, _ workloadOptions: WorkloadOptions, _ options: LoadOptions,
        _ monitor: LoadMonitor
    )
        throws(LoadSetupError)
    {
        (self.number, self.options, self.monitor) = (number, options, monitor)
        do { epoll = try Epoll(capacity: 256) } catch { throw LoadSetupError(text: "epoll: \(error)") }
        do { mix = try Mix(workload, workloadOptions) } catch { throw LoadSetupError(text: error.description) }
        pool = ByteBuffer()
        if case .fixed = workloadOptions.valueSizes {
        } else {
            pool.append(ValuePool.bytes(workloadOptions.valueSizes.largest))
        }
        draws = Draws(
            workloadOptions, seed: workloadOptions.seed &* 1_000_003 &+ UInt64(number),
            start: LoadThread.share(of: workloadOptions.keySpace, number, options.threads).lowerBound, pool: pool.view)
        let count = LoadThread.share(of: options.connections, number, options.threads).count
        for _ in 0..<count { connections.append(LoadConnection(pipeline: options.pipeline)) }
        budget = options.requests.map { LoadThread.share(of: $0, number, options.threads).count } ?? Int.max
        result = ThreadResult(kinds: mix.count)
        unsafe input = unsafe Allocator.allocate(LoadThread.inputBytes)
    }

    /// The part of `total` things that falls to one of `threads`.
    static func share(of total: Int, _ number: Int, _ threads: Int) -> Range<Int> {
        let size = total / threads
        let extra = total % threads
        let start = size * number + min(number, extra)
        return start..<start + size + (number < extra ? 1 : 0)
    }

    /// Runs from the first connection to the last reply; the result is then with the monitor.
    mutating func run() {
        open()
        if phase == .opening {
            if let start = monitor.waitForStart() { begin(start) } else { phase = .over }
        }
        while phase != .over { turn() }
        for index in connections.indices { connections[index].deallocate() }
        epoll.close()
        mix.deallocate()
        pool.deallocate()
        unsafe Allocator.deallocate(input, size: LoadThread.inputBytes)
        monitor.finish(number, result)
    }

    /// Connects everything, within the time that there is for it.
    private mutating func open() {
        let deadline = Clock.monotonicNanoseconds() + Int64(options.timeoutSeconds * 1e9)
        for index in connections.indices { connect(index, Clock.monotonicNanoseconds()) }
        while phase == .opening {
            if connections.allSatisfy({ $0.state == .ready }) { return }
            let now = wait(milliseconds: 10)
            if now > deadline { fail("no answer from \(options.address.text) in \(options.timeoutSeconds) s") }
            if monitor.isStopped { phase = .over }
        }
    }

    private mutating func begin(_ start: Int64) {
        phase = .running
        measureFrom = start + Int64(options.warmUpSeconds * 1e9)
        if let seconds = options.seconds { end = measureFrom + Int64(seconds * 1e9) }
        if let rate = options.rate {
            schedule = Schedule(start: start, rate: rate, number: number, threads: options.threads)
        }
        result.begin(at: measureFrom)
        answeredAt = start
        let now = Clock.monotonicNanoseconds()
        if schedule == nil { for index in connections.indices { refill(index, now) } } else { sendDue(now) }
        nextTick = now + LoadThread.tickNanoseconds
    }

    /// One wait and what comes of it.
    private mutating func turn() {
        var now = Clock.monotonicNanoseconds()
        let limit = min(nextTick, phase == .running ? end : Int64.max)
        if phase == .running, let due = schedule?.next, hasRoom {
            now = wait(nanoseconds: min(limit, due) - now)
        } else {
            // A tick too late is of no matter, but nobody waits for less than a millisecond.
            now = wait(milliseconds: Int32(clamping: max(1, (limit - now) / 1_000_000)))
        }
        if phase == .running, schedule != nil { sendDue(now) }
        if phase == .running, now >= end || budget == 0 { phase = .draining }
        if phase == .draining, inFlight == 0 { phase = .over }
        if now >= nextTick, phase != .over { tick(now) }
    }

    /// Handles events as they come, once; returns the time.
    private mutating func wait(milliseconds: Int32) -> Int64 { handle(epoll.wait(milliseconds: milliseconds)) }
    private mutating func wait(nanoseconds: Int64) -> Int64 { handle(epoll.wait(nanoseconds: nanoseconds)) }

    private mutating func handle(_ events: Int) -> Int64 {
        var now = Clock.monotonicNanoseconds()
        for place in 0..<events {
            let event = epoll.event(place)
            let index = Int(truncatingIfNeeded: event.token)
            if connections[index].state == .connecting {
                finishConnecting(index, now)
            } else {
                read(index, now)
            }
            if place + 1 < events { now = Clock.monotonicNanoseconds() }
        }
        return now
    }

    private mutating func read(_ index: Int, _ now: Int64) {
        while connections[index].state == .greeting || connections[index].state == .ready {
            switch unsafe connections[index].descriptor.read(into: input, count: LoadThread.inputBytes) {
            case .bytes(let count):
                unsafe receive(index, ByteView(base: input, count: count), now)
                // Less than asked for: there is no more. What comes later is told by another event.
                if count < LoadThread.inputBytes { return sendMore(index, now) }
            case .wouldBlock: return sendMore(index, now)
            case .endOfStream: return lose(index, "the server closed the connection", now)
            case .failed(let error): return lose(index, "\(error)", now)
            }
        }
    }

    private mutating func sendMore(_ index: Int, _ now: Int64) {
        guard connections[index].descriptor != .none else { return }
        if connections[index].output.count > 0, !connections[index].flush() {
            return lose(index, "the connection broke", now)
        }
        if schedule == nil, phase == .running, connections[index].state == .ready { refill(index, now) }
    }

    /// What has to be looked at ten times a second: deadlines, lost connections, the wish to stop.
    private mutating func tick(_ now: Int64) {
        let lastTick = nextTick - LoadThread.tickNanoseconds
        nextTick = now + LoadThread.tickNanoseconds
        let isAwaiting = inFlight > 0 || !connections.contains { $0.state == .ready }
        silentSince = isAwaiting && answeredAt < lastTick ? silentSince ?? now : nil
        monitor.publish(number, result.snapshot)
        if monitor.isStopped { phase = .over }
        for index in connections.indices {
            let isWaiting = connections[index].state != .ready || connections[index].flights.count > 0
            guard isWaiting, now >= connections[index].deadline else { continue }
            if connections[index].state == .closed {
                if phase == .running { connect(index, now) }
            } else {
                lose(index, "no reply in \(options.timeoutSeconds) s", now)
            }
        }
        guard phase != .over else { return }
        let patience = Int64(options.timeoutSeconds * 1e9)
        if let since = unreachableSince, now - since > min(patience, 2_000_000_000) {
            fail("lost the server at \(options.address.text): \(result.connectionErrorText ?? "not reachable")")
        } else if let since = silentSince, now - since > patience {
            fail("the server at \(options.address.text) does not answer any more")
        }
    }

    /// Ends the thread, and with it the load.
    mutating func fail(_ text: String) {
        result.failure = result.failure ?? text
        phase = .over
        monitor.stop()
    }
}

/// A load cannot be set up, and why.
package struct LoadSetupError: Error, CustomStringConvertible {
    let text: String
    package var description: String { text }
}
