// XREAD and XREADGROUP.
import Bytes
import Containers
import Keyspace
import RESP

/// XREAD and, `isGroup`, XREADGROUP.
func xread(_ context: inout CommandContext, isGroup: Bool) {
    guard let request = StreamReadRequest.parse(context, isGroup: isGroup), request.check(context) else { return }
    if isGroup ? request.serveGroup(context) : request.serve(context) { return }
    if let deadline = request.deadline,
        context.block(on: request.keys, becoming: .stream, until: deadline, surrender: .nullArray)
    {
        if isGroup {
            unsafe context.waiting.condition = { unsafe isReadyForGroup($0.context) }
            request.askToBeWoken(&context)
        } else {
            unsafe context.waiting.condition = { unsafe isReady($0.context) }
            unsafe context.waiting.substitute = { unsafe resolvedID($0.context, $1, $2) }
        }
        return
    }
    context.reply.nullArray()
}

/// Whether there is something now for XREAD at the key for whose sake it is looked at again.
private func isReady(_ context: CommandContext) -> Bool {
    guard let request = StreamReadRequest.parse(context, isGroup: false),
        let found = context.find(context.key(context.servedIndex), .peek), found.entry.type == .stream
    else { return false }
    return request.isReady(context, context.servedIndex, found.stream)
}

/// The same for XREADGROUP, which also hears that its group or key is gone.
private func isReadyForGroup(_ context: CommandContext) -> Bool {
    guard let request = StreamReadRequest.parse(context, isGroup: true) else { return false }
    guard let found = context.find(context.key(context.servedIndex), .peek), found.entry.type == .stream else {
        return true
    }
    guard let group = found.stream.group(context.arguments[request.group]) else { return true }
    return found.stream.lastEntryID > group.lastID || request.hasIdle(context, found.stream, group)
}

/// Writes what an ID means at this moment instead of it: `$` is the last one of now, not of later. -1: it means what it
/// says.
private func resolvedID(_ context: CommandContext, _ index: Int, _ target: UnsafeMutableRawPointer) -> Int {
    guard let request = StreamReadRequest.parse(context, isGroup: false) else { return -1 }
    let key = index - request.keys.count
    guard request.keys.contains(key), context.arguments[index] == "$" || context.arguments[index] == "+" else {
        return -1
    }
    let stream = context.find(context.key(key), as: .stream, .peek).found?.stream
    return unsafe StreamIDText.write(stream?.lastID ?? .zero, to: target)
}

/// What XREAD and XREADGROUP are asked for.
struct StreamReadRequest {
    private let isGroup: Bool
    /// The entries of a stream at most.
    private var count = Int64.max
    /// Nil: it does not wait. 0: for ever.
    private(set) var deadline: Int64?
    private var skipsPending = false
    /// For how many milliseconds what is pending must have been so to be taken over; nil: nothing is.
    var leastIdle: Int64?
    /// The positions of the group, behind which stands the consumer, and of the keys, behind which stand the IDs.
    private(set) var group = 0
    private(set) var keys = 0..<0

    /// Entries of a stream for a command that has waited and did not say how many it wants.
    private static let servedCount: Int64 = 1000

    private init(isGroup: Bool) { self.isGroup = isGroup }

    // MARK: - Parsing

