// Keys with deadlines: none is seen afterwards, none is gone before.
import Platform

extension Check {
    static let expiry = Check(
        name: "expiry", summary: "no key is seen after its deadline, and none is gone before",
        commands: ["SET", "GET", "EXISTS", "PTTL", "PEXPIRE", "PERSIST", "STRLEN", "DEL"], optionalCommands: ["MGET"]
    ) { context in
        let canReadMany = context.has("MGET")
        try context.rounds(ofSeconds: 2) { round in
            let names = try round.withClients { client in
                var keys = ExpiringKeys(prefix: "\(round.prefix)\(client.number):", evicts: context.evicts)
                while !client.isOver {
                    if canReadMany, client.random.below(5) == 0 {
                        try keys.readAll(client)
                    } else {
                        try keys.step(client)
                    }
                    // Time has to pass.
                    Clock.sleep(microseconds: Int64(client.random.below(3000)))
                }
                return keys.all
            }
            try context.withClient { client in _ = try client.ask(Request(["DEL"] + names.flatMap { $0 })) }
        }
    }
}

/// The keys of one client, which nobody else touches.
private struct ExpiringKeys {
    private let prefix: String
    /// Each key's generation: a key for which a command was lost is not used again.
    private var generations = [Int](repeating: 0, count: 24)
    private var lives = [KeyLife?](repeating: nil, count: 24)
    private var abandoned: [String] = []

    private let evicts: Bool

    init(prefix: String, evicts: Bool) { (self.prefix, self.evicts) = (prefix, evicts) }

    private var names: [String] { generations.indices.map(name) }

    /// Every key that there may be.
    var all: [String] { names + abandoned }

    private func name(_ index: Int) -> String { "\(prefix)\(index):\(generations[index])" }

    /// What is done to one key.
    private enum Step: CaseIterable {
        case set, setForSeconds, setWithoutDeadline, setIfAbsent, expire, persist
        case get, exists, rest, length
    }

    /// Does something to several keys at once.
    mutating func step(_ client: VerificationClient) throws {
        let first = client.random.below(generations.count)
        var chosen: [(index: Int, step: Step, milliseconds: Int, request: Request)] = []
        for offset in 0...client.random.below(6) {
            let index = (first + offset) % generations.count
            // What is known is looked at more often than it is changed.
            let looks: [Step] = [.get, .exists, .rest, .length]
            let isLook = lives[index] != nil && client.random.below(3) > 0
            let step = isLook ? looks[client.random.below(4)] : Step.allCases[client.random.below(6)]
            let milliseconds = step == .setForSeconds ? 1000 : 20 + client.random.below(20 << client.random.below(5))
            chosen.append((index, step, milliseconds, request(step, name(index), milliseconds)))
        }
        let sentAt = Clock.monotonicNanoseconds()
        let answers = try client.pipeline(chosen.map(\.request))
        let answeredAt = Clock.monotonicNanoseconds()
        for (choice, answer) in zip(chosen, answers) {
            guard case .reply(let reply) = answer else {
                abandoned.append(name(choice.index))
                generations[choice.index] += 1
                lives[choice.index] = nil
                continue
            }
            let life = KeyLife(
                command: choice.request.text, sentAt: sentAt, answeredAt: answeredAt,
                lifetime: Int64(choice.milliseconds) * 1_000_000)
            try take(choice.step, choice.index, choice.request, reply, life, client)
        }
    }

    /// Reads all keys with one command.
    mutating func readAll(_ client: VerificationClient) throws {
        let request = Request(["MGET"] + names)
        let sentAt = Clock.monotonicNanoseconds()
        guard case .reply(let reply) = try client.call(request) else { return }
        let answeredAt = Clock.monotonicNanoseconds()
        guard let values = reply.elements, values.count == lives.count else {
            return try client.expect(false, request, reply)
        }
        for (index, value) in values.enumerated() {
            try client.expect(value.isNull || value.text == name(index), ["MGET", "…", name(index), "…"], value)
            guard let life = lives[index] else { continue }
            if life.lifetime == nil { client.saw([value]) }
            try ExpiryHistory.judge(
                name(index), life, value.isNull ? .absent : .present, by: "MGET", sentAt: sentAt,
                answeredAt: answeredAt, evicts: evicts)
            if evicts && value.isNull { lives[index] = nil }
        }
    }

    /// The value of a key is its name.
    private func request(_ step: Step, _ key: String, _ milliseconds: Int) -> Request {
        switch step {
        case .set: ["SET", key, key, "PX", "\(milliseconds)"]
        case .setForSeconds: ["SET", key, key, "EX", "\(milliseconds / 1000)"]
        case .setWithoutDeadline: ["SET", key, key]
        case .setIfAbsent: ["SET", key, key, "PX", "\(milliseconds)", "NX"]
        case .expire: ["PEXPIRE", key, "\(milliseconds)"]
        case .persist: ["PERSIST", key]
        case .get: ["GET", key]
        case .exists: ["EXISTS", key]
        case .rest: ["PTTL", key]
        case .length: ["STRLEN", key]
        }
    }

    /// Judges what a reply shows, and remembers what the step did. `life` is that which a deadline given by it begins.
    private mutating func take(
        _ step: Step, _ index: Int, _ request: Request, _ reply: Reply, _ life: KeyLife, _ client: VerificationClient
    ) throws {
        let key = name(index)
        let unlimited = KeyLife(
            command: life.command, sentAt: life.sentAt, answeredAt: life.answeredAt, lifetime: nil)
        var sight: KeySight?
        var next: KeyLife?
        switch step {
        case .set, .setForSeconds, .setWithoutDeadline:
            try client.expect(reply.isOK, request, reply)
            next = step == .setWithoutDeadline ? unlimited : life
        case .setIfAbsent:
            try client.expect(reply.isOK || reply.isNull, request, reply)
            sight = reply.isOK ? .absent : .present
            next = reply.isOK ? life : nil
        case .expire:
            try client.expect(reply == .integer(0) || reply == .integer(1), request, reply)
            sight = reply == .integer(1) ? .present : .absent
            next = reply == .integer(1) ? life : nil
        case .persist:
            try client.expect(reply == .integer(0) || reply == .integer(1), request, reply)
            // 0 may also mean that it had no deadline.
            if reply == .integer(1) { (sight, next) = (.present, unlimited) }
            if reply == .integer(0), lives[index]?.lifetime != nil { sight = .absent }
        case .get:
            try client.expect(reply.isNull || reply.text == key, request, reply)
            sight = reply.isNull ? .absent : .present
        case .exists:
            try client.expect(reply == .integer(0) || reply == .integer(1), request, reply)
            sight = reply == .integer(1) ? .present : .absent
        case .rest:
            guard case .integer(let rest) = reply, rest >= -2 else { return try client.expect(false, request, reply) }
            sight = .rest(rest)
        case .length:
            try client.expect(reply == .integer(0) || reply == .integer(Int64(key.utf8.count)), request, reply)
            sight = reply == .integer(0) ? .absent : .present
        }
        if let known = lives[index], let sight {
            try ExpiryHistory.judge(
                key, known, sight, by: request.text, sentAt: life.sentAt, answeredAt: life.answeredAt, evicts: evicts)
            // What was evicted has no deadline that could be judged.
            if evicts && (sight == .absent || sight == .rest(-2)) { lives[index] = nil }
        }
        if let next { lives[index] = next }
    }
}
