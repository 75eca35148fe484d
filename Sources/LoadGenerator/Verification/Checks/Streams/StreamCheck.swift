// Streams with groups: producers, consumers that die, and others that take over what they have left.
import Platform

extension Check {
    static let streams = Check(
        name: "streams",
        summary: "each entry of a stream is new to each group once, in order, and acknowledged once, whoever dies",
        commands: [
            "XADD", "XGROUP", "XREADGROUP", "XACK", "XAUTOCLAIM", "XCLAIM", "XPENDING", "XRANGE", "XLEN", "XINFO",
            "MULTI", "EXEC", "DEL",
        ]
    ) { context in
        let evicts = context.evicts
        try context.rounds(ofSeconds: evicts ? 0.25 : 0.5) { round in
            let keys = try context.withClient { try StreamKeys.make(round.prefix, $0) }
            // A producer at least, and two consumers of each group.
            var histories = try round.withClients(max(5, context.options.threads)) { client in
                if client.number % 5 == 0 { return try produce(client, keys, evicts: evicts) }
                var consumer = StreamConsumer(client, keys, group: client.number % 2, evicts: evicts)
                while !client.isOver { try consumer.step() }
                return consumer.histories
            }
            try context.withClient { client in
                let end = try workOff(client, keys, evicts: evicts, &histories)
                try judge(client, keys, histories, end, evicts: evicts)
                _ = try client.ask(Request(["DEL"] + keys.all))
            }
        }
    }

    private static func judge(
        _ client: VerificationClient, _ keys: StreamKeys, _ histories: [[StreamHistory]], _ end: [StreamEnd?],
        evicts: Bool
    ) throws {
        for stream in 0..<StreamKeys.streamCount {
            var whole = StreamHistory(groupCount: StreamKeys.groupCount)
            whole.additions = [
                .init(job: 0, producer: -1, identifier: StreamKeys.birth.identifier, sentAt: 0, answeredAt: 0)
            ]
            for history in histories { whole.append(history[stream]) }
            let told = whole.additions.count { $0.identifier != nil }
            let given = Set(whole.groups.flatMap { $0.deliveries.flatMap { $0.entries.compactMap(\.job) } })
            client.saw(min(given.count, told), of: told)
            let name = "stream \(stream)"
            if let end = end[stream] {
                try whole.judge(name, end)
            } else if evicts {
                try whole.judgeEvicted(name)
            } else {
                throw Violation("\(name): it is there no more, or without its first entry")
            }
        }
    }

    private static func produce(
        _ client: VerificationClient, _ keys: StreamKeys, evicts: Bool
    ) throws -> [StreamHistory] {
        var histories = [StreamHistory](
            repeating: StreamHistory(groupCount: StreamKeys.groupCount), count: StreamKeys.streamCount)
        var next = (client.number + 1) * 1_000_000_000
        while !client.isOver {
            let jobs = (0...client.random.below(6)).map { index in
                (stream: client.random.below(StreamKeys.streamCount), job: next + index + 1)
            }
            next += jobs.count
            let requests = jobs.map { StreamKeys.addition(keys.stream($0.stream), "*", $0.job) }
            let sentAt = Clock.monotonicNanoseconds()
            let answers = try client.pipeline(requests)
            let now = Clock.monotonicNanoseconds()
            for (index, (stream, job)) in jobs.enumerated() {
                var identifier: StreamEntryID?
                if case .reply(let reply) = answers[index] {
                    identifier = StreamEntryID(reply.text)
                    try client.expect(identifier != nil, requests[index], reply)
                }
                histories[stream].additions.append(
                    .init(
                        job: job, producer: client.number, identifier: identifier, sentAt: sentAt,
                        answeredAt: identifier == nil ? .max : now))
            }
            // Sometimes consumers are to wait, sometimes entries; there are not to be more of these all the time.
            Clock.sleep(microseconds: Int64(client.random.below(client.random.below(8) == 0 ? 20_000 : 1000)))
        }
        return histories
    }

    /// Acknowledges what is left, until there is nothing; returns what the streams are then, nil for those that went.
    /// A command whose connection was cut may still come in between.
    private static func workOff(
        _ client: VerificationClient, _ keys: StreamKeys, evicts: Bool, _ histories: inout [[StreamHistory]]
    ) throws -> [StreamEnd?] {
        var workers = (0..<StreamKeys.groupCount).map {
            StreamConsumer(client, keys, group: $0, evicts: evicts, role: "last")
        }
        defer { histories += workers.map(\.histories) }
        let deadline = Clock.monotonicNanoseconds() + min(client.patienceNanoseconds, 2_000_000_000)
        var passes = 0
        while true {
            passes += 1
            for index in workers.indices { try workers[index].workOff() }
            guard let end = try keys.look(client) else { continue }
            let isOver = Clock.monotonicNanoseconds() > deadline && passes > 10
            if isOver || end.allSatisfy({ $0?.isWorkedOff ?? true }) { return end }
        }
    }
}
