// Keeps a server at its limit of memory, so that it evicts keys all the time.
import Platform

/// A connection that writes keys of its own as fast as all of the memory is written about once a second.
final class Filler: @unchecked Sendable {
    private static let valueBytes = 1000
    private static let batch = 32
    /// Its keys go by themselves, afterwards; and a policy that evicts only keys with deadlines finds some.
    private static let lifeSeconds = 60

    private let client: VerificationClient
    private let prefix: String
    private let value: String
    /// The server's limit, in bytes.
    private let limit: Int
    private var evictedBefore = 0

    /// How many keys were evicted while it ran. Read when it has ended.
    private(set) var evicted = 0

    /// nil if the server evicts nothing, or is not to be taken for one that does.
    init?(_ options: VerificationOptions) throws {
        if options.evicts == false { return nil }
        client = VerificationClient(
            number: 0, options: options, random: RandomSource(seed: options.seed ^ 0xF111),
            end: CheckEnd(deadline: .max))
        prefix = "\(options.prefix)filler:"
        value = String(repeating: "x", count: Self.valueBytes)
        limit = try Filler.limit(client)
        if limit > 0 { return }
        if options.evicts == true {
            throw ServerFailure(description: "the server evicts nothing: it has no maxmemory, or the policy noeviction")
        }
        return nil
    }

    /// `maxmemory`, or 0 if nothing is evicted.
    private static func limit(_ client: VerificationClient) throws -> Int {
        func value(_ name: String) throws -> String? {
            let words = try client.ask(["CONFIG", "GET", name]).elements?.compactMap(\.text) ?? []
            return words.count == 2 ? words[1] : nil
        }
        guard let bytes = try value("maxmemory").flatMap({ Int($0) }), let policy = try value("maxmemory-policy"),
            policy != "noeviction"
        else { return 0 }
        return bytes
    }

    /// The options for checks beside it: nothing that alone would take a large part of the memory.
    func adjusted(_ options: VerificationOptions) -> VerificationOptions {
        var options = options
        options.evicts = true
        options.maximumValueBytes = max(1024, min(options.maximumValueBytes, limit / 64))
        // Buffers of connections count.
        options.stormConnections = min(options.stormConnections, limit >> 18)
        return options
    }

    /// Writes until the server evicts, for half a minute at most.
    func fill() throws {
        let before = try evictedKeys()
        let deadline = Clock.monotonicNanoseconds() + 30_000_000_000
        repeat {
            for _ in 0..<16 { try write() }
            evictedBefore = try evictedKeys()
            if evictedBefore > before { return }
        } while Clock.monotonicNanoseconds() < deadline
        throw ServerFailure(description: "the server evicts nothing, though keys were written for 30 s")
    }

    /// Writes until the end, at an even rate.
    func run(until end: CheckEnd) {
        let start = Clock.monotonicNanoseconds()
        let bytesPerBatch = Self.valueBytes * Self.batch
        var written = 0
        do {
            while !end.isOver {
                let elapsed = Double(Clock.monotonicNanoseconds() - start) / 1e9
                if Double(written) > elapsed * Double(limit) {
                    Clock.sleep(microseconds: 1000)
                    continue
                }
                try write()
                // What could not be written in time is not made up for: the checks are to run as well.
                written = max(written + bytesPerBatch, Int((elapsed - 0.1) * Double(limit)))
            }
        } catch {
            // The checks will find out as well if the server is gone, or has no room.
        }
        evicted = ((try? evictedKeys()) ?? evictedBefore) - evictedBefore
        client.disconnect()
    }

    private func write() throws {
        let keys = max(1000, limit / Self.valueBytes * 4)
        let requests = (0..<Self.batch).map { _ -> Request in
            ["SET", "\(prefix)\(client.random.below(keys))", value, "EX", "\(Self.lifeSeconds)"]
        }
        for (request, answer) in zip(requests, try client.pipeline(requests)) {
            guard case .reply(let reply) = answer else { continue }
            try client.expect(reply.isOK, request, reply)
        }
    }

    private func evictedKeys() throws -> Int {
        let text = try client.ask(["INFO", "stats"]).text ?? ""
        let name = "evicted_keys:"
        return text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
            .flatMap { Int($0.dropFirst(name.count)) } ?? 0
    }
}
