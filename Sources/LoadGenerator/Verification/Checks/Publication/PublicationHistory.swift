// Judges what one subscriber receives between two losses of its connection.

/// Messages are `publisher epoch number`, the numbers of an epoch from 1 on; see `PublicationState`.
struct PublicationHistory {
    private struct Source: Hashable {
        let publisher: Int
        let epoch: Int
    }

    private let how: String
    /// What publishers had begun when the subscription was confirmed; nil: it is not yet.
    private var start: [PublicationState]?
    private var last: [Source: Int64] = [:]
    private var isForgotten = false

    init(_ how: String) { self.how = how }

    /// The subscription is confirmed: all that is published from now on must come.
    mutating func begin(_ states: [PublicationState]) { start = states }

    /// The connection was lost: nothing more is to be expected.
    mutating func forget() { isForgotten = true }

    /// A message, as the server sends it to a subscriber; other replies are none of its business.
    mutating func note(_ reply: Reply) throws(Violation) {
        guard let words = reply.elements, let kind = words.first?.text, kind == "message" || kind == "pmessage" else {
            return
        }
        guard words.count == (kind == "message" ? 3 : 4), let text = words.last?.text else {
            throw Violation("a message has not the form of one", ["\(reply)"])
        }
        let numbers = text.split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 3 else { throw Violation("a message that nobody has sent", ["\(reply)"]) }
        try receive(publisher: Int(numbers[0]), epoch: Int(numbers[1]), number: numbers[2])
    }

    mutating func receive(publisher: Int, epoch: Int, number: Int64) throws(Violation) {
        // Until all its channels are subscribed to, it may hear of some and not of others.
        guard let start else { return }
        let source = Source(publisher: publisher, epoch: epoch)
        let before = last[source]
        last[source] = number
        if let before {
            if number == before + 1 { return }
            throw violation(
                number <= before ? "a message came twice, or after one that was sent later" : "a message was lost",
                source, ["received \(before)", "and after that \(number)"])
        }
        let known = start[publisher]
        // Of an epoch that began later everything must come.
        let latest = epoch == known.epoch ? known.begun + 1 : epoch > known.epoch ? 1 : Int64.max
        if number > latest {
            throw violation(
                "a message was lost", source,
                ["subscribed when at most \(latest - 1) had been sent", "received \(number) first"])
        }
    }

    /// Whether all has come that had been published at some time after the subscription.
    func hasReached(_ goal: [PublicationState]) -> Bool { isForgotten || missing(goal) == nil }

    private func missing(_ goal: [PublicationState]) -> Int? {
        goal.indices.first { publisher in
            let state = goal[publisher]
            if let start, start[publisher].epoch == state.epoch, start[publisher].begun >= state.finished {
                return false
            }
            return state.finished > (last[Source(publisher: publisher, epoch: state.epoch)] ?? 0)
        }
    }

    /// What to say when it does not come to that.
    func loss(_ goal: [PublicationState]) -> Violation {
        guard let publisher = missing(goal) else { return Violation("nothing is missing") }
        let source = Source(publisher: publisher, epoch: goal[publisher].epoch)
        return violation(
            "a message was lost", source,
            ["PUBLISH \(goal[publisher].finished) was answered", "received \(last[source] ?? 0), and then no more"])
    }

    private func violation(_ summary: String, _ source: Source, _ evidence: [String]) -> Violation {
        Violation(
            summary,
            ["publisher \(source.publisher) publishes rising numbers, a client has used \(how)"] + evidence)
    }
}
