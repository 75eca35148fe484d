// XACK, XPENDING, XACKDEL and XDELEX.
import Bytes
import Containers
import Keyspace
import RESP

extension CommandContext {
    /// The stream and group of the first two arguments; nil: there is no such key or group.
    func streamAndGroup(_ key: Key, isRefused: inout Bool) -> (found: Found, group: ConsumerGroup)? {
        let lookup = find(key, as: .stream)
        isRefused = lookup.isRefused
        guard let found = lookup.found, let group = found.stream.group(arguments[2]) else { return nil }
        return (found, group)
    }

    /// The same; nil: an error was replied.
    func requiredStreamAndGroup(_ key: Key) -> (found: Found, group: ConsumerGroup)? {
        var isRefused = false
        if let both = streamAndGroup(key, isRefused: &isRefused) { return both }
        if !isRefused { replyNoGroup(key: key.name, group: arguments[2]) }
        return nil
    }
}

func xack(_ context: inout CommandContext) {
    let key = context.key(1)
    var isRefused = false
    guard let (found, group) = context.streamAndGroup(key, isRefused: &isRefused) else {
        if !isRefused { context.reply.integer(0) }
        return
    }
    let range = 3..<context.arguments.count
    guard context.checkStreamIDs(range) else { return }
    let acknowledged = context.reshapeStream(key, found) { stream in
        var acknowledged = 0
        for index in range where stream.acknowledge(context.checkedStreamID(index), group) { acknowledged += 1 }
        return acknowledged
    }
    if acknowledged > 0 { context.database(of: key).noteChanges(acknowledged) }
    context.reply.integer(acknowledged)
}

// MARK: - XPENDING

