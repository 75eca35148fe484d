// EXISTS, TOUCH and TYPE.
import Keyspace
import RESP

let presenceCommands: [Command] = unsafe [
    Command(
        "exists", arity: -2, [.readonly, .fast], [.keyspace], keys: [.all(.readOnly)], routing: .scatter(.sum),
        group: .generic, since: "1.0.0", complexity: "O(N) for N keys.",
        summary: "Counts how many of the keys exist; a key that is named twice counts twice.",
        syntax: "key [key ...]", tips: ["request_policy:multi_shard", "response_policy:agg_sum"]
    ) { unsafe countKeys(&$0.context, .counts) },
    unsafe Command(
        "touch", arity: -2, [.readonly, .fast], [.keyspace], keys: [.all(.readOnly)], routing: .scatter(.sum),
        group: .generic, since: "3.2.1", complexity: "O(N) for N keys.",
        summary: "Makes keys count as just used, and says how many of them exist.", syntax: "key [key ...]",
        tips: ["request_policy:multi_shard", "response_policy:agg_sum"]
    ) { unsafe touch(&$0.context) },
    unsafe Command(
        "type", arity: 2, [.readonly, .fast], [.keyspace], keys: [.one(.readOnly)], group: .generic, since: "1.0.0",
        summary: "Names the type of a key's value.", syntax: "key"
    ) { unsafe type(&$0.context) },
]

/// Notes the use even for a client that leaves no trace otherwise.
private func touch(_ context: inout CommandContext) {
    var count = 0
    for index in 1..<context.arguments.count {
        let key = context.key(index)
        let leavesNoTrace = unsafe key.shard.pointee.accessClock.leavesNoTrace
        unsafe key.shard.pointee.accessClock.setLeavesNoTrace(false)
        if context.find(key, .read) != nil { count &+= 1 }
        unsafe key.shard.pointee.accessClock.setLeavesNoTrace(leavesNoTrace)
    }
    context.reply.integer(count)
}

private func countKeys(_ context: inout CommandContext, _ lookup: Lookup) {
    var count = 0
    for index in 1..<context.arguments.count where context.find(context.key(index), lookup) != nil { count &+= 1 }
    context.reply.integer(count)
}

private func type(_ context: inout CommandContext) {
    if let found = context.find(context.key(1), .counts) {
        context.reply.simple(found.entry.type.name)
    } else {
        context.reply.simple("none")
    }
}
