// Messages: each subscriber gets what each publisher sends, whole, once and in order, whoever else comes and goes.
import Platform

/// Clients that publish go on for so long without a look at whether they should stop; messages for all of them.
private let channelCount = 4

extension Check {
    static let pubsub = Check(
        name: "pubsub", summary: "messages reach every subscriber once, in the order of their publisher",
        commands: ["SUBSCRIBE", "PUBLISH", "SET", "MULTI", "EXEC"], optionalCommands: ["PSUBSCRIBE"]
    ) { context in
        let hasPatterns = context.has("PSUBSCRIBE")
        try context.rounds(ofSeconds: 0.5) { round in
            // Somebody must publish and somebody listen.
            let clients = max(3, context.options.threads)
            let board = PublicationBoard(publishers: (clients + 2) / 3)
            _ = try round.withClients(clients) { client in
                if client.number % 3 == 0 {
                    try publish(client, round, board, publisher: client.number / 3)
                } else {
                    try listen(client, round, board, byPattern: hasPatterns && client.number % 3 == 2)
                }
            }
        }
    }

    private static func publish(
        _ client: VerificationClient, _ round: CheckRound, _ board: PublicationBoard, publisher: Int
    ) throws {
        while !client.isOver {
            let count = 1 + client.random.below(20)
            let first = board.begin(count, publisher)
            var requests: [Request] = []
            var isMessage: [Bool] = []
            for number in first..<first + Int64(count) {
                let text = "\(publisher) \(board.epoch(publisher)) \(number)"
                let message: Request = ["PUBLISH", "\(round.prefix)\(client.random.below(channelCount))", text]
                let write: Request = ["SET", "\(round.prefix)key:\(client.random.below(100))", text]
                switch client.random.below(4) {
                case 0:
                    requests += [["MULTI"], write, message, ["EXEC"]]
                    isMessage += [false, false, false, true]
                case 1:
                    requests += [write, message]
                    isMessage += [false, true]
                default:
                    requests.append(message)
                    isMessage.append(true)
                }
            }
            var done: Int64 = 0
            var isWhole = true
            for (index, answer) in try client.pipeline(requests).enumerated() {
                guard case .reply(let reply) = answer else {
                    isWhole = false
                    continue
                }
                try client.expect(reply.errorCode == nil, requests[index], reply)
                if isMessage[index] { done += 1 }
            }
            board.finish(first + done - 1, isWhole: isWhole, publisher)
        }
    }

    /// One connection after the other, as they are cut, until the round is over.
    private static func listen(
        _ client: VerificationClient, _ round: CheckRound, _ board: PublicationBoard, byPattern: Bool
    ) throws {
        while !client.isOver {
            let names = (0..<channelCount).map { "\(round.prefix)\($0)" }
            let requests = byPattern ? [Request(["PSUBSCRIBE", round.prefix + "?"])] : names.map { ["SUBSCRIBE", $0] }
            guard try client.begin([["HELLO", "2"]] + requests) else { continue }
            var confirmations = requests.count
            var history = PublicationHistory(byPattern ? "PSUBSCRIBE" : "SUBSCRIBE")
            var goal: [PublicationState]?
            var patience = Int64.max
            while true {
                switch try client.receive(milliseconds: 20) {
                case .nothing: break
                case .lost:
                    goal = []
                    history.forget()
                case .reply(let reply):
                    guard let words = reply.elements, let kind = words.first?.text, kind.hasSuffix("subscribe") else {
                        try history.note(reply)
                        break
                    }
                    confirmations -= 1
                    if confirmations == 0 { history.begin(board.states) }
                }
                if goal == nil, client.isOver, confirmations == 0 {
                    goal = board.states
                    patience = Clock.monotonicNanoseconds() + client.patienceNanoseconds
                }
                if let goal {
                    if history.hasReached(goal) { break }
                    if Clock.monotonicNanoseconds() > patience {
                        // A server that does not answer at all has not lost the message.
                        client.disconnect()
                        _ = try client.pipeline([["PING"]])
                        throw history.loss(goal)
                    }
                } else if client.isOver {
                    break
                }
            }
            // What is still under way would be taken for the reply to something else.
            client.disconnect()
        }
    }
}

/// What one publisher has done.
struct PublicationState: Equatable, Sendable {
    /// Grows whenever it does not know what has become of its messages, whose numbers begin anew then.
    var epoch = 0
    /// The last number that may have been published, and the last that has been.
    var begun: Int64 = 0
    var finished: Int64 = 0
}

/// What all publishers have done.
final class PublicationBoard: @unchecked Sendable {
    private let lock = Mutex()
    private var all: [PublicationState]

    init(publishers: Int) { all = [PublicationState](repeating: PublicationState(), count: publishers) }

    var states: [PublicationState] { lock.withLock { all } }

    func epoch(_ publisher: Int) -> Int { lock.withLock { all[publisher].epoch } }

    /// The first of `count` new numbers.
    func begin(_ count: Int, _ publisher: Int) -> Int64 {
        lock.withLock {
            all[publisher].begun += Int64(count)
            return all[publisher].begun - Int64(count) + 1
        }
    }

    func finish(_ number: Int64, isWhole: Bool, _ publisher: Int) {
        lock.withLock {
            all[publisher].finished = number
            if !isWhole { all[publisher] = PublicationState(epoch: all[publisher].epoch + 1) }
        }
    }
}
