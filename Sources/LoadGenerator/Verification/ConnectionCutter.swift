// Breaks connections of checks at random.
import Platform

/// Knows the clients of all checks that run, and cuts one now and then.
final class ConnectionCutter: @unchecked Sendable {
    private let lock = Mutex()
    private var clients: [VerificationClient] = []
    private var random: RandomSource
    private var cuts = 0

    init(seed: UInt64) { random = RandomSource(seed: seed ^ 0xC0FF_EE00) }

    /// How often it has cut.
    var count: Int { lock.withLock { cuts } }

    /// How many clients there are, connected or not.
    var clientCount: Int { lock.withLock { clients.count } }

    func add(_ client: VerificationClient) { lock.withLock { clients.append(client) } }

    func remove(_ client: VerificationClient) {
        lock.withLock {
            if let index = clients.firstIndex(where: { $0 === client }) { clients.swapAt(index, clients.count - 1) }
            clients.removeLast()
        }
    }

    /// Cuts `rate` connections a second at random moments until `end`.
    func run(rate: Double, until end: CheckEnd) {
        guard rate > 0 else { return }
        while !end.isOver {
            // Pauses from nothing to twice the mean, slept in pieces so that the end is not missed.
            let pause = lock.withLock { random.unit() } * 2 / rate
            let next = Clock.monotonicNanoseconds() + Int64(min(pause, 1e6) * 1e9)
            while !end.isOver {
                let left = next - Clock.monotonicNanoseconds()
                if left <= 0 { break }
                Clock.sleep(microseconds: min(left / 1000 + 1, 20_000))
            }
            if end.isOver { return }
            lock.withLock {
                guard !clients.isEmpty else { return }
                clients[random.below(clients.count)].cut()
                cuts += 1
            }
        }
    }
}
