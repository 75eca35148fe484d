// The table entries of the set commands.
import Bytes
import Keyspace
import RESP

package let setCommands: [Command] = memberCommands + chanceCommands + intersectionCommands + unionCommands

private let readsSets = [KeySpec.all([.readOnly, .access])]
private let storesSets = [KeySpec.one([.overwrite, .update]), .all([.readOnly, .access], from: 2)]

private let memberCommands: [Command] = unsafe [
    Command(
        "sadd", arity: -3, [.write, .denyOutOfMemory, .fast], [.set], keys: [.one([.readWrite, .insert])],
        group: .set, since: "1.0.0", complexity: "O(N) for N members.",
        summary: "Adds members to a set and says how many of them are new.", syntax: "key member [member ...]"
    ) { unsafe sadd(&$0.context) },
    unsafe Command(
        "srem", arity: -3, [.write, .fast], [.set], keys: [.one([.readWrite, .delete])], group: .set,
        since: "1.0.0", complexity: "O(N) for N members.",
        summary: "Removes members from a set and says how many there were.", syntax: "key member [member ...]"
    ) { unsafe srem(&$0.context) },
    unsafe Command(
        "sismember", arity: 3, [.readonly, .fast], [.set], keys: [.one(.readOnly)], group: .set, since: "1.0.0",
        summary: "Tells whether a set has a member.", syntax: "key member"
    ) { unsafe sismember(&$0.context) },
    unsafe Command(
        "smismember", arity: -3, [.readonly, .fast], [.set], keys: [.one([.readOnly, .access])], group: .set,
        since: "6.2.0", complexity: "O(N) for N members.",
        summary: "Tells of each of several members whether a set has it.", syntax: "key member [member ...]"
    ) { unsafe smismember(&$0.context) },
    unsafe Command(
        "scard", arity: 2, [.readonly, .fast], [.set], keys: [.one(.readOnly)], group: .set, since: "1.0.0",
        summary: "Counts the members of a set.", syntax: "key"
    ) { unsafe scard(&$0.context) },
    unsafe Command(
        "smembers", arity: 2, [.readonly], [.set], keys: [.one([.readOnly, .access])], group: .set, since: "1.0.0",
        complexity: "O(N) for N members.", summary: "Lists all members of a set.", syntax: "key",
        tips: ["nondeterministic_output_order"]
    ) { unsafe smembers(&$0.context) },
    unsafe Command(
        "smove", arity: 4, [.write, .fast], [.set],
        keys: [.one([.readWrite, .access, .delete]), .one([.readWrite, .insert], at: 2)], group: .set,
        since: "1.0.0", summary: "Moves a member from one set to another.", syntax: "source destination member"
    ) { unsafe smove(&$0.context) },
    unsafe Command(
        "sscan", arity: -3, [.readonly], [.set], keys: [.one([.readOnly, .access])], group: .set, since: "2.8.0",
        complexity: "O(1) a call, O(N) from the first call to the last for N members.",
        summary: "Goes through the members of a set, a few at a time.",
        syntax: "key cursor [MATCH pattern] [COUNT count]", tips: ["nondeterministic_output"]
    ) { unsafe sscan(&$0.context) },
]

private let chanceCommands: [Command] = unsafe [
    Command(
        "spop", arity: -2, [.write, .fast], [.set], keys: [.one([.readWrite, .access, .delete])], group: .set,
        since: "1.0.0", complexity: "O(N) for N members that are removed.",
        summary: "Removes members chosen at random from a set.", syntax: "key [count]",
        tips: ["nondeterministic_output"]
    ) { unsafe spop(&$0.context) },
    unsafe Command(
        "srandmember", arity: -2, [.readonly], [.set], keys: [.one([.readOnly, .access])], group: .set,
        since: "1.0.0", complexity: "O(N) for N members that are asked for.",
        summary: "Chooses members of a set at random.", syntax: "key [count]", tips: ["nondeterministic_output"]
    ) { unsafe srandmember(&$0.context) },
]

