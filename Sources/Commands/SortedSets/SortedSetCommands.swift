// The table entries of the commands that change sorted sets, and the list of all commands of the group.
import Bytes
import Keyspace
import RESP

package let sortedSetCommands: [Command] =
    sortedSetChangingCommands + sortedSetPoppingCommands + sortedSetReadingCommands + sortedSetRangeCommands
    + sortedSetAlgebraCommands

private let removesKey = [KeySpec.one([.readWrite, .delete])]
private let popsKey = [KeySpec.one([.readWrite, .access, .delete])]

private let sortedSetChangingCommands: [Command] = unsafe [
    Command(
        "zadd", arity: -4, [.write, .denyOutOfMemory, .fast], [.sortedSet], keys: [.one([.readWrite, .update])],
        group: .sortedSet, since: "1.2.0",
        complexity: "O(log(N)) for each member that is added, with N members in the sorted set.",
        summary: "Adds members to a sorted set, or changes their scores. Creates the key if there is none.",
        syntax: "key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]"
    ) { unsafe zadd(&$0.context) },
    unsafe Command(
        "zincrby", arity: 4, [.write, .denyOutOfMemory, .fast], [.sortedSet],
        keys: [.one([.readWrite, .access, .update])], group: .sortedSet, since: "1.2.0",
        complexity: "O(log(N)) with N members in the sorted set.",
        summary: "Adds to the score of a member of a sorted set.", syntax: "key increment member"
    ) { unsafe zincrby(&$0.context) },
    unsafe Command(
        "zrem", arity: -3, [.write, .fast], [.sortedSet], keys: removesKey, group: .sortedSet, since: "1.2.0",
        complexity: "O(M*log(N)) with N members in the sorted set and M members to remove.",
        summary: "Removes members from a sorted set. Removes the key with the last one.",
        syntax: "key member [member ...]"
    ) { unsafe zrem(&$0.context) },
    unsafe Command(
        "zremrangebyrank", arity: 4, [.write], [.sortedSet], keys: removesKey, group: .sortedSet, since: "2.0.0",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are removed.",
        summary: "Removes the members of a sorted set within a range of ranks.", syntax: "key start stop"
    ) { unsafe zremrangebyrank(&$0.context) },
    unsafe Command(
        "zremrangebyscore", arity: 4, [.write], [.sortedSet], keys: removesKey, group: .sortedSet, since: "1.2.0",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are removed.",
        summary: "Removes the members of a sorted set within a range of scores.", syntax: "key min max"
    ) { unsafe zremrangebyscore(&$0.context) },
    unsafe Command(
        "zremrangebylex", arity: 4, [.write], [.sortedSet], keys: removesKey, group: .sortedSet, since: "2.8.9",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are removed.",
        summary: "Removes the members of a sorted set within a lexicographical range.", syntax: "key min max"
    ) { unsafe zremrangebylex(&$0.context) },
]

private let sortedSetPoppingCommands: [Command] = unsafe [
    Command(
        "zpopmin", arity: -2, [.write, .fast], [.sortedSet], keys: popsKey, group: .sortedSet, since: "5.0.0",
        complexity: "O(log(N)*M) with N members in the sorted set and M that are popped.",
        summary: "Removes the members with the lowest scores from a sorted set and returns them.",
        syntax: "key [count]"
    ) { unsafe zpop(&$0.context, maximum: false) },
    unsafe Command(
        "zpopmax", arity: -2, [.write, .fast], [.sortedSet], keys: popsKey, group: .sortedSet, since: "5.0.0",
        complexity: "O(log(N)*M) with N members in the sorted set and M that are popped.",
        summary: "Removes the members with the highest scores from a sorted set and returns them.",
        syntax: "key [count]"
    ) { unsafe zpop(&$0.context, maximum: true) },
    unsafe Command(
        "zmpop", arity: -4, [.write, .movableKeys], [.sortedSet],
        keys: [KeySpec(.index(1), .keyCount(count: 0, first: 1, step: 1), [.readWrite, .access, .delete])],
        group: .sortedSet, since: "7.0.0",
        complexity: "O(K) + O(M*log(N)) with K keys, N members in the sorted set and M that are popped.",
        summary: "Removes members with the lowest or highest scores from the first sorted set that is not empty.",
        syntax: "numkeys key [key ...] <MIN | MAX> [COUNT count]"
    ) { unsafe zmpop(&$0.context, waits: false) },
    unsafe Command(
        "bzpopmin", arity: -3, [.write, .noScript, .blocking, .fast], [.sortedSet],
        keys: [KeySpec(.index(1), .range(last: -2, step: 1, limit: 0), [.readWrite, .access, .delete])],
        group: .sortedSet, since: "5.0.0", complexity: "O(log(N)) with N members in the sorted set.",
        summary: "Pops the member with the lowest score from one of several sorted sets; waits while all are empty.",
        syntax: "key [key ...] timeout"
    ) { unsafe bzpop(&$0.context, maximum: false) },
    unsafe Command(
        "bzpopmax", arity: -3, [.write, .noScript, .blocking, .fast], [.sortedSet],
        keys: [KeySpec(.index(1), .range(last: -2, step: 1, limit: 0), [.readWrite, .access, .delete])],
        group: .sortedSet, since: "5.0.0", complexity: "O(log(N)) with N members in the sorted set.",
        summary: "Pops the member with the highest score from one of several sorted sets; waits while all are empty.",
        syntax: "key [key ...] timeout"
    ) { unsafe bzpop(&$0.context, maximum: true) },
    unsafe Command(
        "bzmpop", arity: -5, [.write, .blocking, .movableKeys], [.sortedSet],
        keys: [KeySpec(.index(2), .keyCount(count: 0, first: 1, step: 1), [.readWrite, .access, .delete])],
        group: .sortedSet, since: "7.0.0",
        complexity: "O(K) + O(M*log(N)) with K keys, N members in the sorted set and M that are popped.",
        summary: "Pops members from the first sorted set that is not empty; waits while all are.",
        syntax: "timeout numkeys key [key ...] <MIN | MAX> [COUNT count]"
    ) { unsafe zmpop(&$0.context, waits: true) },
]
