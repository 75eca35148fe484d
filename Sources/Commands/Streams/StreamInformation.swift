// XINFO: what is known of a stream, its groups and their consumers.
import Bytes
import Containers
import Keyspace
import RESP

extension CommandContext {
    /// The stream of a subcommand of XINFO. Nil: an error was replied.
    fileprivate func informedStream() -> StreamValue? {
        switch find(key(2), as: .stream) {
        case .found(let found): return found.stream
        case .absent:
            reply.error(ErrorText.noSuchKey)
            return nil
        case .refused: return nil
        }
    }
}

func xinfoStream(_ context: inout CommandContext) {
    let arguments = context.arguments
    guard let stream = context.informedStream() else { return }
    if arguments.count == 3 { return replySummary(context, stream) }
    var count: Int64 = 10
    guard arguments[3].equalsIgnoringCase("full"), arguments.count == 4 || arguments.count == 6 else {
        return replySyntax(context)
    }
    if arguments.count == 6 {
        guard arguments[4].equalsIgnoringCase("count") else { return replySyntax(context) }
        guard let given = IntegerText.parse(arguments[5]) else { return context.reply.error(ErrorText.notInteger) }
        count = given < 0 ? 10 : given
    }
    replyFull(context, stream, count == 0 ? .max : count)
}

private func replySyntax(_ context: CommandContext) {
    context.reply.errorParts { line in
        line.append("ERR unknown subcommand or wrong number of arguments for '")
        line.append(context.arguments[1].prefix(128))
        line.append("'. Try XINFO HELP.")
    }
}

private func replyCommon(_ context: CommandContext, _ stream: StreamValue) {
    let reply = context.reply
    reply.bulk("length")
    reply.integer(stream.length)
    reply.bulk("radix-tree-keys")
    reply.integer(stream.nodeCount)
    reply.bulk("radix-tree-nodes")
    reply.integer(stream.treeNodeCount)
    reply.bulk("last-generated-id")
    reply.bulk(stream.lastID)
    reply.bulk("max-deleted-entry-id")
    reply.bulk(stream.maximumDeletedID)
    reply.bulk("entries-added")
    reply.integer(stream.entriesAdded)
    reply.bulk("recorded-first-entry-id")
    reply.bulk(stream.firstID)
}

private func replySummary(_ context: CommandContext, _ stream: StreamValue) {
    let reply = context.reply
    reply.map(10)
    replyCommon(context, stream)
    reply.bulk("groups")
    reply.integer(stream.groupCount)
    reply.bulk("first-entry")
    if let entry = stream.edge(first: true) { reply.entry(entry) } else { reply.null() }
    reply.bulk("last-entry")
    if let entry = stream.edge(first: false) { reply.entry(entry) } else { reply.null() }
}

private func replyFull(_ context: CommandContext, _ stream: StreamValue, _ count: Int64) {
    let reply = context.reply
    reply.map(9)
    replyCommon(context, stream)
    reply.bulk("entries")
    context.replyEntries(stream.entries(from: .zero, to: .maximum), count: count)
    reply.bulk("groups")
    reply.array(stream.groupCount)
    for index in 0..<stream.groupCount {
        let group = stream.group(at: index)
        reply.map(7)
        reply.bulk("name")
        reply.bulk(group.name)
        reply.bulk("last-delivered-id")
        reply.bulk(group.lastID)
        replyProgress(context, stream, group)
        reply.bulk("pel-count")
        reply.integer(group.pendingCount)
        reply.bulk("pending")
        replyPending(
            context, group.pending(atOrAfter: .zero), min(count, Int64(group.pendingCount)), withConsumer: true)
        reply.bulk("consumers")
        reply.array(group.consumerCount)
        for number in 0..<group.consumerCount {
            let consumer = group.consumer(at: number)
            reply.map(5)
            reply.bulk("name")
            reply.bulk(consumer.name)
            reply.bulk("seen-time")
            reply.integer(consumer.seenTime)
            reply.bulk("active-time")
            reply.integer(consumer.activeTime)
            reply.bulk("pel-count")
            reply.integer(consumer.pendingCount)
            reply.bulk("pending")
            let most = min(count, Int64(consumer.pendingCount))
            replyPending(context, consumer.pending(atOrAfter: .zero), most, withConsumer: false)
        }
    }
}

/// How far a group has come.
private func replyProgress(_ context: CommandContext, _ stream: StreamValue, _ group: ConsumerGroup) {
    let reply = context.reply
    reply.bulk("entries-read")
    if group.entriesRead == -1 { reply.null() } else { reply.integer(group.entriesRead) }
    reply.bulk("lag")
    if let lag = stream.lag(of: group) { reply.integer(lag) } else { reply.null() }
}

private func replyPending(
    _ context: CommandContext, _ first: PendingCursor?, _ count: Int64, withConsumer: Bool
) {
    let reply = context.reply
    reply.array(Int(count))
    var pending = first
    var left = count
    while left > 0, var current = pending {
        reply.array(withConsumer ? 4 : 3)
        reply.bulk(current.id)
        if withConsumer { reply.bulk(current.entry.consumer.name) }
        reply.integer(current.entry.deliveryTime)
        reply.integer(current.entry.deliveryCount)
        left -= 1
        pending = current.advance() ? current : nil
    }
}

func xinfoGroups(_ context: inout CommandContext) {
    guard let stream = context.informedStream() else { return }
    let reply = context.reply
    reply.array(stream.groupCount)
    for index in 0..<stream.groupCount {
        let group = stream.group(at: index)
        reply.map(6)
        reply.bulk("name")
        reply.bulk(group.name)
        reply.bulk("consumers")
        reply.integer(group.consumerCount)
        reply.bulk("pending")
        reply.integer(group.pendingCount)
        reply.bulk("last-delivered-id")
        reply.bulk(group.lastID)
        replyProgress(context, stream, group)
    }
}

func xinfoConsumers(_ context: inout CommandContext) {
    guard let stream = context.informedStream() else { return }
    guard let group = stream.group(context.arguments[3]) else {
        context.replyNoGroup(of: context.arguments[2], context.arguments[3])
        return
    }
    let reply = context.reply
    reply.array(group.consumerCount)
    for index in 0..<group.consumerCount {
        let consumer = group.consumer(at: index)
        reply.map(4)
        reply.bulk("name")
        reply.bulk(consumer.name)
        reply.bulk("pending")
        reply.integer(consumer.pendingCount)
        reply.bulk("idle")
        reply.integer(max(0, context.now &- consumer.seenTime))
        reply.bulk("inactive")
        reply.integer(consumer.activeTime < 0 ? -1 : max(0, context.now &- consumer.activeTime))
    }
}

func xinfoHelp(_ context: inout CommandContext) {
    let lines: [StaticString] = [
        "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CONSUMERS <key> <group>",
        "    The consumers of <group>.",
        "GROUPS <key>",
        "    The groups of the stream.",
        "STREAM <key> [FULL [COUNT <count>]]",
        "    The stream itself; FULL: with entries, groups and consumers, <count> of each at most.",
        "HELP",
        "    These lines.",
    ]
    context.reply.array(lines.count)
    for line in lines { context.reply.simple(line) }
}