private let intersectionCommands: [Command] = unsafe [
    Command(
        "sinter", arity: -2, [.readonly], [.set], keys: readsSets, group: .set, since: "1.0.0",
        complexity: "O(N*M) for M sets, the smallest of which has N members.",
        summary: "Lists the members that all of several sets have.", syntax: "key [key ...]",
        tips: ["nondeterministic_output_order"]
    ) { unsafe sinter(&$0.context) },
    unsafe Command(
        "sintercard", arity: -3, [.readonly, .movableKeys], [.set],
        keys: countsSets, group: .set,
        since: "7.0.0", complexity: "O(N*M) for M sets, the smallest of which has N members.",
        summary: "Counts the members that all of several sets have.",
        syntax: "numkeys key [key ...] [LIMIT limit]"
    ) { unsafe sintercard(&$0.context) },
    unsafe Command(
        "sinterstore", arity: -3, [.write, .denyOutOfMemory], [.set],
        // It only overwrites, like the other two; Redis 7.0 says otherwise.
        keys: [.one([.readWrite, .update]), .all([.readOnly, .access], from: 2)], group: .set,
        since: "1.0.0", complexity: "O(N*M) for M sets, the smallest of which has N members.",
        summary: "Stores the members that all of several sets have as another set.",
        syntax: "destination key [key ...]"
    ) { unsafe sinterstore(&$0.context) },
]

private let countsSets = [KeySpec(.index(1), .keyCount(count: 0, first: 1, step: 1), [.readOnly, .access])]

private let unionCommands: [Command] = unsafe [
    Command(
        "sunion", arity: -2, [.readonly], [.set], keys: readsSets, group: .set, since: "1.0.0",
        complexity: "O(N) for N members of all sets.",
        summary: "Lists the members that any of several sets has.", syntax: "key [key ...]",
        tips: ["nondeterministic_output_order"]
    ) { unsafe sunion(&$0.context) },
    unsafe Command(
        "sunionstore", arity: -3, [.write, .denyOutOfMemory], [.set], keys: storesSets, group: .set,
        since: "1.0.0", complexity: "O(N) for N members of all sets.",
        summary: "Stores the members that any of several sets has as another set.",
        syntax: "destination key [key ...]"
    ) { unsafe sunionstore(&$0.context) },
    unsafe Command(
        "sdiff", arity: -2, [.readonly], [.set], keys: readsSets, group: .set, since: "1.0.0",
        complexity: "O(N) for N members of all sets.",
        summary: "Lists the members of a set that none of the others has.", syntax: "key [key ...]",
        tips: ["nondeterministic_output_order"]
    ) { unsafe sdiff(&$0.context) },
    unsafe Command(
        "sdiffstore", arity: -3, [.write, .denyOutOfMemory], [.set], keys: storesSets, group: .set,
        since: "1.0.0", complexity: "O(N) for N members of all sets.",
        summary: "Stores the members of a set that none of the others has as another set.",
        syntax: "destination key [key ...]"
    ) { unsafe sdiffstore(&$0.context) },
    unsafe Command(
        "sunioncard", arity: -3, [.readonly, .movableKeys], [.set], keys: countsSets, group: .set, since: "8.10.0",
        complexity: "O(N) for N members of all sets.",
        summary: "Counts the members that any of several sets has.",
        syntax: "numkeys key [key ...] [APPROX] [LIMIT limit]"
    ) { unsafe sunioncard(&$0.context) },
    unsafe Command(
        "sdiffcard", arity: -3, [.readonly, .movableKeys], [.set], keys: countsSets, group: .set, since: "8.10.0",
        complexity: "O(N) for N members of all sets.",
        summary: "Counts the members of a set that none of the others has.",
        syntax: "numkeys key [key ...] [LIMIT limit]"
    ) { unsafe sdiffcard(&$0.context) },
]
