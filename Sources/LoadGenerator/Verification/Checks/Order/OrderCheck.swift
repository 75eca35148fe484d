// Pipelines over many keys: whoever sees the later command's effect sees the earlier one's.
import Platform

extension Check {
    static let order = Check(
        name: "order", summary: "a pipeline's commands are done in its order, over any keys",
        commands: ["SET", "GET", "DEL", "PING"], optionalCommands: ["MSET", "MGET"]
    ) { context in
        let forms = PipelineForms(canJoin: ["MSET", "MGET"].allSatisfy(context.has))
        try context.rounds(ofSeconds: 0.25) { round in
            // Somebody must write and somebody read.
            let clients = max(2, context.options.threads)
            let sets = OrderedSets(prefix: round.prefix, writers: (clients + 1) / 2)
            _ = try round.withClients(clients) { client in
                if client.number % 2 == 0 {
                    try write(client, sets, writer: client.number / 2, forms)
                } else {
                    try read(client, sets, forms, evicts: context.evicts)
                }
            }
            try context.withClient { client in
                for keys in sets.all { _ = try client.ask(Request(["DEL"] + keys)) }
            }
        }
    }

    private static func write(
        _ client: VerificationClient, _ sets: OrderedSets, writer: Int, _ forms: PipelineForms
    ) throws {
        while !client.isOver {
            let keys = sets.begin(writer)
            var number = 0
            var isWhole = true
            while !client.isOver, isWhole {
                number += 1
                let requests = forms.writing(keys, "\(number)", &client.random)
                for (request, answer) in zip(requests, try client.pipeline(requests)) {
                    switch answer {
                    case .reply(let reply): try client.expect(reply.isOK || request.text == "PING", request, reply)
                    // The rest may come later than what would be sent next: other keys from here on.
                    case .unknown: isWhole = false
                    }
                }
            }
        }
    }

    private static func read(
        _ client: VerificationClient, _ sets: OrderedSets, _ forms: PipelineForms, evicts: Bool
    ) throws {
        var before: (keys: [String], values: [Int64?])?
        while !client.isOver {
            guard let keys = sets.current(client.random.below(sets.writers)) else { continue }
            let names = Array(keys.reversed())
            if before?.keys != names { before = nil }
            // Several readings of the same set follow each other.
            for _ in 0..<8 {
                let requests = forms.reading(names, &client.random)
                var values: [Int64?] = []
                // At once, or one after the other, which is in order as well. Alone a command takes the shortest way.
                let isStepwise = requests.count <= names.count && client.random.below(2) == 0
                let answers = isStepwise ? try requests.map { try client.call($0) } : try client.pipeline(requests)
                for (request, answer) in zip(requests, answers) where request.text != "PING" {
                    guard case .reply(let reply) = answer else { break }
                    let seen = reply.elements ?? [reply]
                    try client.expect(seen.allSatisfy { $0.isNull || $0.integer != nil }, request, reply)
                    client.saw(seen)
                    // What is not there yet is less than all that will be; what was evicted tells nothing.
                    values += seen.map { $0.isNull && !evicts ? 0 : $0.integer }
                }
                guard values.count == names.count else { continue }
                try OrderHistory.judge(names: names, before: before?.values, now: values)
                before = (names, values)
            }
        }
    }
}

/// The keys of each writer, which change when the outcome of a pipeline is unknown.
private final class OrderedSets: @unchecked Sendable {
    let writers: Int
    private let prefix: String
    private let lock = Mutex()
    private var sets: [[String]?]
    private var used: [[String]] = []

    init(prefix: String, writers: Int) {
        self.prefix = prefix
        self.writers = writers
        sets = [[String]?](repeating: nil, count: writers)
    }

    /// New keys for a writer, in the order in which it will write them.
    func begin(_ writer: Int) -> [String] {
        lock.withLock {
            let keys = (0..<5).map { $0 == 4 ? "\(prefix)\(used.count):flag" : "\(prefix)\(used.count):data\($0)" }
            used.append(keys)
            sets[writer] = keys
            return keys
        }
    }

    func current(_ writer: Int) -> [String]? { lock.withLock { sets[writer] } }

    var all: [[String]] { lock.withLock { used } }
}

/// How pipelines are made: the same keys in the same order, in different commands.
private struct PipelineForms: Sendable {
    /// Whether neighbours may be written and read by one command.
    let canJoin: Bool

    func writing(_ keys: [String], _ value: String, _ random: inout RandomSource) -> [Request] {
        form(keys, &random) { keys in
            keys.count == 1 ? ["SET", keys[0], value] : Request(["MSET"] + keys.flatMap { [$0, value] })
        }
    }

    func reading(_ keys: [String], _ random: inout RandomSource) -> [Request] {
        form(keys, &random) { keys in keys.count == 1 ? ["GET", keys[0]] : Request(["MGET"] + keys) }
    }

    private func form(
        _ keys: [String], _ random: inout RandomSource, _ request: ([String]) -> Request
    ) -> [Request] {
        // Now and then a pipeline too long to be read, or to be done, in one go.
        let filling = random.below(64) == 0 ? 1 + random.below(700) : 0
        var requests: [Request] = []
        var rest = keys[...]
        while !rest.isEmpty {
            let count = canJoin && random.below(4) == 0 ? min(2, rest.count) : 1
            requests.append(request(Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
            if filling > 0 { requests += [Request](repeating: ["PING"], count: filling) }
        }
        return requests
    }
}
