// What producers and consumers of one stream have seen. Times are nanoseconds of the monotonic clock.

/// What was added, and what each group did with it.
struct StreamHistory: Sendable {
    /// One XADD.
    struct Addition: Sendable {
        let job: Int
        let producer: Int
        /// nil if the connection was lost before the reply.
        let identifier: StreamEntryID?
        let sentAt: Int64
        /// `.max` without a reply.
        let answeredAt: Int64
    }

    /// In the order of each producer.
    var additions: [Addition] = []
    var groups: [StreamGroupHistory]

    init(groupCount: Int) { groups = [StreamGroupHistory](repeating: StreamGroupHistory(), count: groupCount) }

    mutating func append(_ other: StreamHistory) {
        additions += other.additions
        for number in groups.indices { groups[number].append(other.groups[number]) }
    }
}

/// What the consumers of one group have seen of one stream.
struct StreamGroupHistory: Sendable {
    /// Entries that were shown by one reply, in its order.
    struct Delivery: Sendable {
        /// As it is told: "XAUTOCLAIM of consumer 3".
        let teller: String
        /// By `>`: entries that the group had not been given before.
        let isNew: Bool
        let entries: [StreamEntry]
        let sentAt, answeredAt: Int64
    }

    /// One ID given to XACK.
    struct Acknowledgement: Sendable {
        let identifier: StreamEntryID
        let consumer: Int
        /// Whether it was counted; nil if that is not known.
        let isCounted: Bool?
        let sentAt, answeredAt: Int64
    }

    /// A read that brought nothing of this stream.
    struct Wait: Sendable {
        let consumer: Int
        let sentAt, answeredAt: Int64
        /// 0 for one that does not block.
        let timeout: Int64
    }

    var deliveries: [Delivery] = []
    var acknowledgements: [Acknowledgement] = []
    var waits: [Wait] = []
    /// Reads of new entries whose replies were lost.
    var unknownReads = 0

    mutating func append(_ other: StreamGroupHistory) {
        deliveries += other.deliveries
        acknowledgements += other.acknowledgements
        waits += other.waits
        unknownReads += other.unknownReads
    }
}

/// What one look at a stream has shown when all was done.
struct StreamEnd: Sendable {
    struct Group: Sendable {
        let pending: Int64
        let lastDelivered: StreamEntryID
        /// nil if the server does not tell.
        let entriesRead, lag: Int64?
    }

    let length: Int64
    let entries: [StreamEntry]
    let groups: [Group]

    /// Nobody has anything to do any more.
    var isWorkedOff: Bool {
        groups.allSatisfy { $0.pending == 0 && $0.lastDelivered >= entries.last?.identifier ?? $0.lastDelivered }
    }
}
