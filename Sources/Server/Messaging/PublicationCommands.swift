// PUBLISH, SPUBLISH and PUBSUB: all they need is what their thread knows of who listens.
import Bytes
import Commands
import Containers
import RESP

private let publishing: CommandFlags = [.pubsub, .loading, .stale, .fast]
private let asking: CommandFlags = [.pubsub, .loading, .stale]

let publicationCommands: [Command] = unsafe [
    Command(
        "publish", arity: 3, publishing, routing: .ordered, group: .pubsub, since: "2.0.0",
        complexity: "O(N+M) where N is the number of clients that listen and M the number of patterns.",
        summary: "Sends a message to all who listen to a channel.", syntax: "channel message"
    ) { unsafe publish(&$0.context, .channel) },
    unsafe Command(
        "spublish", arity: 3, publishing, keys: [.one(.notKey)], routing: .ordered, group: .pubsub, since: "7.0.0",
        complexity: "O(N) where N is the number of clients that listen.",
        summary: "Sends a message to all who listen to a shard channel.", syntax: "shardchannel message"
    ) { unsafe publish(&$0.context, .shardChannel) },
    unsafe Command(
        "pubsub", arity: -2, [], routing: .ordered, group: .pubsub, since: "2.8.0",
        complexity: "Depends on subcommand.", summary: "Commands about channels and who listens to them.",
        subcommands: pubsubCommands
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'pubsub' command") },
]

private let pubsubCommands: [Command] = unsafe [
    Command(
        "channels", arity: -2, asking, routing: .ordered, group: .pubsub, since: "2.8.0",
        complexity: "O(N) where N is the number of channels.", summary: "Lists the channels that somebody listens to.",
        syntax: "[pattern]"
    ) { unsafe listChannels(&$0.context, .channel) },
    unsafe Command(
        "help", arity: 2, [.loading, .stale], routing: .ordered, group: .pubsub, since: "6.2.0",
        summary: "Lists the subcommands."
    ) { unsafe help(&$0.context) },
    unsafe Command(
        "numpat", arity: 2, asking, routing: .ordered, group: .pubsub, since: "2.8.0",
        summary: "Counts the patterns that somebody listens to."
    ) { unsafe $0.context.reply.integer($0.context.runner.pointee.directory.count(.pattern)) },
    unsafe Command(
        "numsub", arity: -2, asking, routing: .ordered, group: .pubsub, since: "2.8.0",
        complexity: "O(N) where N is the number of channels asked for.",
        summary: "Counts those who listen to channels.", syntax: "[channel [channel ...]]"
    ) { unsafe countSubscribers(&$0.context, .channel) },
    unsafe Command(
        "shardchannels", arity: -2, asking, routing: .ordered, group: .pubsub, since: "7.0.0",
        complexity: "O(N) where N is the number of shard channels.",
        summary: "Lists the shard channels that somebody listens to.", syntax: "[pattern]"
    ) { unsafe listChannels(&$0.context, .shardChannel) },
    unsafe Command(
        "shardnumsub", arity: -2, asking, routing: .ordered, group: .pubsub, since: "7.0.0",
        complexity: "O(N) where N is the number of shard channels asked for.",
        summary: "Counts those who listen to shard channels.", syntax: "[shardchannel [shardchannel ...]]"
    ) { unsafe countSubscribers(&$0.context, .shardChannel) },
]

extension CommandContext {
    /// The worker on whose thread the command runs, wherever its connection lives.
    var runner: WorkerStatePointer {
        guard let worker = unsafe worker else { preconditionFailure("a command that no worker runs") }
        return unsafe worker.assumingMemoryBound(to: WorkerState.self)
    }
}

private func publish(_ context: inout CommandContext, _ kind: ChannelKind) {
    let receivers = unsafe context.runner.publish(
        context.arguments[1], kind, context.arguments[2], retained: context.retainedArgument(2))
    context.reply.integer(receivers)
}

private func listChannels(_ context: inout CommandContext, _ kind: ChannelKind) {
    let arguments = context.arguments
    if arguments.count > 3 { return context.wrongSubcommand("PUBSUB") }
    let pattern = GlobPattern(arguments.count == 3 ? arguments[2] : ByteView("*"))
    let takesAll = arguments.count == 2
    let reply = context.reply
    let place = reply.deferLength()
    var count = 0
    unsafe context.runner.pointee.directory.forEach(kind) { channel in
        guard takesAll || pattern.matches(channel.name) else { return }
        reply.bulk(channel.name)
        count += 1
    }
    reply.finishArray(place, count)
}

private func countSubscribers(_ context: inout CommandContext, _ kind: ChannelKind) {
    let arguments = context.arguments
    // In RESP3 as well: Redis replies with an array, whatever it is.
    context.reply.array((arguments.count - 2) * 2)
    for index in 2..<max(2, arguments.count) {
        context.reply.bulk(arguments[index])
        unsafe context.reply.integer(context.runner.pointee.directory.find(arguments[index], kind)?.total ?? 0)
    }
}

private func help(_ context: inout CommandContext) {
    context.help(
        "PUBSUB",
        [
            "CHANNELS [<pattern>]",
            "    The channels that somebody listens to, or those that match the pattern.",
            "NUMPAT", "    The number of patterns that somebody listens to.",
            "NUMSUB [<channel> ...]",
            "    How many listen to each of the channels, without those who listen to patterns.",
            "SHARDCHANNELS [<pattern>]",
            "    The shard channels that somebody listens to, or those that match the pattern.",
            "SHARDNUMSUB [<shardchannel> ...]", "    How many listen to each of the shard channels.",
        ])
}
