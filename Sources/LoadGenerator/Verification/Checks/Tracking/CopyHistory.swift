// Judges the copies that one client keeps on one connection.

/// Copies are forgotten when the server says so; those that are left must not be older than what was acknowledged.
struct CopyHistory {
    /// How the client is told.
    enum Mode: CaseIterable {
        /// Of the keys that it has read.
        case byKey
        /// Of all keys with a prefix.
        case byPrefix
        /// Of the keys that it has read behind CLIENT CACHING YES.
        case byMark
    }

    private struct Copy {
        let slot: Int
        let epoch: Int
        /// Nil: there was no such key.
        let number: Int64?
        /// What was acknowledged beyond this has come later.
        let bound: Int64
    }

    let mode: Mode
    private var copies: [String: Copy] = [:]

    init(_ mode: Mode) { self.mode = mode }

    func has(_ name: String) -> Bool { copies[name] != nil }

    /// A value was read. That there is none may be the first half of the last write that was `begun` by then.
    mutating func keep(_ name: String, slot: Int, epoch: Int, _ reply: Reply, begun: Int) {
        let number = reply.integer
        copies[name] = Copy(slot: slot, epoch: epoch, number: number, bound: number ?? Int64(max(0, begun - 1)))
    }

    /// What the server has told unasked.
    mutating func take(_ pushes: [Reply]) throws(Violation) {
        for push in pushes {
            guard let words = push.elements, words.count == 2, words[0].text == "invalidate" else {
                throw Violation("a client that keeps copies was told something else", ["\(push)"])
            }
            if words[1].isNull { copies.removeAll() }
            for name in words[1].elements ?? [] { if let name = name.text { copies[name] = nil } }
        }
    }

    /// To be called when a command was answered that was sent after `finished` had been acknowledged.
    func judge(_ finished: [TrackingBoard.Slot], evicts: Bool) throws(Violation) {
        for (name, copy) in copies where copy.epoch == finished[copy.slot].epoch {
            // What was evicted is as if it had never been.
            if copy.number == nil && evicts { continue }
            if copy.bound >= Int64(finished[copy.slot].number) { continue }
            throw Violation(
                "a copy is older than what was acknowledged, and nothing was said of it",
                [
                    "the client is told \(mode), and keeps \(name) = \(copy.number.map { "\($0)" } ?? "nil")",
                    "\(name) = \(finished[copy.slot].number) was acknowledged before the client sent PING",
                    "PONG came, and no invalidation before it",
                ])
        }
    }
}
