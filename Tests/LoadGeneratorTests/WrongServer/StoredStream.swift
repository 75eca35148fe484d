// A stream of the wrong server.

/// The ID of an entry.
struct StoredID: Hashable, Comparable {
    var milliseconds = 0
    var sequence = 0

    var text: String { "\(milliseconds)-\(sequence)" }

    init(_ milliseconds: Int = 0, _ sequence: Int = 0) { (self.milliseconds, self.sequence) = (milliseconds, sequence) }

    /// "5-1", or "5", which is "5-0".
    init?(_ word: [UInt8]) {
        let parts = String(decoding: word, as: UTF8.self).split(separator: "-").map { Int($0) }
        guard (1...2).contains(parts.count), let milliseconds = parts[0] else { return nil }
        self.init(milliseconds, parts.count == 2 ? parts[1] ?? 0 : 0)
    }

    static func < (left: StoredID, right: StoredID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}

/// Used with the store's lock held.
final class StoredStream {
    struct Entry {
        let identifier: StoredID
        let fields: [[UInt8]]

        var reply: StoredReply { .array([.text(identifier.text), .array(fields.map { .bulk($0) })]) }
    }

    struct Pending {
        let entry: Entry
        var consumer: [UInt8]
        /// Nanoseconds of the monotonic clock.
        var deliveredAt: Int64
        var count: Int
    }

    struct Group {
        /// How many entries it has been given, in the order of the stream.
        var position = 0
        var lastDelivered = StoredID()
        var pending: [StoredID: Pending] = [:]
        /// Acknowledged entries, for a server that gives them out again.
        var done: [Entry] = []
        /// Put aside by a server that brings them late.
        var deferred: [Entry] = []
    }

    var entries: [Entry] = []
    var last = StoredID()
    var groups: [[UInt8]: Group] = [:]
}
