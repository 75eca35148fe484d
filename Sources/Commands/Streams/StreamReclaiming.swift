// XREADGROUP with CLAIM: what has been pending for long goes to the consumer before anything new does.
import Bytes
import Containers
import Keyspace
import RESP

/// Pending entries that were delivered long ago, the longest first.
struct IdleEntries {
    struct Candidate {
        let deliveryTime: Int64
        let id: StreamID

        /// Entries delivered at the same time go by their IDs.
        func isBefore(_ other: Candidate) -> Bool {
            deliveryTime != other.deliveryTime ? deliveryTime < other.deliveryTime : id < other.id
        }
    }

    private(set) var candidates: [Candidate] = []

    /// Those of a group's pending entries that are still in the stream and were delivered `leastIdle` milliseconds ago
    /// at least; no more than `limit`. Looks at none of them if none can be old enough.
    static func find(
        _ stream: StreamValue, _ group: ConsumerGroup, leastIdle: Int64, limit: Int64, now: Int64
    ) -> IdleEntries {
        var found = IdleEntries()
        guard group.pendingCount > 0, now &- group.earliestDelivery >= leastIdle else { return found }
        let limit = Int(clamping: limit)
        // From here on those delivered later are too late, as there are enough.
        var last: Candidate?
        var earliest = Int64.max
        var pending = group.pending(atOrAfter: .zero)
        while var current = pending {
            let candidate = Candidate(deliveryTime: current.entry.deliveryTime, id: current.id)
            earliest = min(earliest, candidate.deliveryTime)
            if now &- candidate.deliveryTime >= leastIdle, last.map({ candidate.isBefore($0) }) ?? true,
                stream.entry(candidate.id) != nil
            {
                found.candidates.append(candidate)
                if found.candidates.count / 2 >= limit { last = found.shorten(to: limit) }
            }
            pending = current.advance() ? current : nil
        }
        _ = found.shorten(to: limit)
        group.earliestDelivery = earliest
        return found
    }

    /// Keeps the first ones; returns the last of these.
    private mutating func shorten(to limit: Int) -> Candidate? {
        candidates.sort { $0.isBefore($1) }
        if candidates.count > limit { candidates.removeSubrange(limit...) }
        return candidates.last
    }
}

/// Milliseconds between two looks at whether something has become old enough, once it may have.
private let wakeInterval: Int64 = 50

extension StreamReadRequest {
    /// Reads what stands behind CLAIM. False: an error was replied.
    mutating func parseLeastIdle(_ context: CommandContext, _ index: Int) -> Bool {
        guard let value = IntegerText.parse(context.arguments[index]) else {
            context.reply.error("ERR min-idle-time is not an integer")
            return false
        }
        if value < 0 {
            context.reply.error("ERR min-idle-time must be a positive integer")
            return false
        }
        leastIdle = value
        return true
    }

    /// What the consumer is given before new entries; nil: nothing.
    func idleEntries(
        _ context: CommandContext, _ stream: StreamValue, _ group: ConsumerGroup, _ limit: Int64
    ) -> IdleEntries? {
        guard let leastIdle else { return nil }
        let idle = IdleEntries.find(stream, group, leastIdle: leastIdle, limit: limit, now: context.now)
        return idle.candidates.isEmpty ? nil : idle
    }

    /// Whether there is something that has been pending for long enough.
    func hasIdle(_ context: CommandContext, _ stream: StreamValue, _ group: ConsumerGroup) -> Bool {
        historyStart(context, context.servedIndex) == nil
            && idleEntries(context, stream, group, 1) != nil
    }

    /// What is pending becomes old enough without any change of the key.
    func askToBeWoken(_ context: inout CommandContext) {
        guard let leastIdle else { return }
        var earliest = context.now
        for index in keys {
            guard let group = context.find(context.key(index), .peek)?.stream.group(context.arguments[group]) else {
                continue
            }
            if group.pendingCount > 0 { earliest = min(earliest, group.earliestDelivery) }
        }
        let (time, overflow) = earliest.addingReportingOverflow(leastIdle)
        if overflow { return }
        context.waiting.wakeTime = max(time, context.now &+ 1)
        context.waiting.wakeInterval = max(1, min(leastIdle, wakeInterval))
    }
}

extension CommandContext {
    /// Gives entries to a consumer and replies with them, each with how long ago and how often it was delivered
    /// before. Returns how many these were.
    func replyReclaimed(
        _ idle: IdleEntries, _ stream: StreamValue, _ group: ConsumerGroup, _ consumer: Consumer
    ) -> Int64 {
        var written: Int64 = 0
        for candidate in idle.candidates where !reply.isFull {
            guard let pending = group.pending(candidate.id), let entry = stream.entry(candidate.id) else { continue }
            reply.entry(entry, delivered: pending.deliveryCount, ago: max(0, now &- candidate.deliveryTime))
            stream.assign(pending, candidate.id, to: consumer)
            pending.deliveryTime = now
            pending.deliveryCount &+= 1
            written += 1
        }
        return written
    }
}