    /// Nil: an error was replied.
    static func parse(_ context: CommandContext, isGroup: Bool) -> StreamReadRequest? {
        var request = StreamReadRequest(isGroup: isGroup)
        let arguments = context.arguments
        var index = 1
        while index < arguments.count && request.keys.isEmpty {
            let word = arguments[index]
            let more = arguments.count - index - 1
            if word.equalsIgnoringCase("streams") && more >= 1 {
                guard request.parseKeys(context, from: index + 1) else { return nil }
            } else if word.equalsIgnoringCase("count") && more >= 1 {
                index += 1
                guard let count = IntegerText.parse(arguments[index]) else {
                    context.reply.error(ErrorText.notInteger)
                    return nil
                }
                request.count = count <= 0 ? .max : count
            } else if word.equalsIgnoringCase("block") && more >= 1 {
                index += 1
                guard request.parseDeadline(context, index) else { return nil }
            } else if word.equalsIgnoringCase("group") && more >= 2 {
                guard request.belongs(context, "GROUP") else { return nil }
                request.group = index + 1
                index += 2
            } else if word.equalsIgnoringCase("claim") && more >= 1 {
                index += 1
                guard request.belongs(context, "CLAIM"), request.parseLeastIdle(context, index) else { return nil }
            } else if word.equalsIgnoringCase("noack") {
                guard request.belongs(context, "NOACK") else { return nil }
                request.skipsPending = true
            } else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            index += 1
        }
        if request.keys.isEmpty {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        if isGroup && request.group == 0 {
            context.reply.error("ERR Missing GROUP option for XREADGROUP")
            return nil
        }
        return request
    }

    private mutating func parseKeys(_ context: CommandContext, from start: Int) -> Bool {
        let count = context.arguments.count - start
        if count & 1 != 0 {
            context.reply.error(
                "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.")
            return false
        }
        keys = start..<start + count / 2
        return true
    }

    private mutating func parseDeadline(_ context: CommandContext, _ index: Int) -> Bool {
        if context.servedIndex != 0 {
            // It has waited already; the time of now has nothing to do with it.
            deadline = 0
            return true
        }
        if let milliseconds = IntegerText.parse(context.arguments[index]), milliseconds > Int64.max - context.now {
            // The end of time.
            deadline = .max
            return true
        }
        deadline = context.waitDeadline(milliseconds: index)
        return deadline != nil
    }

    private func belongs(_ context: CommandContext, _ option: String) -> Bool {
        if isGroup { return true }
        context.reply.error("ERR The \(option) option is only supported by XREADGROUP. You called XREAD instead.")
        return false
    }

    // MARK: - Checking

    /// Whether keys, groups and IDs are what they must be. False: an error was replied.
    func check(_ context: CommandContext) -> Bool {
        for index in keys where context.serves(index) {
            if context.servedIndex != 0 && isGroup {
                guard checkServed(context, context.find(context.key(index), .peek)) else { return false }
                continue
            }
            let lookup = context.find(context.key(index), as: .stream, .peek)
            if lookup.isRefused { return false }
            if isGroup && lookup.found?.stream.group(context.arguments[group]) == nil {
                context.replyNoGroup(
                    key: context.arguments[index], group: context.arguments[group],
                    " in XREADGROUP with GROUP option")
                return false
            }
            guard checkID(context, index + keys.count) else { return false }
        }
        return true
    }

    /// The same for a key whose change ends the wait of XREADGROUP.
    private func checkServed(_ context: CommandContext, _ found: Found?) -> Bool {
        guard let found, found.entry.type == .stream else {
            context.reply.error("UNBLOCKED the stream key no longer exists")
            return false
        }
        if found.stream.group(context.arguments[group]) != nil { return true }
        context.reply.error("NOGROUP the consumer group this client was blocked on no longer exists")
        return false
    }

    private func checkID(_ context: CommandContext, _ index: Int) -> Bool {
        let text = context.arguments[index]
        if text.count == 1 {
            switch text[0] {
            case 0x24, 0x2B:
                if !isGroup { return true }
                let sign = text[0] == 0x24 ? "$" : "+"
                context.reply.error(
                    """
                    ERR The \(sign) ID is meaningless in the context of XREADGROUP: you want to read the history of \
                    this consumer by specifying a proper ID, or use the > ID to get new messages. The \(sign) ID \
                    would just return an empty result set.
                    """)
                return false
            case 0x3E:
                if isGroup { return true }
                context.reply.error(
                    """
                    ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> \
                    option.
                    """)
                return false
            default: break
            }
        }
        return context.streamID(index) != nil
    }

    // MARK: - XREAD

    /// The ID behind which XREAD wants entries of the key at a position.
    private func threshold(_ context: CommandContext, _ key: Int, _ stream: StreamValue) -> StreamID {
        let text = context.arguments[key + keys.count]
        if text == "$" { return stream.lastID }
        if text == "+" { return stream.length == 0 ? stream.lastID : stream.lastEntryID.previous ?? .zero }
        return context.checkedStreamID(key + keys.count)
    }

    func isReady(_ context: CommandContext, _ key: Int, _ stream: StreamValue) -> Bool {
        if stream.length == 0 { return false }
        let threshold = threshold(context, key, stream)
        return threshold < stream.lastID && threshold < stream.lastEntryID
    }

    private func limit(_ context: CommandContext) -> Int64 {
        context.servedIndex != 0 && count == .max ? StreamReadRequest.servedCount : count
    }

    /// Replies with what there is; false if there is nothing.
    func serve(_ context: CommandContext) -> Bool {
        var ready = 0
        for index in keys where context.serves(index) {
            guard let found = context.find(context.key(index), as: .stream).found else { continue }
            if isReady(context, index, found.stream) { ready += 1 }
        }
        if ready == 0 { return false }
        beginReply(context, ready)
        for index in keys where context.serves(index) {
            let key = context.key(index)
            guard let stream = context.find(key, as: .stream, .peek).found?.stream,
                isReady(context, index, stream)
            else { continue }
            beginStream(context, key)
            let start = threshold(context, index, stream).next ?? .maximum
            context.replyEntries(stream.entries(from: start, to: .maximum), count: limit(context))
        }
        return true
    }

    private func beginReply(_ context: CommandContext, _ count: Int) {
        if context.reply.isRESP3 { context.reply.map(count) } else { context.reply.array(count) }
    }

    private func beginStream(_ context: CommandContext, _ key: Key) {
        if !context.reply.isRESP3 { context.reply.array(2) }
        context.reply.bulk(key.name)
    }

    // MARK: - XREADGROUP

    /// Where the history begins that is asked for; nil: new entries are.
    func historyStart(_ context: CommandContext, _ key: Int) -> StreamID? {
        let text = context.arguments[key + keys.count]
        if text == ">" { return nil }
        let id = context.checkedStreamID(key + keys.count)
        return id == .maximum ? nil : id
    }

    /// Replies with what there is for the consumer and notes that it has it; false if there is nothing.
    func serveGroup(_ context: CommandContext) -> Bool {
        let reply = context.reply
        let place = reply.deferLength()
        var served = 0
        for index in keys where context.serves(index) {
            let key = context.key(index)
            guard let found = context.find(key, as: .stream).found,
                let group = found.stream.group(context.arguments[group])
            else { continue }
            let history = historyStart(context, index)
            let idle = history == nil ? idleEntries(context, found.stream, group, limit(context)) : nil
            // What the same key has given before, further to the left, is not new any more.
            if history == nil && found.stream.lastEntryID <= group.lastID && idle == nil { continue }
            let consumer = context.consumer(context.arguments[self.group + 1], of: group, key, found)
            consumer.seenTime = context.now
            if served == 0 && keys.count == 1 { beginReply(context, 1) }
            served += 1
            beginStream(context, key)
            context.reshapeStream(key, found) { stream in
                if let history {
                    replyHistory(context, stream, consumer, from: history.next ?? .maximum)
                } else {
                    replyNew(context, stream, group, consumer, after: idle)
                }
            }
            context.database(of: key).noteChanges()
        }
        if served > 0 && keys.count > 1 {
            if reply.isRESP3 { reply.finishMap(place, served) } else { reply.finishArray(place, served) }
        }
        return served > 0
    }

    private func replyNew(
        _ context: CommandContext, _ stream: StreamValue, _ group: ConsumerGroup, _ consumer: Consumer,
        after idle: IdleEntries?
    ) {
        let limit = limit(context)
        let reply = context.reply
        let now = context.now
        let place = reply.deferLength()
        var written: Int64 = 0
        if let idle { written = context.replyReclaimed(idle, stream, group, consumer) }
        var cursor = stream.unread(by: group)
        while written < limit, !reply.isFull, cursor.advance(), let entry = cursor.entry {
            stream.advance(group, to: entry.id)
            if leastIdle == nil { reply.entry(entry) } else { reply.entry(entry, delivered: 0, ago: 0) }
            if !skipsPending { stream.deliver(entry.id, to: consumer, of: group, now: now) }
            written &+= 1
        }
        if written > 0 {
            consumer.activeTime = now
            stream.keepPlace(of: cursor, for: group)
        }
        reply.finishArray(place, Int(written))
    }

    private func replyHistory(
        _ context: CommandContext, _ stream: StreamValue, _ consumer: Consumer, from start: StreamID
    ) {
        let limit = limit(context)
        let reply = context.reply
        let place = reply.deferLength()
        var written: Int64 = 0
        var pending = consumer.pending(atOrAfter: start)
        while written < limit, !reply.isFull, var current = pending {
            if let entry = stream.entry(current.id) {
                reply.entry(entry)
                current.entry.deliveryTime = context.now
                current.entry.deliveryCount &+= 1
            } else {
                reply.array(2)
                reply.bulk(current.id)
                reply.nullArray()
            }
            written &+= 1
            pending = current.advance() ? current : nil
        }
        reply.finishArray(place, Int(written))
    }
}

extension Arguments {
    /// Whether XREAD or XREADGROUP is told to wait.
    package var haveBlockOption: Bool {
        var index = 1
        while index < count {
            if self[index].equalsIgnoringCase("streams") { return false }
            if self[index].equalsIgnoringCase("block") { return true }
            index &+= 1
        }
        return false
    }
}
