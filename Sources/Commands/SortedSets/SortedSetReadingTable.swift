// The table entries of the commands that read sorted sets or combine them.
import Bytes
import Keyspace
import RESP

private let countsKey = [KeySpec.one(.readOnly)]
private let readsKey = [KeySpec.one([.readOnly, .access])]
private let readsKeys = KeySpec(.index(1), .keyCount(count: 0, first: 1, step: 1), [.readOnly, .access])
private let storesKeys = [
    KeySpec.one([.overwrite, .update]),
    KeySpec(.index(2), .keyCount(count: 0, first: 1, step: 1), [.readOnly, .access]),
]

let sortedSetReadingCommands: [Command] = unsafe [
    Command(
        "zcard", arity: 2, [.readonly, .fast], [.sortedSet], keys: countsKey, group: .sortedSet, since: "1.2.0",
        summary: "Returns the number of members in a sorted set.", syntax: "key"
    ) { unsafe zcard(&$0.context) },
    unsafe Command(
        "zscore", arity: 3, [.readonly, .fast], [.sortedSet], keys: readsKey, group: .sortedSet, since: "1.2.0",
        summary: "Returns the score of a member of a sorted set.", syntax: "key member"
    ) { unsafe zscore(&$0.context) },
    unsafe Command(
        "zmscore", arity: -3, [.readonly, .fast], [.sortedSet], keys: readsKey, group: .sortedSet, since: "6.2.0",
        complexity: "O(N) with N members that are asked for.",
        summary: "Returns the scores of members of a sorted set.", syntax: "key member [member ...]"
    ) { unsafe zmscore(&$0.context) },
    unsafe Command(
        "zrank", arity: -3, [.readonly, .fast], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.0.0",
        complexity: "O(log(N))", summary: "Returns how many members of a sorted set are before a member.",
        syntax: "key member [WITHSCORE]"
    ) { unsafe zrank(&$0.context, reversed: false) },
    unsafe Command(
        "zrevrank", arity: -3, [.readonly, .fast], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.0.0",
        complexity: "O(log(N))", summary: "Returns how many members of a sorted set are behind a member.",
        syntax: "key member [WITHSCORE]"
    ) { unsafe zrank(&$0.context, reversed: true) },
    unsafe Command(
        "zcount", arity: 4, [.readonly, .fast], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.0.0",
        complexity: "O(log(N)) with N members in the sorted set.",
        summary: "Counts the members of a sorted set within a range of scores.", syntax: "key min max"
    ) { unsafe zcount(&$0.context) },
    unsafe Command(
        "zlexcount", arity: 4, [.readonly, .fast], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.8.9",
        complexity: "O(log(N)) with N members in the sorted set.",
        summary: "Counts the members of a sorted set within a lexicographical range.", syntax: "key min max"
    ) { unsafe zlexcount(&$0.context) },
    unsafe Command(
        "zrandmember", arity: -2, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "6.2.0",
        complexity: "O(N*log(M)) with N members that are returned of M in the sorted set.",
        summary: "Returns members of a sorted set that are chosen at random.", syntax: "key [count [WITHSCORES]]",
        tips: ["nondeterministic_output"]
    ) { unsafe zrandmember(&$0.context) },
    unsafe Command(
        "zscan", arity: -3, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.8.0",
        complexity: "O(1) a call, O(N) from the first call to the last for N members.",
        summary: "Goes through the members of a sorted set and their scores, a few at a time.",
        syntax: "key cursor [MATCH pattern] [COUNT count]", tips: ["nondeterministic_output"]
    ) { unsafe zscan(&$0.context) },
]

