// The table entries of the hash commands.
import Bytes
import RESP

package let hashCommands: [Command] =
    hashReadingCommands + hashWritingCommands + fieldExpiryCommands + fieldValueCommands

private let readsKey = [KeySpec.one([.readOnly, .access])]
private let looksAtKey = [KeySpec.one(.readOnly)]
private let updatesKey = [KeySpec.one([.readWrite, .update])]
private let usesKey = [KeySpec.one([.readWrite, .access, .update])]

private let hashReadingCommands: [Command] = unsafe [
    Command(
        "hget", arity: 3, [.readonly, .fast], [.hash], keys: readsKey, group: .hash, since: "2.0.0",
        summary: "Returns the value of a field of a hash.", syntax: "key field"
    ) { unsafe hget(&$0.context) },
    unsafe Command(
        "hmget", arity: -3, [.readonly, .fast], [.hash], keys: readsKey, group: .hash, since: "2.0.0",
        complexity: "O(N) where N is the number of fields asked for.",
        summary: "Returns the values of several fields of a hash.", syntax: "key field [field ...]"
    ) { unsafe hmget(&$0.context) },
    unsafe Command(
        "hgetall", arity: 2, [.readonly], [.hash], keys: readsKey, group: .hash, since: "2.0.0",
        complexity: "O(N) where N is the size of the hash.", summary: "Returns all fields of a hash and their values.",
        syntax: "key", tips: ["nondeterministic_output_order"]
    ) { unsafe hgetall(&$0.context) },
    unsafe Command(
        "hkeys", arity: 2, [.readonly], [.hash], keys: readsKey, group: .hash, since: "2.0.0",
        complexity: "O(N) where N is the size of the hash.", summary: "Returns the names of all fields of a hash.",
        syntax: "key", tips: ["nondeterministic_output_order"]
    ) { unsafe hkeys(&$0.context) },
    unsafe Command(
        "hvals", arity: 2, [.readonly], [.hash], keys: readsKey, group: .hash, since: "2.0.0",
        complexity: "O(N) where N is the size of the hash.", summary: "Returns the values of all fields of a hash.",
        syntax: "key", tips: ["nondeterministic_output_order"]
    ) { unsafe hvals(&$0.context) },
    unsafe Command(
        "hexists", arity: 3, [.readonly, .fast], [.hash], keys: looksAtKey, group: .hash, since: "2.0.0",
        summary: "Tells whether a hash has a field.", syntax: "key field"
    ) { unsafe hexists(&$0.context) },
    unsafe Command(
        "hlen", arity: 2, [.readonly, .fast], [.hash], keys: looksAtKey, group: .hash, since: "2.0.0",
        summary: "Returns the number of fields of a hash.", syntax: "key"
    ) { unsafe hlen(&$0.context) },
    unsafe Command(
        "hstrlen", arity: 3, [.readonly, .fast], [.hash], keys: looksAtKey, group: .hash, since: "3.2.0",
        summary: "Returns the length of the value of a field.", syntax: "key field"
    ) { unsafe hstrlen(&$0.context) },
    unsafe Command(
        "hrandfield", arity: -2, [.readonly], [.hash], keys: readsKey, group: .hash, since: "6.2.0",
        complexity: "O(N) where N is the number of fields returned.",
        summary: "Returns fields of a hash chosen at random.", syntax: "key [count [WITHVALUES]]",
        tips: ["nondeterministic_output"]
    ) { unsafe hrandfield(&$0.context) },
    unsafe Command(
        "hscan", arity: -3, [.readonly], [.hash], keys: readsKey, group: .hash, since: "2.8.0",
        complexity: "O(1) a call, O(N) from the first call to the last for N fields.",
        summary: "Goes through the fields of a hash, a few at a time.",
        syntax: "key cursor [MATCH pattern] [COUNT count] [NOVALUES]", tips: ["nondeterministic_output"]
    ) { unsafe hscan(&$0.context) },
]

private let hashWritingCommands: [Command] = unsafe [
    Command(
        "hset", arity: -4, [.write, .denyOutOfMemory, .fast], [.hash], keys: updatesKey, group: .hash, since: "2.0.0",
        complexity: "O(N) where N is the number of fields set.", summary: "Sets fields of a hash to values.",
        syntax: "key field value [field value ...]"
    ) { unsafe hset(&$0.context, "hset", repliesCount: true) },
    unsafe Command(
        "hmset", arity: -4, [.write, .denyOutOfMemory, .fast], [.hash], keys: updatesKey, group: .hash,
        since: "2.0.0", complexity: "O(N) where N is the number of fields set.",
        summary: "Sets fields of a hash to values; the old form of HSET.", syntax: "key field value [field value ...]"
    ) { unsafe hset(&$0.context, "hmset", repliesCount: false) },
    unsafe Command(
        "hsetnx", arity: 4, [.write, .denyOutOfMemory, .fast], [.hash], keys: [.one([.readWrite, .insert])],
        group: .hash, since: "2.0.0", summary: "Sets a field of a hash that it does not have yet.",
        syntax: "key field value"
    ) { unsafe hsetnx(&$0.context) },
    unsafe Command(
        "hdel", arity: -3, [.write, .fast], [.hash], keys: [.one([.readWrite, .delete])], group: .hash,
        since: "2.0.0", complexity: "O(N) where N is the number of fields named.",
        summary: "Removes fields of a hash, and the key with the last one.", syntax: "key field [field ...]"
    ) { unsafe hdel(&$0.context) },
    unsafe Command(
        "hincrby", arity: 4, [.write, .denyOutOfMemory, .fast], [.hash], keys: usesKey, group: .hash, since: "2.0.0",
        summary: "Adds an integer to the value of a field.", syntax: "key field increment"
    ) { unsafe hincrby(&$0.context) },
    unsafe Command(
        "hincrbyfloat", arity: 4, [.write, .denyOutOfMemory, .fast], [.hash], keys: usesKey, group: .hash,
        since: "2.6.0", summary: "Adds a number to the value of a field.", syntax: "key field increment"
    ) { unsafe hincrbyfloat(&$0.context) },
]
