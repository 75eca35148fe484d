// XCLAIM and XAUTOCLAIM: taking over what other consumers have left pending.
import Bytes
import Containers
import Keyspace
import RESP

/// The options of XCLAIM.
private struct ClaimOptions {
    var ids = 5..<5
    var leastIdle: Int64 = 0
    var deliveryTime: Int64
    var deliveryCount: Int64 = -1
    var isForced = false
    var repliesIDs = false
    var lastID = StreamID.zero

    /// Nil: an error was replied.
    static func parse(_ context: CommandContext) -> ClaimOptions? {
        let arguments = context.arguments
        guard let leastIdle = IntegerText.parse(arguments[4]) else {
            context.reply.error("ERR Invalid min-idle-time argument for XCLAIM")
            return nil
        }
        var options = ClaimOptions(deliveryTime: -1)
        options.leastIdle = max(0, leastIdle)
        var index = 5
        while index < arguments.count, StreamIDText.parse(arguments[index]) != nil { index += 1 }
        options.ids = 5..<index
        while index < arguments.count {
            guard options.parseOption(context, &index) else { return nil }
            index += 1
        }
        let now = context.now
        // A time that cannot be is now; so is none.
        if options.deliveryTime < 0 || options.deliveryTime > now { options.deliveryTime = now }
        return options
    }

    private mutating func parseOption(_ context: CommandContext, _ index: inout Int) -> Bool {
        let word = context.arguments[index]
        let hasMore = index + 1 < context.arguments.count
        if word.equalsIgnoringCase("force") {
            isForced = true
        } else if word.equalsIgnoringCase("justid") {
            repliesIDs = true
        } else if hasMore && word.equalsIgnoringCase("idle") {
            guard let idle = Self.number(context, &index, "ERR Invalid IDLE option argument for XCLAIM") else {
                return false
            }
            deliveryTime = context.now &- idle
        } else if hasMore && word.equalsIgnoringCase("time") {
            guard let time = Self.number(context, &index, "ERR Invalid TIME option argument for XCLAIM") else {
                return false
            }
            deliveryTime = time
        } else if hasMore && word.equalsIgnoringCase("retrycount") {
            guard let count = Self.number(context, &index, "ERR Invalid RETRYCOUNT option argument for XCLAIM") else {
                return false
            }
            deliveryCount = count
        } else if hasMore && word.equalsIgnoringCase("lastid") {
            index += 1
            guard let id = context.streamID(index) else { return false }
            lastID = id
        } else {
            context.reply.errorParts { line in
                line.append("ERR Unrecognized XCLAIM option '")
                line.append(word.untilZero)
                line.append("'")
            }
            return false
        }
        return true
    }

    private static func number(
        _ context: CommandContext, _ index: inout Int, _ error: StaticString
    ) -> Int64? {
        index += 1
        if let value = IntegerText.parse(context.arguments[index]) { return value }
        context.reply.error(error)
        return nil
    }
}

func xclaim(_ context: inout CommandContext) {
    let key = context.key(1)
    guard let (found, group) = context.requiredStreamAndGroup(key), let options = ClaimOptions.parse(context) else {
        return
    }
    if options.lastID > group.lastID { group.lastID = options.lastID }
    var consumer = group.consumer(context.arguments[3])
    consumer?.seenTime = context.now
    let place = context.reply.deferLength()
    let (claimed, changes) = context.reshapeStream(key, found) { stream in
        var (claimed, changes) = (0, 0)
        for index in options.ids {
            let id = context.checkedStreamID(index)
            guard let entry = stream.entry(id) else {
                // What no longer exists need not wait for anybody.
                if stream.acknowledge(id, group) { changes += 1 }
                continue
            }
            guard mayClaim(group.pending(id), options, now: context.now) else { continue }
            guard let claimant = consumer ?? createClaimant(context, key, stream, group) else { continue }
            consumer = claimant
            claim(id, stream, group, claimant, options, now: context.now)
            context.replyClaimed(entry, justID: options.repliesIDs)
            claimed += 1
        }
        return (claimed, changes + claimed)
    }
    context.reply.finishArray(place, claimed)
    if claimed > 0 { consumer?.activeTime = context.now }
    if changes > 0 { context.database(of: key).noteChanges(changes) }
}

/// The consumer for which something is claimed: not before something has been found for it.
private func createClaimant(
    _ context: CommandContext, _ key: Key, _ stream: StreamValue, _ group: ConsumerGroup
) -> Consumer? {
    let consumer = stream.createConsumer(context.arguments[3], in: group, now: context.now)
    context.changed(key, .stream, "xgroup-createconsumer")
    return consumer
}

/// False: the entry is not pending, or not for long enough.
private func mayClaim(_ pending: PendingEntry?, _ options: ClaimOptions, now: Int64) -> Bool {
    guard let pending else { return options.isForced }
    return options.leastIdle == 0 || now &- pending.deliveryTime >= options.leastIdle
}

