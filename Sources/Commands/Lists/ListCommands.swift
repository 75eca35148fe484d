// The table entries of the list commands.
import Bytes
import Keyspace
import RESP

package let listCommands: [Command] =
    pushingCommands + poppingCommands + readingCommands + changingCommands + carryingCommands + waitingCommands

private let readsKey = [KeySpec.one([.readOnly, .access])]
private let popsKey = [KeySpec.one([.readWrite, .access, .delete])]
private let growsKey = [KeySpec.one([.readWrite, .insert])]
private let cutsKey = [KeySpec.one([.readWrite, .delete])]
private let movesKeys = [KeySpec.one([.readWrite, .access, .delete]), .one([.readWrite, .insert], at: 2)]

private let pushComplexity: StaticString = "O(1) for each element added."
private let popComplexity: StaticString = "O(N) where N is the number of elements returned."
private let walkComplexity: StaticString = "O(N) where N is the number of elements passed on the way."

private let pushingCommands: [Command] = unsafe [
    Command(
        "lpush", arity: -3, [.write, .denyOutOfMemory, .fast], [.list], keys: growsKey, group: .list, since: "1.0.0",
        complexity: pushComplexity, summary: "Adds elements to the front of a list; creates it if there is none.",
        syntax: "key element [element ...]"
    ) { unsafe push(&$0.context, atFront: true) },
    unsafe Command(
        "rpush", arity: -3, [.write, .denyOutOfMemory, .fast], [.list], keys: growsKey, group: .list, since: "1.0.0",
        complexity: pushComplexity, summary: "Adds elements to the end of a list; creates it if there is none.",
        syntax: "key element [element ...]"
    ) { unsafe push(&$0.context, atFront: false) },
    unsafe Command(
        "lpushx", arity: -3, [.write, .denyOutOfMemory, .fast], [.list], keys: growsKey, group: .list, since: "2.2.0",
        complexity: pushComplexity, summary: "Adds elements to the front of a list that exists.",
        syntax: "key element [element ...]"
    ) { unsafe push(&$0.context, atFront: true, onlyIfPresent: true) },
    unsafe Command(
        "rpushx", arity: -3, [.write, .denyOutOfMemory, .fast], [.list], keys: growsKey, group: .list, since: "2.2.0",
        complexity: pushComplexity, summary: "Adds elements to the end of a list that exists.",
        syntax: "key element [element ...]"
    ) { unsafe push(&$0.context, atFront: false, onlyIfPresent: true) },
]

private let poppingCommands: [Command] = unsafe [
    Command(
        "lpop", arity: -2, [.write, .fast], [.list], keys: popsKey, group: .list, since: "1.0.0",
        complexity: popComplexity, summary: "Removes the first elements of a list and returns them.",
        syntax: "key [count]"
    ) { unsafe pop(&$0.context, atFront: true) },
    unsafe Command(
        "rpop", arity: -2, [.write, .fast], [.list], keys: popsKey, group: .list, since: "1.0.0",
        complexity: popComplexity, summary: "Removes the last elements of a list and returns them.",
        syntax: "key [count]"
    ) { unsafe pop(&$0.context, atFront: false) },
    unsafe Command(
        "lmpop", arity: -4, [.write, .movableKeys], [.list],
        keys: [KeySpec(.index(1), .keyCount(count: 0, first: 1, step: 1), [.readWrite, .access, .delete])],
        group: .list, since: "7.0.0",
        complexity: "O(N+M) where N is the number of keys and M the number of elements returned.",
        summary: "Removes elements of the first list that exists and returns them.",
        syntax: "numkeys key [key ...] <LEFT | RIGHT> [COUNT count]"
    ) { unsafe popFromFirst(&$0.context, waits: false) },
]

private let readingCommands: [Command] = unsafe [
    Command(
        "llen", arity: 2, [.readonly, .fast], [.list], keys: [.one(.readOnly)], group: .list, since: "1.0.0",
        summary: "Returns the number of elements of a list.", syntax: "key"
    ) { unsafe llen(&$0.context) },
    unsafe Command(
        "lindex", arity: 3, [.readonly], [.list], keys: readsKey, group: .list, since: "1.0.0",
        complexity: walkComplexity, summary: "Returns the element at an index of a list.", syntax: "key index"
    ) { unsafe lindex(&$0.context) },
    unsafe Command(
        "lrange", arity: 4, [.readonly], [.list], keys: readsKey, group: .list, since: "1.0.0",
        complexity: "O(S+N) where S is the distance from the nearer end and N the number of elements returned.",
        summary: "Returns a range of a list's elements.", syntax: "key start stop"
    ) { unsafe lrange(&$0.context) },
    unsafe Command(
        "lpos", arity: -3, [.readonly], [.list], keys: readsKey, group: .list, since: "6.0.6",
        complexity: walkComplexity, summary: "Returns the indices of equal elements of a list.",
        syntax: "key element [RANK rank] [COUNT num-matches] [MAXLEN len]"
    ) { unsafe lpos(&$0.context) },
]

