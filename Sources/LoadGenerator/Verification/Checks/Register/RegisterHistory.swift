// Judges what clients saw of one register, and finds the least that shows what is wrong.

enum RegisterHistory {
    /// Throws a violation if no order of the operations explains `history`; false if that could not be found out.
    @discardableResult
    static func judge(
        _ history: [RegisterOperation], key: String, evicts: Bool = false
    ) throws(Violation) -> Bool {
        // A question without an answer says nothing.
        let history = history.filter { $0.result != nil || !$0.changesNothing }
        switch Linearizability.verdict(history, evicts: evicts) {
        case .possible: return true
        case .undecided: return false
        case .impossible: break
        }
        let (least, initial) = shrunk(history, evicts: evicts)
        let origin = least.map(\.start).min() ?? 0
        let last = least.filter { $0.result != nil }.max { $0.end < $1.end }
        var evidence = least.sorted { $0.start < $1.start }.map { $0.line(from: origin) }
        evidence.insert(initial == .absent ? "at first it is not there" : "whatever it was before", at: 0)
        if evicts { evidence.insert("it may be evicted at any time", at: 1) }
        if evidence.count > 40 { evidence = Array(evidence.prefix(4)) + ["…"] + Array(evidence.suffix(35)) }
        throw Violation(
            "the key \(key) is not linearizable: no order of these operations explains "
                + "\(last.map { "why client \($0.client) \($0.description)" } ?? "them")", evidence)
    }

    /// As few of the operations as still cannot be.
    static func shrunk(
        _ history: [RegisterOperation], evicts: Bool = false
    ) -> ([RegisterOperation], RegisterState) {
        func isImpossible(_ history: [RegisterOperation], _ initial: RegisterState) -> Bool {
            Linearizability.verdict(history, initial: initial, evicts: evicts) == .impossible
        }
        var least = shortestImpossiblePrefix(history) { isImpossible($0, .absent) }
        var initial = RegisterState.absent
        // Later starts, after a moment in which nothing was under way: whatever the value was then, the rest cannot be.
        // A compare-and-set whose outcome is unknown would have to be followed both ways there.
        for start in quietMoments(least).reversed() {
            let rest = least.filter { $0.start >= start }
            let isDetermined = rest.allSatisfy {
                if case .compareAndSet = $0.action { $0.result != nil } else { true }
            }
            if isDetermined, isImpossible(rest, .anything) {
                (least, initial) = (rest, .anything)
                break
            }
        }
        // Operations that change nothing can be left out: without them it would be possible if it was with them.
        if least.count <= 200 {
            for operation in least.reversed() where operation.changesNothing {
                let rest = least.filter { $0 != operation }
                if isImpossible(rest, initial) { least = rest }
            }
        }
        return (least, initial)
    }

    /// The history up to the first reply that cannot be; what was under way then has no result yet.
    private static func shortestImpossiblePrefix(
        _ history: [RegisterOperation], _ isImpossible: ([RegisterOperation]) -> Bool
    ) -> [RegisterOperation] {
        let ends = history.filter { $0.result != nil }.map(\.end).sorted()
        func prefix(_ count: Int) -> [RegisterOperation] {
            let last = ends[count - 1]
            return history.filter { $0.start <= last }.compactMap {
                if $0.result == nil || $0.end <= last { return $0 }
                let open = RegisterOperation(
                    client: $0.client, action: $0.action, result: nil, start: $0.start, end: .max)
                return open.changesNothing ? nil : open
            }
        }
        var possible = 0
        var impossible = ends.count
        while impossible - possible > 1 {
            let middle = (possible + impossible) / 2
            if isImpossible(prefix(middle)) { impossible = middle } else { possible = middle }
        }
        return prefix(impossible)
    }

    /// Starts of operations before which everything had ended, except the very first.
    private static func quietMoments(_ history: [RegisterOperation]) -> [Int64] {
        var moments: [Int64] = []
        var latestEnd = Int64.min
        for operation in history.sorted(by: { $0.start < $1.start }) {
            if latestEnd != .min, operation.start > latestEnd { moments.append(operation.start) }
            latestEnd = max(latestEnd, operation.result == nil ? .max : operation.end)
        }
        return moments
    }
}
