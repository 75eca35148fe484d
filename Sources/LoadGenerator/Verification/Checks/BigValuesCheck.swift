// Values from no bytes to the largest: what is read is what was written, whole and in every part.
import Platform

extension Check {
    static let bigvalues = Check(
        name: "bigvalues", summary: "values of any size are read as they were written, whole and in parts",
        commands: ["SET", "GET", "GETRANGE", "APPEND", "STRLEN", "DEL"]
    ) { context in
        // Only one client at a time handles what is very large.
        let giants = Mutex()
        try context.rounds(ofSeconds: 5) { round in
            let names = try round.withClients { client in
                var values = OwnValues(
                    prefix: "\(round.prefix)\(client.number):", maximumBytes: context.options.maximumValueBytes,
                    evicts: context.evicts)
                while !client.isOver {
                    if client.random.below(4) == 0 {
                        try shareValue(client, "\(round.prefix)shared", context.options.maximumValueBytes)
                    } else {
                        let plan = values.plan(&client.random)
                        if plan.contains(where: { $0.bytes > 1 << 20 }) {
                            try giants.withLock { try values.run(plan, client) }
                        } else {
                            try values.run(plan, client)
                        }
                    }
                }
                return values.all
            }
            try context.withClient { client in
                _ = try client.ask(Request(["DEL", "\(round.prefix)shared"] + names.flatMap { $0 }))
            }
        }
    }

    /// All clients write and read one key: whoever reads sees one value whole.
    private static func shareValue(_ client: VerificationClient, _ key: String, _ maximumBytes: Int) throws {
        if client.random.below(2) == 0 {
            let length = BigValue.headerBytes + client.random.length(upTo: min(maximumBytes, 1 << 20), power: 1)
            let value = BigValue.make(seed: client.random.next(), length: length)
            let request = Request([Array("SET".utf8), Array(key.utf8), value])
            if case .reply(let reply) = try client.call(request) { try client.expect(reply.isOK, request, reply) }
        } else {
            guard case .reply(let reply) = try client.call(["GET", key]), !reply.isNull else { return }
            guard let seen = reply.bytes else { return try client.expect(false, ["GET", key], reply) }
            try BigValue.judgeWhole(seen, by: "GET \(key)")
        }
    }
}

extension RandomSource {
    /// A length whose logarithm is uniform between none and that of `maximum`, 0 included; a higher power makes large
    /// ones rarer.
    mutating func length(upTo maximum: Int, power: Int) -> Int {
        var exponent = 1.0
        for _ in 0..<power { exponent *= unit() }
        // Binary digits first, then the rest of the number.
        let digits = Int(exponent * Double(Int.bitWidth - maximum.leadingZeroBitCount + 1))
        return min(maximum, digits == 0 ? 0 : (1 << (digits - 1)) + below(1 << (digits - 1)))
    }
}

/// The keys of one client, which nobody else touches, and what they hold.
private struct OwnValues {
    private let prefix: String
    private let maximumBytes: Int
    /// A key for which a command was lost is not used again.
    private var generation = 0
    private var names: [String]
    private var abandoned: [String] = []
    private var values: [[UInt8]?] = [nil, nil, nil]

    /// Whether a key may be gone at any time.
    private let evicts: Bool

    init(prefix: String, maximumBytes: Int, evicts: Bool) {
        self.evicts = evicts
        self.prefix = prefix
        self.maximumBytes = maximumBytes
        names = (0..<3).map { "\(prefix)\($0)" }
    }

    /// Every key that there may be.
    var all: [String] { names + abandoned }

    enum Action {
        case set([UInt8]), append([UInt8]), get, length, delete
        /// First and last byte.
        case range(Int, Int)
    }

    struct Step {
        let key: Int
        let action: Action
        /// What goes over the wire, about.
        let bytes: Int
    }

