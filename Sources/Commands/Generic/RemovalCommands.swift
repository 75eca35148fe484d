// DEL and UNLINK.
import Keyspace
import RESP

let removalCommands: [Command] = unsafe [
    Command(
        "del", arity: -2, [.write], [.keyspace], keys: [.all([.remove, .delete])], routing: .scatter(.sum),
        group: .generic, since: "1.0.0",
        complexity: "O(N) for N keys. Large values are given back to the allocator later, in small steps.",
        summary: "Deletes keys and says how many of them there were.", syntax: "key [key ...]",
        tips: ["request_policy:multi_shard", "response_policy:agg_sum"]
    ) { unsafe removeKeys(&$0.context) },
    unsafe Command(
        "unlink", arity: -2, [.write, .fast], [.keyspace], keys: [.all([.remove, .delete])], routing: .scatter(.sum),
        group: .generic, since: "4.0.0",
        complexity: "O(N) for N keys. Large values are given back to the allocator later, in small steps.",
        summary: "Deletes keys without waiting for their memory, and says how many there were.",
        syntax: "key [key ...]", tips: ["request_policy:multi_shard", "response_policy:agg_sum"]
    ) { unsafe removeKeys(&$0.context) },
]

/// The two do the same: whatever is large is freed in slices in any case.
private func removeKeys(_ context: inout CommandContext) {
    var removed = 0
    for index in 1..<context.arguments.count {
        let key = context.key(index)
        guard let found = context.find(key, .peek) else { continue }
        context.remove(key, found)
        context.changed(key, .generic, "del")
        removed &+= 1
    }
    context.reply.integer(removed)
}
