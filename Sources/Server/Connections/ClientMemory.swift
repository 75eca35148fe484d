// What clients take of the memory: counted when a connection's buffers change, and held below `maxmemory-clients`.
import Bytes
import Containers
import Logging
import Platform
import RESP
import Reactor
import Synchronization

/// A connection, its session and its places in tables: what every client takes.
private let bytesAtRest = Allocator.sizeClass(MemoryLayout<Connection>.size) + 384
/// An argument in a round's list.
private let bytesOfArgument = MemoryLayout<ByteView>.stride
/// When nobody may be closed although clients take too much, the next look is so much later.
private let pauseMilliseconds: Int64 = 10

extension Connection {
    /// Whether nothing is held beyond what was counted last: so it is after nearly every turn of a connection.
    fileprivate var isCounted: Bool {
        @inline(__always)
        get {
            input.capacity | output.bytes.capacity == 0 && !hasStaleMemory && bulk == nil
                && counters.memory.current == bytesAtRest &+ sessionBytes
        }
    }

    /// What a request that is not finished holds, queued commands included: what `client-query-buffer-limit` is about.
    var queryBytes: Int {
        var bytes = input.count
        if let bulk { bytes += bulk.count }
        if let round = unsafe round { unsafe bytes += round.pointee.retainedBytes }
        if isInMulti { bytes += counters.multiBytes.current }
        return bytes
    }

    /// The memory of the arguments that wait for the rest of their command.
    private var argumentBytes: Int {
        var bytes = bulk?.memoryBytes ?? 0
        if let round = unsafe round {
            unsafe bytes += round.pointee.retainedBytes + round.pointee.arguments.count * bytesOfArgument
            unsafe bytes += Round.bytes(shardCount: round.pointee.shardCount)
        }
        return bytes
    }

    private mutating func countSession() {
        hasStaleMemory = false
        let session = unsafe session.takeUnretainedValue()
        let queued = session.transaction.memoryBytes
        counters.multiBytes.set(queued)
        sessionBytes =
            queued + session.transaction.watchedBytes + session.name.count + session.libraryName.count
            + session.libraryVersion.count + (session.waiting?.memoryBytes ?? 0)
    }

    /// Counts everything; returns the sum.
    fileprivate mutating func count() -> Int {
        if hasStaleMemory { countSession() }
        let arguments = argumentBytes
        // Values that replies refer to would be free without them.
        let outputCapacity = output.memoryBytes
        counters.inputBytes.set(input.count)
        counters.inputFree.set(input.capacity - input.count)
        counters.argumentBytes.set(arguments)
        counters.outputCapacity.set(outputCapacity)
        return bytesAtRest + sessionBytes + input.capacity + arguments + outputCapacity
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Notes what a connection takes now. Nothing of it is in flight.
    @inline(__always)
    func noteMemory(_ connection: ConnectionPointer) {
        if unsafe _fastPath(connection.pointee.isCounted) { return }
        unsafe countMemory(connection)
    }

    @inline(never)
    private func countMemory(_ connection: ConnectionPointer) {
        let before = unsafe connection.pointee.counters.memory.current
        let now = unsafe connection.pointee.count()
        unsafe connection.pointee.counters.memory.set(now)
        unsafe self.pointee.statistics.pointee.clientMemory.add(now - before)
        unsafe self.pointee.statistics.pointee.recentBuffers.note(
            input: connection.pointee.input.capacity, output: connection.pointee.counters.outputBytes.current,
            at: self.pointee.now)
        if now > before { unsafe limitClientMemory() }
    }

    /// The connection goes.
    func forgetMemory(_ connection: ConnectionPointer) {
        unsafe self.pointee.statistics.pointee.clientMemory.add(-connection.pointee.counters.memory.current)
        unsafe connection.pointee.counters.memory.set(0)
    }

    /// Closes the largest clients if all of them together take more than they may.
    func limitClientMemory() {
        let limit = unsafe self.pointee.hot.maximumClientMemory
        if limit == 0 { return }
        let server = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0 }
        if server.sum({ $0.clientMemory.current }) >= limit { unsafe evictClients(limit) }
    }