    /// Some commands for one pipeline; the first key alone may grow beyond a mebibyte.
    func plan(_ random: inout RandomSource) -> [Step] {
        var counts = values.map { $0?.count ?? 0 }
        return (0...random.below(4)).map { _ in
            let key = random.below(values.count)
            let limit = key == 0 ? maximumBytes : min(maximumBytes, 1 << 20)
            switch random.below(8) {
            case 0, 1:
                counts[key] = random.length(upTo: limit, power: key == 0 ? 2 : 1)
                let value = BigValue.make(seed: random.next(), length: counts[key])
                return Step(key: key, action: .set(value), bytes: value.count)
            case 2:
                let room = limit - counts[key]
                let piece = BigValue.make(seed: random.next(), length: random.length(upTo: max(1, room / 4), power: 1))
                guard piece.count <= room else { return Step(key: key, action: .length, bytes: 0) }
                counts[key] += piece.count
                return Step(key: key, action: .append(piece), bytes: counts[key])
            case 3: return Step(key: key, action: .length, bytes: 0)
            case 4:
                let first = random.below(counts[key] + 2)
                let last = first + random.below(max(0, counts[key] - first) + 2)
                return Step(key: key, action: .range(first, last), bytes: last - first)
            case 5 where random.below(4) == 0:
                counts[key] = 0
                return Step(key: key, action: .delete, bytes: 0)
            default: return Step(key: key, action: .get, bytes: counts[key])
            }
        }
    }

    /// Sends the commands at once, and judges each reply by what the ones before it have left.
    mutating func run(_ plan: [Step], _ client: VerificationClient) throws {
        let requests = plan.map { request($0) }
        let answers = try client.pipeline(requests)
        var lost: Set<Int> = []
        for ((step, request), answer) in zip(zip(plan, requests), answers) {
            guard case .reply(let reply) = answer else {
                switch step.action {
                case .set, .append, .delete: lost.insert(step.key)
                case .get, .length, .range: break
                }
                continue
            }
            try take(step, request, reply, client)
        }
        for key in lost {
            abandoned.append(names[key])
            _ = try client.ask(["DEL", names[key]])
            generation += 1
            (names[key], values[key]) = ("\(prefix)\(key):\(generation)", nil)
        }
    }

    private func request(_ step: Step) -> Request {
        let name = names[step.key]
        switch step.action {
        case .set(let value): return Request([Array("SET".utf8), Array(name.utf8), value])
        case .append(let piece): return Request([Array("APPEND".utf8), Array(name.utf8), piece])
        case .get: return ["GET", name]
        case .length: return ["STRLEN", name]
        case .range(let first, let last): return ["GETRANGE", name, "\(first)", "\(last)"]
        case .delete: return ["DEL", name]
        }
    }

    /// Forgets what the key held if the reply shows that it was gone.
    private mutating func noteEviction(_ step: Step, _ reply: Reply, _ client: VerificationClient) {
        guard let value = values[step.key], !value.isEmpty else { return }
        let isGone: Bool
        switch step.action {
        case .set: return
        case .append(let piece): isGone = reply == .integer(Int64(piece.count))
        case .get: isGone = reply.isNull
        case .length, .delete: isGone = reply == .integer(0)
        case .range(let first, _): isGone = first < value.count && reply.bytes?.isEmpty == true
        }
        if isGone { values[step.key] = nil }
        client.saw(isGone ? 0 : 1, of: 1)
    }

    private mutating func take(
        _ step: Step, _ request: Request, _ reply: Reply, _ client: VerificationClient
    ) throws {
        if evicts { noteEviction(step, reply, client) }
        let value = values[step.key]
        switch step.action {
        case .set(let new):
            try client.expect(reply.isOK, request, reply)
            values[step.key] = new
        case .append(let piece):
            let new = (value ?? []) + piece
            // Nothing appended to nothing is an empty value.
            values[step.key] = new
            try client.expect(reply == .integer(Int64(new.count)), request, reply)
        case .length: try client.expect(reply == .integer(Int64(value?.count ?? 0)), request, reply)
        case .delete:
            // An empty value may be no key.
            let isRight = reply == .integer(value == nil ? 0 : 1) || value?.isEmpty == true && reply == .integer(0)
            try client.expect(isRight, request, reply)
            values[step.key] = nil
        case .get:
            guard let value, !(value.isEmpty && reply.isNull) else {
                return try client.expect(reply.isNull, request, reply)
            }
            guard let seen = reply.bytes else { return try client.expect(false, request, reply) }
            try BigValue.judge(seen, expected: value, by: request.text)
        case .range(let first, let last):
            guard let seen = reply.bytes else { return try client.expect(false, request, reply) }
            let part = value.map { $0.dropFirst(first).prefix(last - first + 1) } ?? []
            try BigValue.judge(seen, expected: Array(part), by: request.text)
        }
    }
}
