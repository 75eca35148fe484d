// Pipelines over many keys: whoever sees the later command's effect sees the earlier one's.
import Platform

extension Check {
    static let order = Check(
        name: "order", summary: "a pipeline's commands are done in its order, over any keys",
        commands: ["SET", "GET", "DEL"]
    ) { context in
        try context.rounds(ofSeconds: 0.25) { round in
            // Somebody must write and somebody read.
            let clients = max(2, context.options.threads)
            let sets = OrderedSets(prefix: round.prefix, writers: (clients + 1) / 2)
            _ = try round.withClients(clients) { client in
                if client.number % 2 == 0 {
                    try write(client, sets, writer: client.number / 2)
                } else {
                    try read(client, sets)
                }
            }
            try context.withClient { client in
                for keys in sets.all { _ = try client.ask(Request(["DEL"] + keys)) }
            }
        }
    }

    private static func write(_ client: VerificationClient, _ sets: OrderedSets, writer: Int) throws {
        while !client.isOver {
            let keys = sets.begin(writer)
            var number = 0
            var isWhole = true
            while !client.isOver, isWhole {
                number += 1
                let requests = keys.map { Request(["SET", $0, "\(number)"]) }
                for (request, answer) in zip(requests, try client.pipeline(requests)) {
                    switch answer {
                    case .reply(let reply): try client.expect(reply.isOK, request, reply)
                    // The rest may come later than what would be sent next: other keys from here on.
                    case .unknown: isWhole = false
                    }
                }
            }
        }
    }

    private static func read(_ client: VerificationClient, _ sets: OrderedSets) throws {
        var before: (keys: [String], values: [Int64])?
        while !client.isOver {
            guard let keys = sets.current(client.random.below(sets.writers)) else { continue }
            let names = Array(keys.reversed())
            if before?.keys != names { before = nil }
            // Several readings of the same set follow each other.
            for _ in 0..<8 {
                let requests = names.map { Request(["GET", $0]) }
                let answers = try client.pipeline(requests)
                var values: [Int64] = []
                for (request, answer) in zip(requests, answers) {
                    guard case .reply(let reply) = answer else { break }
                    let value = reply.isNull ? 0 : reply.integer
                    try client.expect(value != nil, request, reply)
                    values.append(value!)
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
