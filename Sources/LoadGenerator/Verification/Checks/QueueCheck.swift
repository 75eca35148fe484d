// A queue of jobs: producers, and consumers that wait, take and disconnect.
import Platform

extension Check {
    static let queue = Check(
        name: "queue", summary: "each job pushed is delivered once, by BLMOVE even if the consumer is cut off",
        commands: ["LPUSH", "BLMOVE", "BRPOP", "LREM", "LRANGE", "MULTI", "EXEC", "DEL"]
    ) { context in
        try context.rounds(ofSeconds: 0.5) { round in
            let keys = QueueKeys(prefix: round.prefix)
            let consumers = Consumers()
            // One of each kind at least; the first breaks connections.
            let count = max(3, context.options.threads) + 1
            let histories = try round.withClients(count) { client in
                switch client.number == 0 ? 3 : client.number % 3 {
                case 0: try consume(client, keys, moving: false, consumers)
                case 1: try produce(client, keys)
                case 2: try consume(client, keys, moving: true, consumers, evicts: context.evicts)
                default: disturb(client, consumers, rate: context.options.cutsPerSecond)
                }
            }
            try context.withClient { client in
                let lists = (0..<count).map { keys.list(of: $0) }
                let places = [keys.moved, keys.popped] + lists
                let snapshot = try client.finalSnapshot(of: places) { ["LRANGE", $0, "0", "-1"] }
                let jobs = snapshot.map { $0.elements.compactMap { Int($0) } }
                var (moved, popped) = (QueueHistory(), QueueHistory())
                for history in histories {
                    moved.append(history.moved)
                    popped.append(history.popped)
                }
                let kept = Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, jobs[$0 + 2]) })
                let found = moved.pops.count + popped.pops.count + jobs[0].count + jobs[1].count
                client.saw(found, of: moved.pushes.count + popped.pushes.count)
                try moved.judge("BLMOVE", remaining: jobs[0], kept: kept, evicts: context.evicts)
                try popped.judge("BRPOP", remaining: jobs[1], evicts: context.evicts)
                _ = try client.ask(Request(["DEL"] + places))
            }
        }
    }

    /// What one client saw of both queues.
    private typealias BothHistories = (moved: QueueHistory, popped: QueueHistory)

    private static func produce(_ client: VerificationClient, _ keys: QueueKeys) throws -> BothHistories {
        var histories: BothHistories = (QueueHistory(), QueueHistory())
        var next = client.number * 1_000_000_000
        while !client.isOver {
            let moves = client.random.below(2) == 0
            // Several commands at once, of several jobs each.
            let batches = (0...client.random.below(3)).map { _ in
                (0...client.random.below(3)).map { _ in
                    next += 1
                    return next
                }
            }
            let requests = batches.map { Request(["LPUSH", moves ? keys.moved : keys.popped] + $0.map { "\($0)" }) }
            let answers = try client.pipeline(requests)
            let now = Clock.monotonicNanoseconds()
            for (index, answer) in answers.enumerated() {
                if case .reply(let reply) = answer {
                    try client.expect((reply.integer ?? 0) >= batches[index].count, requests[index], reply)
                }
                let answeredAt = answer == .unknown ? nil : now
                let pushes = batches[index].map {
                    QueueHistory.Push(job: $0, producer: client.number, answeredAt: answeredAt)
                }
                if moves { histories.moved.pushes += pushes } else { histories.popped.pushes += pushes }
            }
            // Sometimes consumers are to wait, sometimes jobs.
            if client.random.below(3) == 0 { Clock.sleep(microseconds: Int64(client.random.below(4000))) }
        }
        return histories
    }

    private static func consume(
        _ client: VerificationClient, _ keys: QueueKeys, moving: Bool, _ consumers: Consumers, evicts: Bool = false
    ) throws -> BothHistories {
        consumers.add(client)
        defer { consumers.remove(client) }
        var history = QueueHistory()
        let list = keys.list(of: client.number)
        while !client.isOver {
            if client.random.below(50) == 0 { client.disconnect() }
            let milliseconds = 20 + client.random.below(60)
            let timeout = "0.0\(milliseconds)"
            let request: Request =
                moving ? ["BLMOVE", keys.moved, list, "RIGHT", "LEFT", timeout] : ["BRPOP", keys.popped, timeout]
            let sentAt = Clock.monotonicNanoseconds()
            guard case .reply(let reply) = try client.call(request) else {
                history.unknownPops += 1
                continue
            }
            if reply.isNull {
                history.waits.append(
                    .init(
                        consumer: client.number, sentAt: sentAt, answeredAt: Clock.monotonicNanoseconds(),
                        timeout: Int64(milliseconds) * 1_000_000))
                continue
            }
            let isRight = moving || reply.elements?.count == 2 && reply.elements?.first?.text == keys.popped
            let value = moving ? reply : reply.elements?.last
            guard isRight, let job = value?.text.flatMap({ Int($0) }) else {
                try client.expect(false, request, reply)
                continue
            }
            history.pops.append(.init(job: job, consumer: client.number, sentAt: sentAt))
            if moving, client.random.below(2) == 0 { try remove(job, from: list, client, &history, evicts: evicts) }
        }
        return moving ? (history, QueueHistory()) : (QueueHistory(), history)
    }

    /// A job is done: the consumer takes it from its own list.
    private static func remove(
        _ job: Int, from list: String, _ client: VerificationClient, _ history: inout QueueHistory, evicts: Bool
    ) throws {
        let request: Request = ["LREM", list, "1", "\(job)"]
        switch try client.call(request) {
        case .unknown: history.maybeRemoved.insert(job)
        case .reply(let reply):
            if reply == .integer(0) {
                if evicts { return }
                throw Violation(
                    "BLMOVE: a job was moved to a list and is not there",
                    ["BLMOVE told consumer \(client.number) of job \(job)", "\(request.text) finds none"])
            }
            try client.expect(reply == .integer(1), request, reply)
            history.removed.insert(job)
        }
    }

    /// Cuts consumers off, most of which are waiting then.
    private static func disturb(_ client: VerificationClient, _ consumers: Consumers, rate: Double) -> BothHistories {
        while !client.isOver {
            Clock.sleep(microseconds: Int64(10_000 + client.random.below(60_000)))
            if rate > 0 { consumers.cutOne(&client.random) }
        }
        return (QueueHistory(), QueueHistory())
    }
}

/// The lists of a round.
private struct QueueKeys {
    let prefix: String
    /// The queue from which jobs are moved, and the one from which they are popped.
    var moved: String { "\(prefix)moved" }
    var popped: String { "\(prefix)popped" }
    /// A consumer's own list.
    func list(of consumer: Int) -> String { "\(prefix)list:\(consumer)" }
}

/// The consumers of a round, to be cut off.
private final class Consumers: @unchecked Sendable {
    private let lock = Mutex()
    private var clients: [VerificationClient] = []

    func add(_ client: VerificationClient) { lock.withLock { clients.append(client) } }

    func remove(_ client: VerificationClient) { lock.withLock { clients.removeAll { $0 === client } } }

    func cutOne(_ random: inout RandomSource) {
        lock.withLock {
            if !clients.isEmpty { clients[random.below(clients.count)].cut() }
        }
    }
}
