// Is there an order of operations that explains what all clients saw?
//
// A history is linearizable if every operation can be given one moment between its start and its end such that, done in
// the order of these moments, each has the result that it had. The search is that of Wing and Gong (1993): take any
// operation before whose start nothing ended that is not done yet, do it, go on; step back when an operation ends that
// could not be done. Lowe (2017) added to remember pairs of (operations done, state): reaching one again is no use,
// however it was reached.
//
// An operation without a result may be done at any time after its start, or never. Operations that one client had under
// way at once, in a pipeline, are done in the order in which it sent them.
//
// If the server evicts, the register may be emptied at any moment.

enum Linearizability {
    enum Verdict: Equatable {
        case possible, impossible
        /// More states than one may look at.
        case undecided
    }

    /// The most pairs to remember: some tens of megabytes.
    static let stateLimit = 200_000

    /// `history`: operations on one register, of each client in the order in which it sent them.
    static func verdict(
        _ history: [RegisterOperation], initial: RegisterState = .absent, evicts: Bool = false,
        stateLimit: Int = stateLimit
    ) -> Verdict {
        var search = LinearizationSearch(history, initial: initial, evicts: evicts)
        return search.run(stateLimit: stateLimit)
    }
}

/// The list of starts and ends in the order of time, from which what has been done is taken out.
private struct LinearizationSearch {
    private struct Reached: Hashable {
        let done: [UInt64]
        let state: RegisterState
    }

    private let history: [RegisterOperation]
    private let evicts: Bool
    /// For each operation, the one that its client sent before and that was answered; -1 if there is none.
    private var predecessors: [Int]
    // Nodes: 2 * operation is its start, 2 * operation + 1 its end; the last is the head of the list, which is a ring.
    private var next: [Int]
    private var previous: [Int]
    private let head: Int
    private var done: [UInt64]
    private var state: RegisterState
    /// Operations with results that are not done yet.
    private var remaining: Int
    private var steps: [(operation: Int, before: RegisterState)] = []

    init(_ history: [RegisterOperation], initial: RegisterState, evicts: Bool) {
        self.history = history
        self.evicts = evicts
        head = history.count * 2
        state = initial
        done = [UInt64](repeating: 0, count: (history.count + 63) / 64)
        remaining = history.count { $0.result != nil }
        predecessors = []
        var last: [Int: Int] = [:]
        for (number, operation) in history.enumerated() {
            predecessors.append(last[operation.client] ?? -1)
            if operation.result != nil { last[operation.client] = number }
        }
        var nodes: [(time: Int64, kind: Int, node: Int)] = []
        for (number, operation) in history.enumerated() {
            // What starts in the nanosecond in which another ends has not begun after it, as far as one can tell.
            nodes.append((operation.start, 0, number * 2))
            if operation.result != nil { nodes.append((operation.end, 1, number * 2 + 1)) }
        }
        nodes.sort { ($0.time, $0.kind, $0.node) < ($1.time, $1.kind, $1.node) }
        next = [Int](repeating: -1, count: head + 1)
        previous = next
        var before = head
        for (_, _, node) in nodes {
            next[before] = node
            previous[node] = before
            before = node
        }
        next[before] = head
        previous[head] = before
    }

    mutating func run(stateLimit: Int) -> Linearizability.Verdict {
        var reached: Set<Reached> = []
        var node = next[head]
        while remaining > 0 {
            let operation = node >> 1
            if node != head, node & 1 == 0 {
                if isNext(operation), let after = state.after(history[operation], evicts: evicts) {
                    done[operation >> 6] |= 1 << UInt64(operation & 63)
                    if reached.insert(Reached(done: done, state: after)).inserted {
                        if reached.count > stateLimit { return .undecided }
                        steps.append((operation, state))
                        state = after
                        take(operation)
                        node = next[head]
                        continue
                    }
                    done[operation >> 6] &= ~(1 << UInt64(operation & 63))
                }
                node = next[node]
            } else {
                guard let (operation, before) = steps.popLast() else { return .impossible }
                state = before
                done[operation >> 6] &= ~(1 << UInt64(operation & 63))
                putBack(operation)
                node = next[operation * 2]
            }
        }
        return .possible
    }

    private func isNext(_ operation: Int) -> Bool {
        let predecessor = predecessors[operation]
        return predecessor < 0 || done[predecessor >> 6] & 1 << UInt64(predecessor & 63) != 0
    }

    private mutating func take(_ operation: Int) {
        unlink(operation * 2)
        if history[operation].result != nil {
            unlink(operation * 2 + 1)
            remaining -= 1
        }
    }

    private mutating func putBack(_ operation: Int) {
        if history[operation].result != nil {
            link(operation * 2 + 1)
            remaining += 1
        }
        link(operation * 2)
    }

    private mutating func unlink(_ node: Int) {
        next[previous[node]] = next[node]
        previous[next[node]] = previous[node]
    }

    /// Back to where it was: what is put back last was taken out first.
    private mutating func link(_ node: Int) {
        next[previous[node]] = node
        previous[next[node]] = node
    }
}
