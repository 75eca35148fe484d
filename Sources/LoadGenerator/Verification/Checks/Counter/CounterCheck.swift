// Counters: no increment is lost, none happens twice, and no two clients are told the same number.

extension Check {
    static let counter = Check(
        name: "counter", summary: "increments are neither lost nor done twice, and each reply is a number of its own",
        commands: ["INCR", "INCRBY", "DECR", "GET", "DEL"],
        optionalCommands: ["HINCRBY", "HGET", "ZINCRBY", "ZSCORE"]
    ) { context in
        let kinds = CounterKind.allCases.filter { $0.commands.allSatisfy(context.has) }
        if context.evicts { return try countWhileEvicting(context, kinds) }
        try context.rounds(ofSeconds: 0.25) { round in
            let tallies = try round.withClients { client in try countUp(client, round.prefix, kinds) }
            try context.withClient { client in
                for kind in kinds {
                    let reply = try client.ask(kind.question(round.prefix))
                    let final = reply.isNull ? 0 : reply.integer
                    guard let final else {
                        return try client.expect(false, kind.question(round.prefix), reply)
                    }
                    try CounterHistory.judge(kind.name, tallies.map { $0[kind]! }, final: final)
                }
                _ = try client.ask(Request(["DEL"] + CounterKind.allCases.map { $0.key(round.prefix) }))
            }
        }
    }

    /// One client's part of a round: what it was told by each counter.
    private static func countUp(
        _ client: VerificationClient, _ prefix: String, _ kinds: [CounterKind]
    ) throws -> [CounterKind: CounterTally] {
        var tallies = Dictionary(uniqueKeysWithValues: kinds.map { ($0, CounterTally()) })
        while !client.isOver {
            let steps = (0...client.random.below(4)).map { _ in
                let kind = kinds[client.random.below(kinds.count)]
                return (kind: kind, step: kind.step(&client.random))
            }
            let requests = steps.map { $0.kind.request(prefix, $0.step) }
            for ((step, request), answer) in zip(zip(steps, requests), try client.pipeline(requests)) {
                switch answer {
                case .reply(let reply):
                    guard let value = reply.integer else { return try fail(client, request, reply) }
                    tallies[step.kind]!.acknowledged.append(.init(step: step.step, value: value))
                case .unknown: tallies[step.kind]!.unknown.append(step.step)
                }
            }
        }
        return tallies
    }

    private static func fail<Value>(_ client: VerificationClient, _ request: Request, _ reply: Reply) throws -> Value {
        try client.expect(false, request, reply)
        preconditionFailure("an expectation that is wrong throws")
    }
}

/// The counters of a round.
enum CounterKind: CaseIterable {
    /// INCR and INCRBY of steps above 0: what a client is told only rises.
    case up
    /// DECR: what it is told only falls.
    case down
    case hash, sortedSet

    var name: String {
        switch self {
        case .up: "INCR and INCRBY"
        case .down: "DECR"
        case .hash: "HINCRBY"
        case .sortedSet: "ZINCRBY"
        }
    }

    var commands: [String] {
        switch self {
        case .up: ["INCR", "INCRBY"]
        case .down: ["DECR"]
        case .hash: ["HINCRBY", "HGET"]
        case .sortedSet: ["ZINCRBY", "ZSCORE"]
        }
    }

    func key(_ prefix: String) -> String { "\(prefix)\(self)" }

    func step(_ random: inout RandomSource) -> Int64 {
        switch self {
        case .up: random.below(2) == 0 ? 1 : Int64(2 + random.below(8))
        case .down: -1
        case .hash, .sortedSet: Int64(1 + random.below(9))
        }
    }

    func request(_ prefix: String, _ step: Int64) -> Request {
        switch self {
        case .up: step == 1 ? ["INCR", key(prefix)] : ["INCRBY", key(prefix), "\(step)"]
        case .down: ["DECR", key(prefix)]
        case .hash: ["HINCRBY", key(prefix), "field", "\(step)"]
        case .sortedSet: ["ZINCRBY", key(prefix), "\(step)", "member"]
        }
    }

    func question(_ prefix: String) -> Request {
        switch self {
        case .up, .down: ["GET", key(prefix)]
        case .hash: ["HGET", key(prefix), "field"]
        case .sortedSet: ["ZSCORE", key(prefix), "member"]
        }
    }
}

/// What one client did to one counter, in order.
struct CounterTally: Equatable {
    struct Increment: Equatable {
        let step: Int64
        /// What the server said the counter was then.
        let value: Int64
    }
    var acknowledged: [Increment] = []
    /// Steps that may have been done, or may yet be done.
    var unknown: [Int64] = []
}