private func claim(
    _ id: StreamID, _ stream: StreamValue, _ group: ConsumerGroup, _ consumer: Consumer, _ options: ClaimOptions,
    now: Int64
) {
    let pending: PendingEntry
    if let existing = group.pending(id) {
        stream.assign(existing, id, to: consumer)
        pending = existing
    } else {
        pending = stream.createPending(id, for: consumer, of: group, now: now)
    }
    pending.deliveryTime = options.deliveryTime
    group.noteDelivery(at: options.deliveryTime)
    if options.deliveryCount >= 0 {
        pending.deliveryCount = options.deliveryCount
    } else if !options.repliesIDs {
        pending.deliveryCount &+= 1
    }
}

extension CommandContext {
    fileprivate func replyClaimed(_ entry: StreamEntry, justID: Bool) {
        if justID { reply.bulk(entry.id) } else { reply.entry(entry) }
    }
}

// MARK: - XAUTOCLAIM

/// The options of XAUTOCLAIM.
private struct AutomaticClaim {
    var leastIdle: Int64
    var start: StreamID
    var count: Int64 = 100
    var repliesIDs = false
    /// Pending entries that are looked at, for each one that is claimed.
    static let attempts: Int64 = 10

    /// Nil: an error was replied.
    static func parse(_ context: CommandContext) -> AutomaticClaim? {
        let arguments = context.arguments
        guard let leastIdle = IntegerText.parse(arguments[4]) else {
            context.reply.error("ERR Invalid min-idle-time argument for XAUTOCLAIM")
            return nil
        }
        guard let start = context.streamRangeStart(5) else { return nil }
        var options = AutomaticClaim(leastIdle: max(0, leastIdle), start: start)
        var index = 6
        while index < arguments.count {
            if index + 1 < arguments.count && arguments[index].equalsIgnoringCase("count") {
                index += 1
                guard let count = IntegerText.parse(arguments[index]), count > 0, count <= Int64.max / 16 else {
                    context.reply.error("ERR COUNT must be > 0")
                    return nil
                }
                options.count = count
            } else if arguments[index].equalsIgnoringCase("justid") {
                options.repliesIDs = true
            } else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            index += 1
        }
        return options
    }
}

func xautoclaim(_ context: inout CommandContext) {
    guard let options = AutomaticClaim.parse(context) else { return }
    let key = context.key(1)
    guard let (found, group) = context.requiredStreamAndGroup(key) else { return }
    var consumer = group.consumer(context.arguments[3])
    consumer?.seenTime = context.now
    let reply = context.reply
    reply.array(3)
    let cursorPlace = reply.deferLength()
    var deleted: [StreamID] = []
    var claimed = 0
    let next = context.reshapeStream(key, found) { stream in
        let entriesPlace = reply.deferLength()
        let next = claimIdle(context, key, stream, group, &consumer, options, &claimed, &deleted)
        reply.finishArray(entriesPlace, claimed)
        return next
    }
    unsafe withUnsafeTemporaryAllocation(byteCount: 48, alignment: 8) { text in
        let start = unsafe text.baseAddress.unsafelyUnwrapped
        unsafe reply.finishBulk(cursorPlace, ByteView(base: start, count: StreamIDText.write(next, to: start)))
    }
    reply.array(deleted.count)
    for id in deleted { reply.bulk(id) }
    if claimed > 0 { consumer?.activeTime = context.now }
    if claimed + deleted.count > 0 { context.database(of: key).noteChanges(claimed + deleted.count) }
}

/// Returns where the next call should go on; zero: at the beginning.
private func claimIdle(
    _ context: CommandContext, _ key: Key, _ stream: StreamValue, _ group: ConsumerGroup, _ consumer: inout Consumer?,
    _ options: AutomaticClaim, _ claimed: inout Int, _ deleted: inout [StreamID]
) -> StreamID {
    let now = context.now
    var attempts = options.count * AutomaticClaim.attempts
    var left = options.count
    var pending = group.pending(atOrAfter: options.start)
    while attempts > 0, left > 0, var current = pending {
        attempts -= 1
        let id = current.id
        guard let entry = stream.entry(id) else {
            _ = stream.acknowledge(id, group)
            deleted.append(id)
            left -= 1
            pending = group.pending(atOrAfter: id)
            continue
        }
        let mark = current.entry
        if options.leastIdle == 0 || now &- mark.deliveryTime >= options.leastIdle {
            guard let claimant = consumer ?? createClaimant(context, key, stream, group) else { break }
            consumer = claimant
            stream.assign(mark, id, to: claimant)
            mark.deliveryTime = now
            if !options.repliesIDs { mark.deliveryCount &+= 1 }
            context.replyClaimed(entry, justID: options.repliesIDs)
            claimed += 1
            left -= 1
        }
        pending = current.advance() ? current : nil
    }
    guard let pending else { return .zero }
    return pending.id
}
