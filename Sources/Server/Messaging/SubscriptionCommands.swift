// SUBSCRIBE, UNSUBSCRIBE and their like for patterns and shard channels.
import Bytes
import Commands
import Containers
import RESP

private let flags: CommandFlags = [.pubsub, .noScript, .loading, .stale]

let subscriptionCommands: [Command] = unsafe [
    Command(
        "subscribe", arity: -2, flags, routing: .session, group: .pubsub, since: "2.0.0",
        complexity: "O(N) where N is the number of channels to subscribe to.",
        summary: "Listens to channels.", syntax: "channel [channel ...]"
    ) { unsafe subscribe(&$0.context, .channel) },
    unsafe Command(
        "unsubscribe", arity: -1, flags, routing: .session, group: .pubsub, since: "2.0.0",
        complexity: "O(N) where N is the number of channels to unsubscribe.",
        summary: "Stops listening to channels, or to all of them.", syntax: "[channel [channel ...]]"
    ) { unsafe unsubscribe(&$0.context, .channel) },
    unsafe Command(
        "psubscribe", arity: -2, flags, routing: .session, group: .pubsub, since: "2.0.0",
        complexity: "O(N) where N is the number of patterns to subscribe to.",
        summary: "Listens to all channels whose names match patterns.", syntax: "pattern [pattern ...]"
    ) { unsafe subscribe(&$0.context, .pattern) },
    unsafe Command(
        "punsubscribe", arity: -1, flags, routing: .session, group: .pubsub, since: "2.0.0",
        complexity: "O(N) where N is the number of patterns to unsubscribe.",
        summary: "Stops listening to patterns, or to all of them.", syntax: "[pattern [pattern ...]]"
    ) { unsafe unsubscribe(&$0.context, .pattern) },
    unsafe Command(
        "ssubscribe", arity: -2, flags, keys: [.all(.notKey)], routing: .session, group: .pubsub,
        since: "7.0.0", complexity: "O(N) where N is the number of shard channels to subscribe to.",
        summary: "Listens to shard channels.", syntax: "shardchannel [shardchannel ...]"
    ) { unsafe subscribe(&$0.context, .shardChannel) },
    unsafe Command(
        "sunsubscribe", arity: -1, flags, keys: [.all(.notKey)], routing: .session, group: .pubsub,
        since: "7.0.0", complexity: "O(N) where N is the number of shard channels to unsubscribe.",
        summary: "Stops listening to shard channels, or to all of them.", syntax: "[shardchannel [shardchannel ...]]"
    ) { unsafe unsubscribe(&$0.context, .shardChannel) },
]

private func subscribe(_ context: inout CommandContext, _ kind: ChannelKind) {
    context.deliverEarlierMessages()
    let home = unsafe context.home
    let client = unsafe context.client
    let session = context.session
    var changes: [SubscriptionChange] = []
    for index in 1..<context.arguments.count {
        let name = context.arguments[index]
        if let change = unsafe home.subscribe(client, to: name, kind) { changes.append(change) }
        context.confirm(kind.subscribed, name, session.subscriptionCount(kind))
    }
    context.announce(changes)
    context.isSubscriber = unsafe client.pointee.isSubscriber
}

private func unsubscribe(_ context: inout CommandContext, _ kind: ChannelKind) {
    context.deliverEarlierMessages()
    let home = unsafe context.home
    let client = unsafe context.client
    let session = context.session
    var names: [[UInt8]] = (1..<max(1, context.arguments.count)).map { context.arguments[$0].bytes }
    if context.arguments.count == 1 {
        names = session.subscriptions?.channels(kind).map(\.name.bytes) ?? []
        if names.isEmpty { context.confirm(kind.unsubscribed, nil, session.subscriptionCount(kind)) }
    }
    var changes: [SubscriptionChange] = []
    for name in names {
        ByteView.withView(name) { name in
            if let change = unsafe home.unsubscribe(client, from: name, kind) { changes.append(change) }
            context.confirm(kind.unsubscribed, name, session.subscriptionCount(kind))
        }
    }
    context.announce(changes)
    context.isSubscriber = unsafe client.pointee.isSubscriber
}

extension CommandContext {
    /// What was published before this command is for those who listened before it.
    fileprivate func deliverEarlierMessages() {
        unsafe home.deliverMessages(
            behindRepliesOf: isInTransaction ? nil : client, amidRepliesOf: isInTransaction ? client : nil)
    }

    fileprivate func confirm(_ word: StaticString, _ name: ByteView?, _ count: Int) {
        reply.push(3)
        reply.bulk(word)
        if let name { reply.bulk(name) } else { reply.null() }
        reply.integer(count)
    }
}
