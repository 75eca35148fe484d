// One consumer of a group: it reads, takes over, acknowledges, dies and comes again by another name.
import Platform

struct StreamConsumer {
    let client: VerificationClient
    let keys: StreamKeys
    let group: Int
    /// Whether streams may go at any time.
    let evicts: Bool
    /// By stream.
    private(set) var histories: [StreamHistory]
    private var life = 0
    private let role: String
    /// Entries that it was given and has not acknowledged, of any stream; gone when it dies.
    private var held: [(stream: Int, identifier: StreamEntryID)] = []
    /// Some that it has acknowledged.
    private var done: [(stream: Int, identifier: StreamEntryID)] = []

    init(_ client: VerificationClient, _ keys: StreamKeys, group: Int, evicts: Bool, role: String = "consumer") {
        (self.client, self.keys, self.group, self.evicts, self.role) = (client, keys, group, evicts, role)
        let histories = [StreamHistory](
            repeating: StreamHistory(groupCount: StreamKeys.groupCount), count: StreamKeys.streamCount)
        self.histories = histories
    }

    private var name: String { "\(role):\(client.number):\(life)" }
    private var groupName: String { StreamKeys.group(group) }

    /// Something at random.
    mutating func step() throws {
        switch client.random.below(20) {
        case 0: die()
        case 1, 2: try claimIdle(client.random.below(StreamKeys.streamCount), minimum: client.random.below(4))
        case 3: try claimListed(client.random.below(StreamKeys.streamCount))
        case 4: try readAgain()
        default:
            let first = client.random.below(StreamKeys.streamCount)
            let streams = (0...client.random.below(StreamKeys.streamCount)).map {
                (first + $0) % StreamKeys.streamCount
            }
            let milliseconds = client.random.below(2) == 0 ? 1 + client.random.below(60) : nil
            try read(streams, count: 1 + client.random.below(12), blockMilliseconds: milliseconds)
        }
        // Some are left to others.
        if client.random.below(8) != 0 { try acknowledge() }
    }

    /// Takes everything over that anybody has left, and whatever is new.
    mutating func workOff() throws {
        for stream in 0..<StreamKeys.streamCount {
            try read([stream], count: 1000, blockMilliseconds: nil)
            try claimIdle(stream, minimum: 0, count: 1000)
            try acknowledge()
        }
    }

    /// It is gone with all that it held; what it had been given stays pending.
    private mutating func die() {
        client.disconnect()
        held = []
        life += 1
    }

    /// Reads what is new.
    private mutating func read(_ streams: [Int], count: Int, blockMilliseconds: Int?) throws {
        let block = blockMilliseconds.map { ["BLOCK", "\($0)"] } ?? []
        let request = Request(
            ["XREADGROUP", "GROUP", groupName, name, "COUNT", "\(count)"] + block + ["STREAMS"]
                + streams.map { keys.stream($0) } + streams.map { _ in ">" })
        let sentAt = Clock.monotonicNanoseconds()
        guard let reply = try client.call(request).reply else {
            for stream in streams { histories[stream].groups[group].unknownReads += 1 }
            // It comes again by the same name, or dies.
            if client.random.below(2) == 0 { try readAgain() } else { die() }
            return
        }
        guard let brought = StreamEntry.streams(reply) else { return try note(request, reply, streams) }
        let answeredAt = Clock.monotonicNanoseconds()
        for (key, entries) in brought {
            guard let stream = keys.number(key), streams.contains(stream), !entries.isEmpty, entries.count <= count
            else { return try client.expect(false, request, reply) }
            record(stream, entries, "XREADGROUP", isNew: true, sentAt, answeredAt)
        }
        // Whoever waits is served by the first stream that has something.
        if blockMilliseconds != nil && !brought.isEmpty { return }
        for stream in streams where !brought.contains(where: { $0.key == keys.stream(stream) }) {
            histories[stream].groups[group].waits.append(
                .init(
                    consumer: client.number, sentAt: sentAt, answeredAt: answeredAt,
                    timeout: Int64(blockMilliseconds ?? 0) * 1_000_000))
        }
    }

    /// Reads what it was given before.
    private mutating func readAgain() throws {
        let streams = Array(0..<StreamKeys.streamCount)
        let request = Request(
            ["XREADGROUP", "GROUP", groupName, name, "COUNT", "20", "STREAMS"] + keys.all + streams.map { _ in "0" })
        let sentAt = Clock.monotonicNanoseconds()
        guard let reply = try client.call(request).reply else { return }
        guard let brought = StreamEntry.streams(reply) else { return try note(request, reply, streams) }
        for (key, entries) in brought {
            guard let stream = keys.number(key) else { return try client.expect(false, request, reply) }
            record(stream, entries, "XREADGROUP with 0", isNew: false, sentAt, Clock.monotonicNanoseconds())
        }
    }