func xpending(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count == 3 {
        if let (_, group) = context.requiredStreamAndGroup(context.key(1)) { replySummary(context, group) }
        return
    }
    if arguments.count < 6 || arguments.count > 9 { return context.reply.error(ErrorText.syntax) }
    var first = 3
    var leastIdle: Int64 = 0
    if arguments[3].equalsIgnoringCase("idle") {
        guard let value = IntegerText.parse(arguments[4]) else { return context.reply.error(ErrorText.notInteger) }
        if arguments.count < 8 { return context.reply.error(ErrorText.syntax) }
        leastIdle = value
        first = 5
    }
    guard let count = IntegerText.parse(arguments[first + 2]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    guard let start = context.streamRangeStart(first), let end = context.streamRangeEnd(first + 1),
        let (_, group) = context.requiredStreamAndGroup(context.key(1))
    else { return }
    var pending: PendingCursor?
    if arguments.count > first + 3 {
        guard let consumer = group.consumer(arguments[first + 3]) else { return context.reply.array(0) }
        pending = consumer.pending(atOrAfter: start)
    } else {
        pending = group.pending(atOrAfter: start)
    }
    let place = context.reply.deferLength()
    var written: Int64 = 0
    while written < count, var current = pending, current.id <= end, !context.reply.isFull {
        let idle = max(0, context.now &- current.entry.deliveryTime)
        if idle >= leastIdle {
            context.reply.array(4)
            context.reply.bulk(current.id)
            context.reply.bulk(current.entry.consumer.name)
            context.reply.integer(idle)
            context.reply.integer(current.entry.deliveryCount)
            written += 1
        }
        pending = current.advance() ? current : nil
    }
    context.reply.finishArray(place, Int(written))
}

/// XPENDING of a whole group.
private func replySummary(_ context: CommandContext, _ group: ConsumerGroup) {
    let reply = context.reply
    reply.array(4)
    reply.integer(group.pendingCount)
    guard let first = group.pending(atOrAfter: .zero)?.id, let last = group.lastPendingID else {
        reply.null()
        reply.null()
        return reply.nullArray()
    }
    reply.bulk(first)
    reply.bulk(last)
    let place = reply.deferLength()
    var written = 0
    for index in 0..<group.consumerCount {
        let consumer = group.consumer(at: index)
        if consumer.pendingCount == 0 { continue }
        reply.array(2)
        reply.bulk(consumer.name)
        reply.bulk(integer: Int64(consumer.pendingCount))
        written += 1
    }
    reply.finishArray(place, written)
}

// MARK: - Deleting with regard to groups

extension StreamReferences {
    /// KEEPREF, DELREF or ACKED.
    init?(_ word: ByteView) {
        if word.equalsIgnoringCase("keepref") {
            self = .keep
        } else if word.equalsIgnoringCase("delref") {
            self = .delete
        } else if word.equalsIgnoringCase("acked") {
            self = .acknowledged
        } else {
            return nil
        }
    }
}

/// What XACKDEL and XDELEX say of each ID.
private enum DeletionOutcome {
    static let absent = -1
    static let deleted = 1
    static let stillReferenced = 2
}

/// `[KEEPREF | DELREF | ACKED] IDS numids id [id ...]`
private struct DeletionOptions {
    var references = StreamReferences.keep
    var ids = 0..<0

    /// Nil: an error was replied.
    static func parse(_ context: CommandContext, from start: Int) -> DeletionOptions? {
        var options = DeletionOptions()
        let arguments = context.arguments
        var index = start
        while index < arguments.count {
            if let references = StreamReferences(arguments[index]) {
                options.references = references
                index += 1
                continue
            }
            guard arguments[index].equalsIgnoringCase("ids"), options.ids.isEmpty, index + 1 < arguments.count else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            guard let count = IntegerText.parse(arguments[index + 1]), count > 0 else {
                context.reply.error("ERR Number of IDs must be a positive integer")
                return nil
            }
            guard count <= Int64(arguments.count - index - 2) else {
                context.reply.error("ERR The `numids` parameter must match the number of arguments")
                return nil
            }
            options.ids = index + 2..<index + 2 + Int(count)
            index = options.ids.upperBound
        }
        if options.ids.isEmpty {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        return context.checkStreamIDs(options.ids) ? options : nil
    }
}

func xdelex(_ context: inout CommandContext) {
    let key = context.key(1)
    let lookup = context.find(key, as: .stream, .write)
    if lookup.isRefused { return }
    guard let options = DeletionOptions.parse(context, from: 2) else { return }
    guard let found = lookup.found else { return replyAbsent(context, options.ids.count) }
    context.reply.array(options.ids.count)
    let removed = context.reshapeStream(key, found) { stream in
        var deletion = StreamDeletion(stream)
        for index in options.ids {
            let id = context.checkedStreamID(index)
            context.reply.integer(delete(id, stream, &deletion, options.references))
        }
        return deletion.finish()
    }
    context.noteDeleted(key, removed)
}

func xackdel(_ context: inout CommandContext) {
    let key = context.key(1)
    var isRefused = false
    let both = context.streamAndGroup(key, isRefused: &isRefused)
    if isRefused { return }
    guard let options = DeletionOptions.parse(context, from: 3) else { return }
    guard let (found, group) = both else { return replyAbsent(context, options.ids.count) }
    context.reply.array(options.ids.count)
    var acknowledged = 0
    let removed = context.reshapeStream(key, found) { stream in
        var deletion = StreamDeletion(stream)
        for index in options.ids {
            let id = context.checkedStreamID(index)
            guard stream.acknowledge(id, group) else {
                context.reply.integer(DeletionOutcome.absent)
                continue
            }
            acknowledged += 1
            let outcome = delete(id, stream, &deletion, options.references)
            context.reply.integer(outcome == DeletionOutcome.absent ? DeletionOutcome.deleted : outcome)
        }
        return deletion.finish()
    }
    if acknowledged > 0 { context.database(of: key).noteChanges(acknowledged) }
    context.noteDeleted(key, removed)
}

private func delete(
    _ id: StreamID, _ stream: StreamValue, _ deletion: inout StreamDeletion, _ references: StreamReferences
) -> Int {
    if references == .acknowledged, stream.isReferenced(id), stream.entry(id) != nil {
        return DeletionOutcome.stillReferenced
    }
    if references == .delete { stream.dropReferences(id) }
    return deletion.delete(id) ? DeletionOutcome.deleted : DeletionOutcome.absent
}

private func replyAbsent(_ context: CommandContext, _ count: Int) {
    context.reply.array(count)
    for _ in 0..<count { context.reply.integer(DeletionOutcome.absent) }
}
