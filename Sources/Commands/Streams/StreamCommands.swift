// The table entries of the stream commands that know no groups, and the list of all commands of the family.
import Bytes
import Keyspace
import RESP

package let streamCommands: [Command] =
    streamEntryCommands + streamDeletingCommands + streamReadingCommands + streamPendingCommands
    + streamContainerCommands

private let readsKey = [KeySpec.one([.readOnly, .access])]

private let streamEntryCommands: [Command] = unsafe [
    Command(
        "xadd", arity: -5, [.write, .denyOutOfMemory, .fast], [.stream], keys: [.one([.readWrite, .update])],
        group: .stream, since: "5.0.0",
        complexity: "O(1) to add an entry, O(N) to trim where N is the number of entries removed.",
        summary: "Adds an entry to a stream; creates it if there is none.",
        syntax:
            """
            key [NOMKSTREAM] [KEEPREF | DELREF | ACKED] [<MAXLEN | MINID> [= | ~] threshold \
            [LIMIT count]] <* | id> field value [field value ...]
            """,
        tips: ["nondeterministic_output"]
    ) { unsafe xadd(&$0.context) },
    unsafe Command(
        "xlen", arity: 2, [.readonly, .fast], [.stream], keys: [.one(.readOnly)], group: .stream, since: "5.0.0",
        summary: "Returns the number of entries of a stream.", syntax: "key"
    ) { unsafe xlen(&$0.context) },
    unsafe Command(
        "xrange", arity: -4, [.readonly], [.stream], keys: readsKey, group: .stream, since: "5.0.0",
        complexity: "O(N) where N is the number of entries returned.",
        summary: "Returns the entries of a stream within a range of IDs.", syntax: "key start end [COUNT count]"
    ) { unsafe xrange(&$0.context, forward: true) },
    unsafe Command(
        "xrevrange", arity: -4, [.readonly], [.stream], keys: readsKey, group: .stream, since: "5.0.0",
        complexity: "O(N) where N is the number of entries returned.",
        summary: "Returns the entries of a stream within a range of IDs, the last ones first.",
        syntax: "key end start [COUNT count]"
    ) { unsafe xrange(&$0.context, forward: false) },
    unsafe Command(
        "xsetid", arity: -3, [.write, .denyOutOfMemory, .fast], [.stream], keys: [.one([.readWrite, .update])],
        group: .stream, since: "5.0.0", summary: "Sets what a stream says of the entries it has had.",
        syntax: "key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]"
    ) { unsafe xsetid(&$0.context) },
]

private let streamDeletingCommands: [Command] = unsafe [
    Command(
        "xdel", arity: -3, [.write, .fast], [.stream], keys: [.one([.readWrite, .delete])], group: .stream,
        since: "5.0.0", complexity: "O(1) for each entry.",
        summary: "Removes entries from a stream and returns how many there were.", syntax: "key id [id ...]"
    ) { unsafe xdel(&$0.context) },
    unsafe Command(
        "xdelex", arity: -5, [.write, .fast], [.stream], keys: [.one([.readWrite, .delete])], group: .stream,
        since: "8.2.0", complexity: "O(1) for each entry.",
        summary: "Removes entries from a stream, with regard to the groups that have them pending.",
        syntax: "key [KEEPREF | DELREF | ACKED] <IDS numids id [id ...]>"
    ) { unsafe xdelex(&$0.context) },
    unsafe Command(
        "xtrim", arity: -4, [.write], [.stream], keys: [.one([.readWrite, .delete])], group: .stream, since: "5.0.0",
        complexity: "O(N) where N is the number of entries removed.",
        summary: "Removes entries from the beginning of a stream.",
        syntax: "key <<MAXLEN | MINID> [= | ~] threshold [LIMIT count] [KEEPREF | DELREF | ACKED]>",
        tips: ["nondeterministic_output"]
    ) { unsafe xtrim(&$0.context) },
]