    private mutating func claimIdle(_ stream: Int, minimum: Int, count: Int = 20) throws {
        let request: Request = [
            "XAUTOCLAIM", keys.stream(stream), groupName, name, "\(minimum)", "0-0", "COUNT", "\(count)",
        ]
        let sentAt = Clock.monotonicNanoseconds()
        guard let reply = try client.call(request).reply else { return }
        guard let parts = reply.elements, parts.count >= 2, let entries = StreamEntry.list(parts[1]),
            entries.count <= count, parts.count == 2 || parts[2].elements?.isEmpty == true
        else { return try note(request, reply, [stream]) }
        record(stream, entries, "XAUTOCLAIM", isNew: false, sentAt, Clock.monotonicNanoseconds())
    }

    /// Asks what is pending and takes some of it.
    private mutating func claimListed(_ stream: Int) throws {
        let question: Request = ["XPENDING", keys.stream(stream), groupName, "-", "+", "20"]
        let askedAt = Clock.monotonicNanoseconds()
        guard let reply = try client.call(question).reply else { return }
        guard let listed = reply.elements?.map({ StreamEntryID($0.elements?.first?.text) }), !listed.contains(nil)
        else { return try note(question, reply, [stream]) }
        let pending = listed.compactMap { $0 }
        let shown = pending.map { StreamEntry($0, job: nil) }
        record(stream, shown, "XPENDING", isNew: false, askedAt, Clock.monotonicNanoseconds())
        if pending.isEmpty { return }
        let request = Request(
            ["XCLAIM", keys.stream(stream), groupName, name, "\(client.random.below(3))"]
                + pending.map(\.description))
        let sentAt = Clock.monotonicNanoseconds()
        guard let reply = try client.call(request).reply else { return }
        guard let entries = StreamEntry.list(reply) else { return try note(request, reply, [stream]) }
        record(stream, entries, "XCLAIM", isNew: false, sentAt, Clock.monotonicNanoseconds())
    }

    /// Acknowledges what it holds, one by one or all of a stream at once, and now and then something a second time.
    private mutating func acknowledge() throws {
        if held.isEmpty { return }
        var batches: [(stream: Int, identifiers: [StreamEntryID])] = []
        if client.random.below(3) == 0 {
            for stream in 0..<StreamKeys.streamCount {
                var seen: Set<StreamEntryID> = []
                let identifiers = held.filter { $0.stream == stream && seen.insert($0.identifier).inserted }
                if !identifiers.isEmpty { batches.append((stream, identifiers.map(\.identifier))) }
            }
        } else {
            batches = held.map { ($0.stream, [$0.identifier]) }
        }
        if !done.isEmpty, client.random.below(4) == 0 {
            let again = done[client.random.below(done.count)]
            batches.append((again.stream, [again.identifier]))
        }
        let requests = batches.map {
            Request(["XACK", keys.stream($0.stream), groupName] + $0.identifiers.map(\.description))
        }
        let sentAt = Clock.monotonicNanoseconds()
        let answers = try client.pipeline(requests)
        let answeredAt = Clock.monotonicNanoseconds()
        for (index, (stream, identifiers)) in batches.enumerated() {
            var counted: Int?
            if case .reply(let reply) = answers[index] {
                counted = reply.integer.flatMap { Int(exactly: $0) }
                try client.expect(counted.map { 0...identifiers.count ~= $0 } == true, requests[index], reply)
            }
            // Of several, which ones were counted is not told, unless it is all or none.
            let isCounted = counted == identifiers.count ? true : counted == 0 ? false : nil
            histories[stream].groups[group].acknowledgements += identifiers.map {
                .init(
                    identifier: $0, consumer: client.number, isCounted: isCounted, sentAt: sentAt,
                    answeredAt: counted == nil ? .max : answeredAt)
            }
        }
        done = held.suffix(20)
        held = []
    }

    private mutating func record(
        _ stream: Int, _ entries: [StreamEntry], _ command: String, isNew: Bool, _ sentAt: Int64, _ answeredAt: Int64
    ) {
        if entries.isEmpty { return }
        histories[stream].groups[group].deliveries.append(
            .init(
                teller: "\(command) of \(name)", isNew: isNew, entries: entries, sentAt: sentAt,
                answeredAt: answeredAt))
        if entries[0].job != nil { held += entries.map { (stream, $0.identifier) } }
    }

    /// A reply that is none of the command's: if the stream has been evicted, it and its group are made again.
    private func note(_ request: Request, _ reply: Reply, _ streams: [Int]) throws {
        guard evicts, let code = reply.errorCode, ["NOGROUP", "UNBLOCKED"].contains(code) else {
            return try client.expect(false, request, reply)
        }
        let requests = streams.map { stream -> Request in
            ["XGROUP", "CREATE", keys.stream(stream), groupName, "0", "MKSTREAM"]
        }
        for (request, answer) in zip(requests, try client.pipeline(requests)) {
            guard case .reply(let reply) = answer else { continue }
            try client.expect(reply.isOK || reply.errorCode == "BUSYGROUP", request, reply)
        }
    }
}
