// Client-side caching: clients keep copies of what they have read until they are told that it has changed.
import Platform

/// Keys that are written and read all the time.
private let slotCount = 24

extension Check {
    static let tracking = Check(
        name: "tracking", summary: "a copy is forgotten before anybody can know of a newer value",
        commands: ["HELLO", "CLIENT", "GET", "SET", "DEL"], optionalCommands: ["MSET", "MULTI", "EXEC", "RENAME"]
    ) { context in
        try context.rounds(ofSeconds: 0.5) { round in
            let clients = max(3, context.options.threads)
            let board = TrackingBoard(slots: slotCount)
            let writers = (clients + 2) / 3
            _ = try round.withClients(clients) { client in
                if client.number % 3 == 0 {
                    try write(client, round, board, (slotCount + writers - 1) / writers, writer: client.number / 3)
                } else {
                    try read(client, round, board)
                }
            }
        }
    }

    /// Each writer has slots of its own, in which it counts up.
    private static func write(
        _ client: VerificationClient, _ round: CheckRound, _ board: TrackingBoard, _ share: Int, writer: Int
    ) throws {
        let own = Array(min(slotCount, writer * share)..<min(slotCount, (writer + 1) * share))
        if own.isEmpty { return }
        while !client.isOver {
            let slots = Set((0...client.random.below(4)).map { _ in own[client.random.below(own.count)] })
            let changes = slots.sorted().map { ($0, board.begin($0)) }
            let requests = requests(changes, client, round)
            var isWhole = true
            for (request, answer) in zip(requests, try client.pipeline(requests)) {
                guard let reply = answer.reply else {
                    isWhole = false
                    continue
                }
                // What RENAME was to move may have been evicted; then the value is still the one before.
                let isGone = round.context.evicts && isMissing(reply)
                isWhole = isWhole && !isGone
                try client.expect(isGone || reply.errorCode == nil, request, reply)
            }
            for (slot, change) in changes { board.finish(slot, change.number, isWhole: isWhole) }
        }
    }

    private static func requests(
        _ changes: [(Int, TrackingBoard.Slot)], _ client: VerificationClient, _ round: CheckRound
    ) -> [Request] {
        let context = round.context
        let pairs = changes.map { slot, change in (name(round, slot, change), "\(change.number)") }
        let sets = pairs.map { Request(["SET", $0, $1]) }
        switch client.random.below(6) {
        case 0 where context.has("MSET"): return [Request(["MSET"] + pairs.flatMap { [$0, $1] })]
        case 1 where context.has("MULTI") && context.has("EXEC"): return [["MULTI"]] + sets + [["EXEC"]]
        case 2 where context.has("RENAME"):
            return pairs.flatMap { [["SET", $0 + ":new", $1], ["RENAME", $0 + ":new", $0]] }
        case 3: return pairs.flatMap { [["DEL", $0], ["SET", $0, $1]] }
        default: return sets
        }
    }

    private static func name(_ round: CheckRound, _ slot: Int, _ state: TrackingBoard.Slot) -> String {
        "\(round.prefix)\(slot):\(state.epoch)"
    }

    private static func read(_ client: VerificationClient, _ round: CheckRound, _ board: TrackingBoard) throws {
        var history: CopyHistory?
        while !client.isOver {
            guard var copies = try history ?? begin(client, round) else { continue }
            history = nil
            let states = board.slots
            let slots = (0...client.random.below(6)).map { _ in client.random.below(slotCount) }
            var requests: [Request] = []
            var reads: [Int: (slot: Int, name: String)] = [:]
            for slot in Set(slots) {
                let name = name(round, slot, states[slot])
                if copies.has(name) { continue }
                if copies.mode == .byMark { requests.append(["CLIENT", "CACHING", "YES"]) }
                reads[requests.count] = (slot, name)
                requests.append(["GET", name])
            }
            let finished = board.slots
            // What was answered to a writer by now must be known when this one is answered.
            if requests.isEmpty { requests = [["PING"]] }
            let answers = try client.pipeline(requests)
            let begun = board.begunSlots
            let replies = answers.compactMap(\.reply)
            if replies.count < answers.count { continue }
            for (index, reply) in replies.enumerated() {
                try copies.take(client.pushes.filter { $0.before == index }.map(\.push))
                try client.expect(reply.errorCode == nil, requests[index], reply)
                guard let read = reads[index] else { continue }
                client.saw([reply])
                copies.keep(
                    read.name, slot: read.slot, epoch: states[read.slot].epoch, reply, begun: begun[read.slot].number)
            }
            try copies.judge(finished, evicts: round.context.evicts)
            history = copies
        }
    }

    /// A connection that tracks, in one of the ways there are; nil: it was lost at once.
    private static func begin(_ client: VerificationClient, _ round: CheckRound) throws -> CopyHistory? {
        let mode = CopyHistory.Mode.allCases[client.random.below(CopyHistory.Mode.allCases.count)]
        var request = ["CLIENT", "TRACKING", "ON"]
        switch mode {
        case .byKey: break
        case .byPrefix: request += ["BCAST", "PREFIX", round.prefix]
        case .byMark: request += ["OPTIN"]
        }
        let replies = try client.pipeline([["HELLO", "3"], Request(request)]).compactMap(\.reply)
        guard replies.count == 2 else { return nil }
        if replies.contains(where: { $0.errorCode != nil }) {
            throw SkippedCheck("the server cannot track keys")
        }
        return CopyHistory(mode)
    }
}

/// What all writers have done.
final class TrackingBoard: @unchecked Sendable {
    /// One key and its value, a number that grows.
    struct Slot: Sendable {
        /// Grows whenever nobody knows what has become of a write; then the key is another one.
        var epoch = 0
        var number = 0
    }

    private let lock = Mutex()
    private var finished: [Slot]
    private var begun: [Slot]

    init(slots: Int) {
        finished = [Slot](repeating: Slot(), count: slots)
        begun = finished
    }

    /// The last numbers that were acknowledged.
    var slots: [Slot] { lock.withLock { finished } }

    /// The last numbers that somebody has begun to write.
    var begunSlots: [Slot] { lock.withLock { begun } }

    /// The next write of a slot.
    func begin(_ slot: Int) -> Slot {
        lock.withLock {
            begun[slot].number += 1
            return begun[slot]
        }
    }

    func finish(_ slot: Int, _ number: Int, isWhole: Bool) {
        lock.withLock {
            if isWhole {
                finished[slot].number = number
            } else {
                begun[slot] = Slot(epoch: begun[slot].epoch + 1)
                finished[slot] = begun[slot]
            }
        }
    }
}
