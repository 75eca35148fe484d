// Single keys: everything that clients see of one could have been done one after the other.
import Platform

extension Check {
    static let register = Check(
        name: "register",
        summary: "single keys are linearizable: GET, SET, SET GET, DEL, compare-and-set by WATCH or IFEQ",
        commands: ["GET", "SET", "DEL"], optionalCommands: ["WATCH", "MULTI", "EXEC"]
    ) { context in
        let abilities = try RegisterAbilities(context)
        try context.rounds(ofSeconds: 0.05) { round in
            let keys = (0..<4).map { "\(round.prefix)\($0)" }
            let recorded = try round.withClients { client in
                var recorder = RegisterClient(client, keys: keys, abilities)
                return try recorder.run()
            }
            for (number, key) in keys.enumerated() {
                // Of each client in its order: that is all that the order of a history means.
                let history = recorded.flatMap { $0.filter { $0.key == number }.map(\.operation) }
                if try !RegisterHistory.judge(history, key: key, evicts: context.evicts) {
                    context.note("a history was too tangled to be judged")
                }
            }
            try context.withClient { _ = try $0.ask(Request(["DEL"] + keys)) }
        }
    }
}

/// What the server can do for registers.
struct RegisterAbilities: Sendable {
    let canWatch, canCompare, canExchange: Bool

    init(_ context: CheckContext) throws {
        canWatch = ["WATCH", "MULTI", "EXEC"].allSatisfy(context.has)
        // Options of SET are not in any list: to be tried.
        let key = "\(context.prefix)probe"
        (canCompare, canExchange) = try context.withClient { client in
            let compares = try client.ask(["SET", key, "1", "IFEQ", "0"]).errorCode == nil
            let exchanges = try client.ask(["SET", key, "1", "GET"]).errorCode == nil
            _ = try client.ask(["DEL", key])
            return (compares, exchanges)
        }
    }
}

/// One client's part of a round.
private struct RegisterClient {
    struct Recorded {
        let key: Int
        let operation: RegisterOperation
    }

    private let client: VerificationClient
    private let keys: [String]
    private let abilities: RegisterAbilities
    private var recorded: [Recorded] = []
    private var written: Int64 = 0
    /// What each key was when this client last saw it: what a compare-and-set may hope for.
    private var seen: [Int64?]

    init(_ client: VerificationClient, keys: [String], _ abilities: RegisterAbilities) {
        self.client = client
        self.keys = keys
        self.abilities = abilities
        seen = [Int64?](repeating: nil, count: keys.count)
    }

    mutating func run() throws -> [Recorded] {
        while !client.isOver {
            if abilities.canWatch, client.random.below(8) == 0 {
                try replaceWatched(client.random.below(keys.count))
            } else {
                let count = client.random.below(3) == 0 ? 2 + client.random.below(3) : 1
                try perform((0..<count).map { _ in (client.random.below(keys.count)) })
            }
        }
        return recorded
    }

    /// A value that nobody else writes.
    private mutating func freshValue() -> Int64 {
        written += 1
        return Int64(client.number + 1) * 1_000_000 + written
    }

    private mutating func chooseAction(_ key: Int) -> RegisterAction {
        switch client.random.below(16) {
        case 0..<7: return .read
        case 7..<11: return .write(freshValue())
        case 11 where abilities.canExchange: return .exchange(freshValue())
        case 12: return .delete
        default:
            if abilities.canCompare, let from = seen[key] { return .compareAndSet(from: from, to: freshValue()) }
            return .read
        }
    }

    private func request(_ action: RegisterAction, _ key: String) -> Request {
        switch action {
        case .read: ["GET", key]
        case .write(let value): ["SET", key, "\(value)"]
        case .compareAndSet(let from, let to): ["SET", key, "\(to)", "IFEQ", "\(from)"]
        case .exchange(let value): ["SET", key, "\(value)", "GET"]
        case .delete: ["DEL", key]
        case .add(let step): ["INCRBY", key, "\(step)"]
        }
    }

    /// One operation on each of the keys, in one pipeline.
    private mutating func perform(_ numbers: [Int]) throws {
        let actions = numbers.map { chooseAction($0) }
        let requests = zip(actions, numbers).map { request($0, keys[$1]) }
        let start = Clock.monotonicNanoseconds()
        let answers = try client.pipeline(requests)
        let end = Clock.monotonicNanoseconds()
        for index in numbers.indices {
            var result: RegisterResult?
            if case .reply(let reply) = answers[index] {
                result = RegisterClient.result(actions[index], reply)
                try client.expect(result != nil, requests[index], reply)
            }
            record(numbers[index], actions[index], result, start, end)
        }
    }

    /// Compare-and-set by WATCH: if EXEC goes through, the value is still the one read.
    private mutating func replaceWatched(_ number: Int) throws {
        let key = keys[number]
        let start = Clock.monotonicNanoseconds()
        let answers = try client.pipeline([["WATCH", key], ["GET", key]])
        let end = Clock.monotonicNanoseconds()
        guard case .reply(let watched) = answers[0], case .reply(let read) = answers[1] else { return }
        try client.expect(watched.isOK, ["WATCH", key], watched)
        guard let value = RegisterClient.result(.read, read) else {
            return try client.expect(false, ["GET", key], read)
        }
        record(number, .read, value, start, end)
        guard case .value(.some(let from)) = value else { return }
        let to = freshValue()
        let requests: [Request] = [["MULTI"], ["SET", key, "\(to)"], ["EXEC"]]
        let execution = Clock.monotonicNanoseconds()
        guard case .reply(let reply) = try client.pipeline(requests)[2] else {
            return record(number, .compareAndSet(from: from, to: to), nil, execution, .max)
        }
        // Refused: somebody has touched it, which is no proof that the value is another now.
        if reply.isNull { return }
        try client.expect(reply == .array([.simple("OK")]), ["EXEC"], reply)
        record(
            number, .compareAndSet(from: from, to: to), .applied(true), execution, Clock.monotonicNanoseconds())
    }

    private mutating func record(
        _ key: Int, _ action: RegisterAction, _ result: RegisterResult?, _ start: Int64, _ end: Int64
    ) {
        switch (action, result) {
        case (.read, .value(let value)):
            seen[key] = value
            client.saw(value == nil ? 0 : 1, of: 1)
        case (.write(let value), .done), (.exchange(let value), .value): seen[key] = value
        case (.compareAndSet(_, let to), .applied(true)): seen[key] = to
        default: break
        }
        let operation = RegisterOperation(
            client: client.number, action: action, result: result, start: start, end: result == nil ? .max : end)
        recorded.append(Recorded(key: key, operation: operation))
    }

    /// nil if the action cannot be answered so.
    private static func result(_ action: RegisterAction, _ reply: Reply) -> RegisterResult? {
        switch action {
        case .read, .exchange:
            if reply.isNull { return .value(nil) }
            guard case .bulk = reply, let value = reply.integer else { return nil }
            return .value(value)
        case .write: return reply.isOK ? .done : nil
        case .compareAndSet: return reply.isOK ? .applied(true) : reply.isNull ? .applied(false) : nil
        case .delete:
            switch reply {
            case .integer(0): return .applied(false)
            case .integer(1): return .applied(true)
            default: return nil
            }
        case .add: return reply.integer.map { .value($0) }
        }
    }
}