    /// A client may be closed that might not before: looks at once.
    func limitClientMemoryAnew() {
        unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.nextClientEviction.store(0, ordering: .relaxed) }
        unsafe limitClientMemory()
    }

    @inline(never)
    private func evictClients(_ limit: Int) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let now = unsafe self.pointee.now
        let next = server.nextClientEviction.load(ordering: .relaxed)
        if now < next {
            unsafe self.pointee.looksAgainAtClients = true
            unsafe self.pointee.nextCheck = unsafe Swift.min(self.pointee.nextCheck, next)
            return
        }
        let (victims, isEnough) = server.chooseVictims(limit: limit, now: now)
        if !isEnough { server.nextClientEviction.store(now + pauseMilliseconds, ordering: .relaxed) }
        unsafe self.pointee.statistics.pointee.evictedClients.add(victims.count)
        for victim in victims {
            server.log.notice("Evicting client: \(victim.description)")
            let token = victim.connection.token
            let worker = unsafe server.workers + victim.connection.worker
            if unsafe worker == self {
                if let connection = unsafe connection(token) { unsafe closeSoon(connection) }
            } else {
                unsafe worker.pointee.kernel.post { unsafe worker.kill(token) }
            }
        }
    }
}

extension ServerState {
    /// A client that is to be closed, and how the log describes it.
    fileprivate struct Victim {
        let connection: ConnectionName
        let description: String
    }

    /// The largest clients, as many as it takes to get below the limit. `isEnough`: they are enough. Each is chosen
    /// once, whichever worker looks first.
    fileprivate func chooseVictims(limit: Int, now: Int64) -> (victims: [Victim], isEnough: Bool) {
        registry.lock.withLock {
            var total = 0
            // By the highest bit of their sizes: only the largest ones have to be sorted.
            var bySize = [[(session: Session, bytes: Int)]](repeating: [], count: Int.bitWidth)
            for session in registry.sessions.values where !session.isEvicted {
                guard let connection = unsafe session.connection else { continue }
                let bytes = unsafe connection.pointee.counters.memory.current
                total += bytes
                if session.isNoEvict || bytes <= 0 { continue }
                bySize[Int.bitWidth - 1 - bytes.leadingZeroBitCount].append((session, bytes))
            }
            var victims: [Victim] = []
            for group in bySize.reversed() where total >= limit && !group.isEmpty {
                for candidate in group.sorted(by: { $0.bytes > $1.bytes }) where total >= limit {
                    guard let connection = unsafe candidate.session.connection else { continue }
                    candidate.session.isEvicted = true
                    total -= candidate.bytes
                    let name = unsafe ConnectionName(
                        worker: candidate.session.workerIndex, token: connection.pointee.token)
                    let description = describe(candidate.session, for: nil, now: now)
                    victims.append(Victim(connection: name, description: description))
                }
            }
            return (victims, total < limit)
        }
    }
}

/// The largest buffers of the last seconds, for INFO: of this period and of the one before it. Written by one worker.
struct RecentBuffers: ~Copyable {
    private static var periodMilliseconds: Int { 4000 }
    private let period = Tally()
    private let input = Tally(), inputBefore = Tally()
    private let output = Tally(), outputBefore = Tally()

    func note(input bytes: Int, output pending: Int, at now: Int64) {
        let current = Int(now) / RecentBuffers.periodMilliseconds
        if current != period.current {
            let isNext = current == period.current + 1
            inputBefore.set(isNext ? input.current : 0)
            outputBefore.set(isNext ? output.current : 0)
            input.reset()
            output.reset()
            period.set(current)
        }
        if bytes > input.current { input.set(bytes) }
        if pending > output.current { output.set(pending) }
    }

    /// The largest of the last four to eight seconds. From any thread.
    func largest(at now: Int64) -> (input: Int, output: Int) {
        switch Int(now) / RecentBuffers.periodMilliseconds - period.current {
        case 0: (max(input.current, inputBefore.current), max(output.current, outputBefore.current))
        case 1: (input.current, output.current)
        default: (0, 0)
        }
    }
}
