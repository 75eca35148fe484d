// The table entries of the string commands.
import Bytes
import Keyspace
import RESP

package let stringCommands: [Command] = readingCommands + settingCommands + changingCommands + comparingCommands

private let readsKey = [KeySpec.one([.readOnly, .access])]
private let updatesKey = [KeySpec.one([.readWrite, .access, .update])]
private let overwritesKey = [KeySpec.one([.overwrite, .update])]

private let readingCommands: [Command] = unsafe [
    Command(
        "get", arity: 2, [.readonly, .fast], [.string], keys: readsKey, group: .string, since: "1.0.0",
        summary: "Returns the string value of a key.", syntax: "key"
    ) { unsafe get(&$0.context) },
    unsafe Command(
        "mget", arity: -2, [.readonly, .fast], [.string], keys: [.all([.readOnly, .access])],
        routing: .scatter(.keyOrder), group: .string, since: "1.0.0",
        complexity: "O(N) where N is the number of keys to retrieve.",
        summary: "Returns the string values of several keys.", syntax: "key [key ...]",
        tips: ["request_policy:multi_shard"]
    ) { unsafe mget(&$0.context) },
    unsafe Command(
        "getrange", arity: 4, [.readonly], [.string], keys: readsKey, group: .string, since: "2.4.0",
        complexity: "O(N) where N is the length of the returned string.",
        summary: "Returns a part of the string stored at a key.", syntax: "key start end"
    ) { unsafe getrange(&$0.context) },
    unsafe Command(
        "substr", arity: 4, [.readonly], [.string], keys: readsKey, group: .string, since: "1.0.0",
        complexity: "O(N) where N is the length of the returned string.",
        summary: "Returns a part of the string stored at a key; the old name of GETRANGE.", syntax: "key start end"
    ) { unsafe getrange(&$0.context) },
    unsafe Command(
        "strlen", arity: 2, [.readonly, .fast], [.string], keys: [.one(.readOnly)], group: .string, since: "2.2.0",
        summary: "Returns the length of a string value.", syntax: "key"
    ) { unsafe strlen(&$0.context) },
    unsafe Command(
        "getdel", arity: 2, [.write, .fast], [.string], keys: [.one([.readWrite, .access, .delete])],
        group: .string, since: "6.2.0", summary: "Returns the string value of a key and deletes the key.", syntax: "key"
    ) { unsafe getdel(&$0.context) },
    unsafe Command(
        "getex", arity: -2, [.write, .fast], [.string], keys: updatesKey, group: .string, since: "6.2.0",
        summary: "Returns the string value of a key and changes its time to live.",
        syntax: """
            key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]
            """
    ) { unsafe getex(&$0.context) },
    unsafe Command(
        "digest", arity: 2, [.readonly, .fast], [.string], keys: readsKey, group: .string, since: "8.4.0",
        complexity: "O(N) where N is the length of the string value.",
        summary: "Returns the XXH3 hash of a string value as hexadecimal digits.", syntax: "key"
    ) { unsafe digest(&$0.context) },
]

private let settingCommands: [Command] = unsafe [
    Command(
        "set", arity: -3, [.write, .denyOutOfMemory], [.string],
        keys: [.one([.readWrite, .access, .update, .variableFlags])], group: .string, since: "1.0.0",
        summary: "Sets the string value of a key, whatever it held before.",
        syntax: """
            key value [NX | XX | IFEQ ifeq-value | IFNE ifne-value | IFDEQ ifdeq-digest | IFDNE ifdne-digest] [GET] \
            [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]
            """
    ) { unsafe set(&$0.context) },
    unsafe Command(
        "setnx", arity: 3, [.write, .denyOutOfMemory, .fast], [.string], keys: [.one([.overwrite, .insert])],
        group: .string, since: "1.0.0", summary: "Sets the string value of a key only if the key does not exist.",
        syntax: "key value"
    ) { unsafe setnx(&$0.context) },
    unsafe Command(
        "setex", arity: 4, [.write, .denyOutOfMemory], [.string], keys: overwritesKey, group: .string, since: "2.0.0",
        summary: "Sets the string value and the time to live of a key.", syntax: "key seconds value"
    ) { unsafe setex(&$0.context) },
    unsafe Command(
        "psetex", arity: 4, [.write, .denyOutOfMemory], [.string], keys: overwritesKey, group: .string, since: "2.6.0",
        summary: "Sets the string value and the time to live of a key, in milliseconds.",
        syntax: "key milliseconds value"
    ) { unsafe psetex(&$0.context) },
    unsafe Command(
        "getset", arity: 3, [.write, .denyOutOfMemory, .fast], [.string], keys: updatesKey, group: .string,
        since: "1.0.0", summary: "Sets the string value of a key and returns the one before.", syntax: "key value"
    ) { unsafe getset(&$0.context) },
    unsafe Command(
        "mset", arity: -3, [.write, .denyOutOfMemory], [.string], keys: [.all([.overwrite, .update], step: 2)],
        routing: .scatter(.firstError), group: .string, since: "1.0.1",
        complexity: "O(N) where N is the number of keys to set.",
        summary: "Sets the string values of several keys at once.",
        syntax: "key value [key value ...]", tips: ["request_policy:multi_shard", "response_policy:all_succeeded"]
    ) { unsafe mset(&$0.context) },
    unsafe Command(
        "msetnx", arity: -3, [.write, .denyOutOfMemory], [.string], keys: [.all([.overwrite, .insert], step: 2)],
        group: .string, since: "1.0.1", complexity: "O(N) where N is the number of keys to set.",
        summary: "Sets the string values of several keys only if none of them exists.",
        syntax: "key value [key value ...]"
    ) { unsafe msetnx(&$0.context) },
    unsafe Command(
        "msetex", arity: -4, [.write, .denyOutOfMemory, .movableKeys], [.string],
        keys: [KeySpec(.index(1), .keyCount(count: 0, first: 1, step: 2), [.overwrite, .update])], group: .string,
        since: "8.4.0", complexity: "O(N) where N is the number of keys to set.",
        summary: "Sets the string values of several keys and their time to live, under a condition for all of them.",
        syntax: """
            numkeys key value [key value ...] [NX | XX] [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
            PXAT unix-time-milliseconds | KEEPTTL]
            """
    ) { unsafe msetex(&$0.context) },
]

