// What a check is given: its clients, its rounds, its keys.
import Platform

/// One run of one check.
package final class CheckContext: @unchecked Sendable {
    package let options: VerificationOptions
    /// Begins the names of its keys; no other check has it.
    package let prefix: String
    let end: CheckEnd
    private let cutter: ConnectionCutter
    /// Lower-case names of the commands that the server has, as far as they were asked for.
    private let known: Set<String>
    private let lock = Mutex()
    private var random: RandomSource
    private var counted = (operations: 0, unknown: 0)
    private var roundCount = 0
    private var noted: [String: Int] = [:]
    private var sights = (found: 0, asked: 0)

    init(
        _ check: Check, _ options: VerificationOptions, known: Set<String>, cutter: ConnectionCutter, end: CheckEnd
    ) {
        self.options = options
        self.known = known
        self.cutter = cutter
        self.end = end
        prefix = "\(options.prefix)\(check.name):"
        // The same for a check whatever others run.
        random = RandomSource(seed: check.name.utf8.reduce(options.seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    package var isOver: Bool { end.isOver }

    /// Clients of all checks that run now, connected or not.
    var clientCount: Int { cutter.clientCount }

    /// Whether a key may go at any time, because the server evicts. Then absence proves nothing, and a check judges
    /// what is there.
    package var evicts: Bool { options.evicts == true }

    /// Whether the server has a command; it must stand in `Check.commands` or `Check.optionalCommands`.
    package func has(_ command: String) -> Bool { known.contains(command.lowercased()) }

    /// Runs `body` again and again until the time is over, each time with keys of its own. At least once.
    package func rounds(ofSeconds seconds: Double, _ body: (CheckRound) throws -> Void) throws {
        repeat {
            roundCount += 1
            let deadline = min(end.deadline, Clock.monotonicNanoseconds() + Int64(seconds * 1e9))
            try body(
                CheckRound(
                    context: self, number: roundCount, prefix: "\(prefix)\(roundCount):",
                    end: CheckEnd(deadline: deadline, within: end)))
        } while !isOver
    }

    /// Runs `body` in as many threads as the options say (or `count`), each with a client of its own, and returns what
    /// they return, in the order of their numbers. When one throws, the others are told that it is over; violations
    /// come before other errors.
    func withClients<Value>(
        _ count: Int?, until end: CheckEnd, _ body: @escaping (VerificationClient) throws -> Value
    ) throws -> [Value] {
        let outcomes = Outcomes<Value>(count: count ?? options.threads)
        var handles: [Thread.Handle] = []
        defer { for handle in handles { Thread.join(handle) } }
        for number in 0..<outcomes.count {
            let client = makeClient(number: number, until: end)
            handles.append(
                try Thread.start(name: "check-client") { [self] in
                    let outcome = Result { try body(client) }
                    if case .failure = outcome { end.stop() }
                    outcomes.set(number, outcome)
                    retire(client)
                })
        }
        for handle in handles { Thread.join(handle) }
        handles = []
        return try outcomes.values()
    }

    /// A client for the calling thread, for as long as `body` takes; for what is asked at the end of a round.
    package func withClient<Value>(_ body: (VerificationClient) throws -> Value) throws -> Value {
        let client = makeClient(number: 0, until: end)
        defer { retire(client) }
        return try body(client)
    }

    /// Has something reported beside the outcome, with how often it was noted.
    package func note(_ text: String) { lock.withLock { noted[text, default: 0] += 1 } }

    var notes: [String] {
        lock.withLock { noted }.sorted { $0.key < $1.key }.map { text, count in
            count == 1 ? text : "\(text) (\(count) times)"
        }
    }

    /// Of the keys (or members, or jobs) that were looked for, the share that was there; nil if none was looked for.
    var foundShare: Double? {
        lock.withLock { sights.asked == 0 ? nil : Double(sights.found) / Double(sights.asked) }
    }

    var operations: Int { lock.withLock { counted.operations } }
    var unknown: Int { lock.withLock { counted.unknown } }

    private func makeClient(number: Int, until end: CheckEnd) -> VerificationClient {
        let seed = lock.withLock { random.next() }
        let client = VerificationClient(number: number, options: options, random: RandomSource(seed: seed), end: end)
        cutter.add(client)
        return client
    }

    private func retire(_ client: VerificationClient) {
        cutter.remove(client)
        client.disconnect()
        lock.withLock {
            counted.operations += client.operations
            counted.unknown += client.unknown
            sights.found += client.found
            sights.asked += client.asked
        }
    }
}

/// A part of a check's time with keys of its own.
package struct CheckRound {
    package let context: CheckContext
    /// From 1.
    package let number: Int
    /// Begins the names of its keys.
    package let prefix: String
    let end: CheckEnd

    package var isOver: Bool { end.isOver }

    /// Ends it before its time.
    package func stop() { end.stop() }

    /// Runs `body` in as many threads as the options say (or `count`), each with a client of its own, and returns what
    /// they return. `client.isOver` tells them when to stop.
    package func withClients<Value>(
        _ count: Int? = nil, _ body: @escaping (VerificationClient) throws -> Value
    ) throws -> [Value] {
        try context.withClients(count, until: end, body)
    }
}

/// What the threads of `withClients` have returned or thrown.
private final class Outcomes<Value>: @unchecked Sendable {
    private let lock = Mutex()
    private var outcomes: [Result<Value, any Error>?]

    init(count: Int) { outcomes = [Result<Value, any Error>?](repeating: nil, count: count) }

    var count: Int { outcomes.count }

    func set(_ number: Int, _ outcome: Result<Value, any Error>) {
        lock.withLock { outcomes[number] = outcome }
    }

    func values() throws -> [Value] {
        let all = lock.withLock { outcomes.compactMap { $0 } }
        for case .failure(let error as Violation) in all { throw error }
        return try all.map { try $0.get() }
    }
}