private let changingCommands: [Command] = unsafe [
    Command(
        "lset", arity: 4, [.write, .denyOutOfMemory], [.list], keys: [.one([.readWrite, .update])], group: .list,
        since: "1.0.0", complexity: walkComplexity, summary: "Puts another element at an index of a list.",
        syntax: "key index element"
    ) { unsafe lset(&$0.context) },
    unsafe Command(
        "linsert", arity: 5, [.write, .denyOutOfMemory], [.list], keys: growsKey, group: .list, since: "2.2.0",
        complexity: walkComplexity, summary: "Inserts an element before or after another one of a list.",
        syntax: "key <BEFORE | AFTER> pivot element"
    ) { unsafe linsert(&$0.context) },
    unsafe Command(
        "lrem", arity: 4, [.write], [.list], keys: cutsKey, group: .list, since: "1.0.0",
        complexity: "O(N) where N is the length of the list.", summary: "Removes equal elements from a list.",
        syntax: "key count element"
    ) { unsafe lrem(&$0.context) },
    unsafe Command(
        "ltrim", arity: 4, [.write], [.list], keys: cutsKey, group: .list, since: "1.0.0",
        complexity: "O(N) where N is the number of elements removed.",
        summary: "Removes the elements outside a range from a list.", syntax: "key start stop"
    ) { unsafe ltrim(&$0.context) },
]

private let carryingCommands: [Command] = unsafe [
    Command(
        "lmove", arity: 5, [.write, .denyOutOfMemory], [.list], keys: movesKeys, group: .list, since: "6.2.0",
        summary: "Moves an element from one list to another and returns it.",
        syntax: "source destination <LEFT | RIGHT> <LEFT | RIGHT>"
    ) { unsafe lmove(&$0.context) },
    unsafe Command(
        "rpoplpush", arity: 3, [.write, .denyOutOfMemory], [.list], keys: movesKeys, group: .list, since: "1.2.0",
        summary: "Moves the last element of a list to the front of another and returns it.",
        syntax: "source destination"
    ) { unsafe rpoplpush(&$0.context) },
]

private let waitingCommands: [Command] = unsafe [
    Command(
        "blpop", arity: -3, [.write, .noScript, .blocking], [.list],
        keys: [KeySpec(.index(1), .range(last: -2, step: 1, limit: 0), [.readWrite, .access, .delete])],
        group: .list, since: "2.0.0", complexity: "O(N) where N is the number of keys.",
        summary: "Removes the first element of a list and returns it; waits for one if there is none.",
        syntax: "key [key ...] timeout"
    ) { unsafe blockingPop(&$0.context, atFront: true) },
    unsafe Command(
        "brpop", arity: -3, [.write, .noScript, .blocking], [.list],
        keys: [KeySpec(.index(1), .range(last: -2, step: 1, limit: 0), [.readWrite, .access, .delete])],
        group: .list, since: "2.0.0", complexity: "O(N) where N is the number of keys.",
        summary: "Removes the last element of a list and returns it; waits for one if there is none.",
        syntax: "key [key ...] timeout"
    ) { unsafe blockingPop(&$0.context, atFront: false) },
    unsafe Command(
        "blmove", arity: 6, [.write, .denyOutOfMemory, .noScript, .blocking], [.list], keys: movesKeys,
        group: .list, since: "6.2.0",
        summary: "Moves an element from one list to another; waits for one if there is none.",
        syntax: "source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout"
    ) { unsafe blmove(&$0.context) },
    unsafe Command(
        "brpoplpush", arity: 4, [.write, .denyOutOfMemory, .noScript, .blocking], [.list], keys: movesKeys,
        group: .list, since: "2.2.0",
        summary: "Moves the last element of a list to the front of another; waits for one if there is none.",
        syntax: "source destination timeout"
    ) { unsafe brpoplpush(&$0.context) },
    unsafe Command(
        "blmpop", arity: -5, [.write, .blocking, .movableKeys], [.list],
        keys: [KeySpec(.index(2), .keyCount(count: 0, first: 1, step: 1), [.readWrite, .access, .delete])],
        group: .list, since: "7.0.0",
        complexity: "O(N+M) where N is the number of keys and M the number of elements returned.",
        summary: "Removes elements of the first list that exists; waits for one if there is none.",
        syntax: "timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]"
    ) { unsafe popFromFirst(&$0.context, waits: true) },
]