private let changingCommands: [Command] = unsafe [
    Command(
        "append", arity: 3, [.write, .denyOutOfMemory, .fast], [.string], keys: [.one([.readWrite, .insert])],
        group: .string, since: "2.0.0", summary: "Appends to the string value of a key; creates it if there is none.",
        syntax: "key value"
    ) { unsafe append(&$0.context) },
    unsafe Command(
        "setrange", arity: 4, [.write, .denyOutOfMemory], [.string], keys: [.one([.readWrite, .update])],
        group: .string, since: "2.2.0", complexity: "O(1), apart from copying the value that is written.",
        summary: "Overwrites a part of a string value, which grows if it must.", syntax: "key offset value"
    ) { unsafe setrange(&$0.context) },
    unsafe Command(
        "incr", arity: 2, [.write, .denyOutOfMemory, .fast], [.string], keys: updatesKey, group: .string,
        since: "1.0.0", summary: "Adds one to the integer value of a key, which is 0 if there is none.", syntax: "key"
    ) { unsafe incr(&$0.context) },
    unsafe Command(
        "decr", arity: 2, [.write, .denyOutOfMemory, .fast], [.string], keys: updatesKey, group: .string,
        since: "1.0.0", summary: "Subtracts one from the integer value of a key, which is 0 if there is none.",
        syntax: "key"
    ) { unsafe decr(&$0.context) },
    unsafe Command(
        "incrby", arity: 3, [.write, .denyOutOfMemory, .fast], [.string], keys: updatesKey, group: .string,
        since: "1.0.0", summary: "Adds a number to the integer value of a key, which is 0 if there is none.",
        syntax: "key increment"
    ) { unsafe incrby(&$0.context) },
    unsafe Command(
        "decrby", arity: 3, [.write, .denyOutOfMemory, .fast], [.string], keys: updatesKey, group: .string,
        since: "1.0.0", summary: "Subtracts a number from the integer value of a key, which is 0 if there is none.",
        syntax: "key decrement"
    ) { unsafe decrby(&$0.context) },
    unsafe Command(
        "incrbyfloat", arity: 3, [.write, .denyOutOfMemory, .fast], [.string], keys: updatesKey, group: .string,
        since: "2.6.0", summary: "Adds a floating point number to the value of a key, which is 0 if there is none.",
        syntax: "key increment"
    ) { unsafe incrbyfloat(&$0.context) },
    unsafe Command(
        "increx", arity: -2, [.write, .denyOutOfMemory, .fast], [.string], keys: updatesKey, group: .string,
        since: "8.8.0", summary: "Adds to the number at a key within bounds, and sets its time to live.",
        syntax: """
            key [BYFLOAT float | BYINT integer] [SATURATE] [LBOUND lowerbound] [UBOUND upperbound] [EX seconds | \
            PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST] [ENX]
            """
    ) { unsafe increx(&$0.context) },
]

private let comparingCommands: [Command] = unsafe [
    Command(
        "delex", arity: -2, [.write, .fast], [.string], keys: [.one([.readWrite, .delete, .variableFlags])],
        group: .string, since: "8.4.0",
        complexity: "O(1) for IFEQ and IFNE, O(N) for IFDEQ and IFDNE where N is the length of the string value.",
        summary: "Deletes a key if its string value, or the hash of it, is or is not the given one.",
        syntax: "key [IFEQ ifeq-value | IFNE ifne-value | IFDEQ ifdeq-digest | IFDNE ifdne-digest]"
    ) { unsafe delex(&$0.context) },
    unsafe Command(
        "delifeq", arity: 3, [.write, .fast], [.string], keys: [.one([.remove, .delete])], group: .string,
        since: "9.0.0", summary: "Deletes a key if its string value is the given one.", syntax: "key value"
    ) { unsafe delifeq(&$0.context) },
    unsafe Command(
        "lcs", arity: -3, [.readonly], [.string],
        keys: [KeySpec(.index(1), .range(last: 1, step: 1, limit: 0), [.readOnly, .access])], group: .string,
        since: "7.0.0", complexity: "O(N*M) where N and M are the lengths of the two strings.",
        summary: "Finds the longest common subsequence of two strings.",
        syntax: "key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]"
    ) { unsafe lcs(&$0.context) },
]