let sortedSetRangeCommands: [Command] = unsafe [
    Command(
        "zrange", arity: -4, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "1.2.0",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are returned.",
        summary: "Returns the members of a sorted set within a range of ranks, scores or members.",
        syntax: "key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]"
    ) { unsafe zrange(&$0.context, RangeForm()) },
    unsafe Command(
        "zrevrange", arity: -4, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "1.2.0",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are returned.",
        summary: "Returns the members of a sorted set within a range of ranks, the highest first.",
        syntax: "key start stop [WITHSCORES]"
    ) { unsafe zrange(&$0.context, RangeForm(by: .rank, reversed: true)) },
    unsafe Command(
        "zrangebyscore", arity: -4, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "1.0.5",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are returned.",
        summary: "Returns the members of a sorted set within a range of scores.",
        syntax: "key min max [WITHSCORES] [LIMIT offset count]"
    ) { unsafe zrange(&$0.context, RangeForm(by: .score, reversed: false)) },
    unsafe Command(
        "zrevrangebyscore", arity: -4, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.2.0",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are returned.",
        summary: "Returns the members of a sorted set within a range of scores, the highest first.",
        syntax: "key max min [WITHSCORES] [LIMIT offset count]"
    ) { unsafe zrange(&$0.context, RangeForm(by: .score, reversed: true)) },
    unsafe Command(
        "zrangebylex", arity: -4, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.8.9",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are returned.",
        summary: "Returns the members of a sorted set within a lexicographical range.",
        syntax: "key min max [LIMIT offset count]"
    ) { unsafe zrange(&$0.context, RangeForm(by: .member, reversed: false)) },
    unsafe Command(
        "zrevrangebylex", arity: -4, [.readonly], [.sortedSet], keys: readsKey, group: .sortedSet, since: "2.8.9",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are returned.",
        summary: "Returns the members of a sorted set within a lexicographical range, the last first.",
        syntax: "key max min [LIMIT offset count]"
    ) { unsafe zrange(&$0.context, RangeForm(by: .member, reversed: true)) },
    unsafe Command(
        "zrangestore", arity: -5, [.write, .denyOutOfMemory], [.sortedSet],
        keys: [.one([.overwrite, .update]), .one([.readOnly, .access], at: 2)], group: .sortedSet, since: "6.2.0",
        complexity: "O(log(N)+M) with N members in the sorted set and M that are stored.",
        summary: "Stores the members of a sorted set within a range of ranks, scores or members at another key.",
        syntax: "dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]"
    ) { unsafe zrangestore(&$0.context) },
]

let sortedSetAlgebraCommands: [Command] = unsafe [
    Command(
        "zunion", arity: -3, [.readonly, .movableKeys], [.sortedSet], keys: [readsKeys], group: .sortedSet,
        since: "6.2.0", complexity: "O(N)+O(M*log(M)) with N members in all the sets and M in the result.",
        summary: "Returns the union of several sorted sets.",
        syntax: """
            numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX | COUNT>] [WITHSCORES]
            """
    ) { unsafe zalgebra(&$0.context, .union, "zunion") },
    unsafe Command(
        "zinter", arity: -3, [.readonly, .movableKeys], [.sortedSet], keys: [readsKeys], group: .sortedSet,
        since: "6.2.0",
        complexity: "O(N*K)+O(M*log(M)) with N members in the smallest of K sets and M in the result.",
        summary: "Returns the intersection of several sorted sets.",
        syntax: """
            numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX | COUNT>] [WITHSCORES]
            """
    ) { unsafe zalgebra(&$0.context, .intersection, "zinter") },
    unsafe Command(
        "zdiff", arity: -3, [.readonly, .movableKeys], [.sortedSet], keys: [readsKeys], group: .sortedSet,
        since: "6.2.0", complexity: "O(N*K)+O(M*log(M)) with N members in the first of K sets and M in the result.",
        summary: "Returns the members of the first sorted set that are in none of the others.",
        syntax: "numkeys key [key ...] [WITHSCORES]"
    ) { unsafe zalgebra(&$0.context, .difference, "zdiff") },
    unsafe Command(
        "zunionstore", arity: -4, [.write, .denyOutOfMemory, .movableKeys], [.sortedSet], keys: storesKeys,
        group: .sortedSet, since: "2.0.0",
        complexity: "O(N)+O(M*log(M)) with N members in all the sets and M in the result.",
        summary: "Stores the union of several sorted sets at a key.",
        syntax: """
            destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX | COUNT>]
            """
    ) { unsafe zalgebraStore(&$0.context, .union, "zunionstore") },
    unsafe Command(
        "zinterstore", arity: -4, [.write, .denyOutOfMemory, .movableKeys], [.sortedSet], keys: storesKeys,
        group: .sortedSet, since: "2.0.0",
        complexity: "O(N*K)+O(M*log(M)) with N members in the smallest of K sets and M in the result.",
        summary: "Stores the intersection of several sorted sets at a key.",
        syntax: """
            destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX | COUNT>]
            """
    ) { unsafe zalgebraStore(&$0.context, .intersection, "zinterstore") },
    unsafe Command(
        "zdiffstore", arity: -4, [.write, .denyOutOfMemory, .movableKeys], [.sortedSet], keys: storesKeys,
        group: .sortedSet, since: "6.2.0",
        complexity: "O(N*K)+O(M*log(M)) with N members in the first of K sets and M in the result.",
        summary: "Stores the members of the first sorted set that are in none of the others at a key.",
        syntax: "destination numkeys key [key ...]"
    ) { unsafe zalgebraStore(&$0.context, .difference, "zdiffstore") },
    unsafe Command(
        "zintercard", arity: -3, [.readonly, .movableKeys], [.sortedSet], keys: [readsKeys], group: .sortedSet,
        since: "7.0.0", complexity: "O(N*K) with N members in the smallest of K sets.",
        summary: "Counts the members of the intersection of several sorted sets.",
        syntax: "numkeys key [key ...] [LIMIT limit]"
    ) { unsafe zintercard(&$0.context) },
]
