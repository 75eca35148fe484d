// Judges what producers and consumers of a queue have seen: each job delivered once, in order, at once.

/// What one client did at one queue, or all of them together. Times are nanoseconds of the monotonic clock.
struct QueueHistory {
    /// One job that was pushed.
    struct Push: Equatable {
        let job: Int
        let producer: Int
        /// When the producer had the reply; nil if the connection was lost before.
        let answeredAt: Int64?
    }

    /// One job that a consumer was given.
    struct Pop: Equatable {
        let job: Int
        let consumer: Int
        let sentAt: Int64
    }

    /// A blocking command that ended without a job.
    struct Wait: Equatable {
        let consumer: Int
        let sentAt, answeredAt: Int64
        let timeout: Int64
    }

    /// In the order of each producer; its jobs rise.
    var pushes: [Push] = []
    /// In the order of each consumer.
    var pops: [Pop] = []
    var waits: [Wait] = []
    /// Blocking commands whose replies were lost.
    var unknownPops = 0
    /// Jobs that were removed from the consumer's own list, and those that may have been.
    var removed: Set<Int> = []
    var maybeRemoved: Set<Int> = []

    mutating func append(_ other: QueueHistory) {
        pushes += other.pushes
        pops += other.pops
        waits += other.waits
        unknownPops += other.unknownPops
        removed.formUnion(other.removed)
        maybeRemoved.formUnion(other.maybeRemoved)
    }

    /// A timer may fire this much early.
    static let margin: Int64 = 20_000_000

    /// Throws a violation unless this can be what happened to one queue, whose list is `remaining` afterwards.
    /// - Parameters:
    ///   - kept: for consumers that move jobs to a list of their own, what is in these lists; nil for those that pop: a
    ///     job on a lost connection may be gone.
    ///   - evicts: a list may go with all that is in it: then jobs may be lost, but are delivered at most once and in
    ///     order.
    func judge(
        _ name: String, remaining: [Int], kept: [Int: [Int]]? = nil, evicts: Bool = false
    ) throws(Violation) {
        var delivered = pops
        if let kept { delivered += try judgeKept(name, kept, evicts: evicts) }
        try judgeOnce(name, delivered, remaining: remaining)
        let found = Set(delivered.map(\.job)).union(remaining)
        let lost = pushes.filter { $0.answeredAt != nil && !found.contains($0.job) }
        let allowed = kept == nil ? unknownPops : 0
        if lost.count > allowed && !evicts {
            throw Violation(
                "\(name): \(lost.count) of \(pushes.count) jobs were acknowledged when pushed and are gone",
                lost.prefix(3).map { "job \($0.job) of producer \($0.producer) is neither delivered nor in the list" }
                    + ["replies to \(unknownPops) blocking commands were lost, and could explain \(allowed) of them"])
        }
        try judgeOrder(name)
        try judgeWaits(name, delivered, remaining: remaining)
    }

    /// Compares what consumers were told with what is in their lists; returns the jobs that they were not told of.
    private func judgeKept(
        _ name: String, _ kept: [Int: [Int]], evicts: Bool
    ) throws(Violation) -> [Pop] {
        var untold: [Pop] = []
        for (consumer, jobs) in kept.sorted(by: { $0.key < $1.key }) {
            let told = Set(pops.lazy.filter { $0.consumer == consumer }.map(\.job))
            for job in jobs where !told.contains(job) {
                untold.append(Pop(job: job, consumer: consumer, sentAt: .max))
            }
            if let job = jobs.first(where: { removed.contains($0) }) {
                throw Violation(
                    "\(name): a job that was removed is there again",
                    ["consumer \(consumer) removed job \(job) with LREM, and finds it in its list afterwards"])
            }
            let missing = told.subtracting(jobs).subtracting(removed).subtracting(maybeRemoved)
            if let job = missing.min(), !evicts {
                throw Violation(
                    "\(name): a job was moved to a list and is not there",
                    ["BLMOVE told consumer \(consumer) of job \(job); its list has it not, and nobody removed it"])
            }
        }
        if untold.count > unknownPops {
            throw Violation(
                "\(name): jobs were moved without anybody being told",
                [
                    "\(untold.count) jobs are in consumers' lists, of which they were not told",
                    "replies to \(unknownPops) blocking commands were lost",
                ])
        }
        return untold
    }

    private func judgeOnce(_ name: String, _ delivered: [Pop], remaining: [Int]) throws(Violation) {
        let pushed = Set(pushes.map(\.job))
        var takers: [Int: Int] = [:]
        for pop in delivered {
            if let other = takers.updateValue(pop.consumer, forKey: pop.job) {
                throw Violation(
                    "\(name): a job was delivered twice",
                    ["job \(pop.job) went to consumer \(other) and to consumer \(pop.consumer)"])
            }
            if !pushed.contains(pop.job) {
                throw Violation("\(name): job \(pop.job) was delivered and never pushed")
            }
        }
        var seen: Set<Int> = []
        for job in remaining {
            if let taker = takers[job] {
                throw Violation(
                    "\(name): a job was delivered and is still in the list",
                    ["job \(job) went to consumer \(taker), and is in the list afterwards"])
            }
            if !seen.insert(job).inserted { throw Violation("\(name): job \(job) is in the list twice") }
            if !pushed.contains(job) { throw Violation("\(name): job \(job) is in the list and was never pushed") }
        }
    }

    /// What one producer pushed comes to one consumer in that order. Jobs whose push was lost may come late.
    private func judgeOrder(_ name: String) throws(Violation) {
        let producers = Dictionary(
            pushes.lazy.filter { $0.answeredAt != nil }.map { ($0.job, $0.producer) },
            uniquingKeysWith: { first, _ in first })
        var last: [[Int]: Int] = [:]
        for pop in pops {
            guard let producer = producers[pop.job] else { continue }
            let pair = [pop.consumer, producer]
            if let before = last[pair], before > pop.job {
                throw Violation(
                    "\(name): jobs came out of order",
                    [
                        "producer \(producer) pushed job \(pop.job) before job \(before)",
                        "consumer \(pop.consumer) was given job \(before) before job \(pop.job)",
                    ])
            }
            last[pair] = pop.job
        }
    }

    /// Nobody waits in vain while there is a job for all of the time.
    private func judgeWaits(_ name: String, _ delivered: [Pop], remaining: [Int]) throws(Violation) {
        // Jobs whose whole stay in the list is known: from when to when at least.
        let leftAt = Dictionary(delivered.map { ($0.job, $0.sentAt) }, uniquingKeysWith: { first, _ in first })
            .merging(remaining.map { ($0, Int64.max) }) { first, _ in first }
        for wait in waits {
            let mustSeeFrom = max(wait.sentAt, wait.sentAt &+ wait.timeout &- QueueHistory.margin)
            let ignored = pushes.first { push in
                guard let answeredAt = push.answeredAt, let left = leftAt[push.job] else { return false }
                return answeredAt < mustSeeFrom && left > wait.answeredAt
            }
            // A job whose taker was never told of may have left at any time.
            guard let ignored, let left = leftAt[ignored.job], left != .max || remaining.contains(ignored.job) else {
                continue
            }
            let lead = max(0, wait.answeredAt - (ignored.answeredAt ?? 0)) / 1_000_000
            throw Violation(
                "\(name): a consumer waited in vain while there was a job",
                [
                    "job \(ignored.job) was in the list \(lead) ms before consumer \(wait.consumer) was told of none",
                    "and it was still there then",
                ])
        }
    }
}
