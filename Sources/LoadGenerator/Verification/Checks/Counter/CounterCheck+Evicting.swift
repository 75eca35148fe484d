// Counters that may be evicted: then they begin at 0 again, but at no other time and at no other number.
import Platform

extension Check {
    /// Short rounds, whose histories have an order or none: an increment that is lost or done twice leaves a gap that
    /// no eviction explains, as what follows an eviction begins at 0.
    static func countWhileEvicting(_ context: CheckContext, _ kinds: [CounterKind]) throws {
        try context.rounds(ofSeconds: 0.05) { round in
            let recorded = try round.withClients { client in try record(client, round.prefix, kinds) }
            for kind in kinds {
                let history = recorded.flatMap { $0.filter { $0.kind == kind }.map(\.operation) }
                if try !RegisterHistory.judge(history, key: kind.key(round.prefix), evicts: true) {
                    context.note("a history was too tangled to be judged")
                }
            }
            try context.withClient { client in
                _ = try client.ask(Request(["DEL"] + CounterKind.allCases.map { $0.key(round.prefix) }))
            }
        }
    }

    private struct Recorded {
        let kind: CounterKind
        let operation: RegisterOperation
    }

    private static func record(
        _ client: VerificationClient, _ prefix: String, _ kinds: [CounterKind]
    ) throws -> [Recorded] {
        var recorded: [Recorded] = []
        while !client.isOver {
            let steps = (0...client.random.below(4)).map { _ in
                let kind = kinds[client.random.below(kinds.count)]
                return (kind: kind, step: client.random.below(4) == 0 ? nil : kind.step(&client.random))
            }
            let requests = steps.map { step in
                step.step.map { step.kind.request(prefix, $0) } ?? step.kind.question(prefix)
            }
            let start = Clock.monotonicNanoseconds()
            let answers = try client.pipeline(requests)
            let end = Clock.monotonicNanoseconds()
            for ((step, request), answer) in zip(zip(steps, requests), answers) {
                var result: RegisterResult?
                if case .reply(let reply) = answer {
                    let isAbsent = step.step == nil && reply.isNull
                    try client.expect(isAbsent || reply.integer != nil, request, reply)
                    // Falling counters are taken for rising ones.
                    result = .value(reply.integer.map { step.kind.isFalling ? -$0 : $0 })
                    if step.step == nil { client.saw(isAbsent ? 0 : 1, of: 1) }
                }
                let action = step.step.map { RegisterAction.add(step.kind.isFalling ? -$0 : $0) } ?? .read
                recorded.append(
                    Recorded(
                        kind: step.kind,
                        operation: RegisterOperation(
                            client: client.number, action: action, result: result, start: start,
                            end: result == nil ? .max : end)))
            }
        }
        return recorded
    }
}

extension CounterKind {
    /// Whether its steps are below 0.
    var isFalling: Bool { self == .down }
}
