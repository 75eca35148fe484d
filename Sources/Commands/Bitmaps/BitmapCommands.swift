// The table entries of the commands on bits of strings.
import Bytes
import Keyspace
import RESP

package let bitmapCommands: [Command] = unsafe [
    Command(
        "setbit", arity: 4, [.write, .denyOutOfMemory], [.bitmap], keys: [.one([.readWrite, .access, .update])],
        group: .bitmap, since: "2.2.0",
        summary: "Sets or clears a bit of a string value, which grows if it must, and returns the bit before.",
        syntax: "key offset value"
    ) { unsafe setbit(&$0.context) },
    unsafe Command(
        "getbit", arity: 3, [.readonly, .fast], [.bitmap], keys: [.one([.readOnly, .access])], group: .bitmap,
        since: "2.2.0", summary: "Returns a bit of a string value.", syntax: "key offset"
    ) { unsafe getbit(&$0.context) },
    unsafe Command(
        "bitcount", arity: -2, [.readonly], [.bitmap], keys: [.one([.readOnly, .access])], group: .bitmap,
        since: "2.6.0", complexity: "O(N) for N bytes.", summary: "Counts the bits that are set in a string value.",
        syntax: "key [start end [BYTE | BIT]]"
    ) { unsafe bitcount(&$0.context) },
    unsafe Command(
        "bitpos", arity: -3, [.readonly], [.bitmap], keys: [.one([.readOnly, .access])], group: .bitmap,
        since: "2.8.7", complexity: "O(N) for N bytes.",
        summary: "Finds the first bit of a string value that is set, or that is clear.",
        syntax: "key bit [start [end [BYTE | BIT]]]"
    ) { unsafe bitpos(&$0.context) },
    unsafe Command(
        "bitop", arity: -4, [.write, .denyOutOfMemory], [.bitmap],
        keys: [.one([.overwrite, .update], at: 2), .all([.readOnly, .access], from: 3)], group: .bitmap,
        since: "2.6.0", complexity: "O(N) for N bytes of the longest string.",
        summary: "Combines the bits of several string values and stores the result.",
        syntax: "<AND | OR | XOR | NOT | DIFF | DIFF1 | ANDOR | ONE> destkey key [key ...]"
    ) { unsafe bitop(&$0.context) },
    unsafe Command(
        "bitfield", arity: -2, [.write, .denyOutOfMemory], [.bitmap],
        keys: [.one([.readWrite, .access, .update, .variableFlags])], group: .bitmap, since: "3.2.0",
        complexity: "O(1) for each operation.",
        summary: "Reads and changes integers of any width at any bit of a string value.",
        syntax: """
            key [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] <SET encoding offset value | \
            INCRBY encoding offset increment> ...]
            """
    ) { unsafe bitfield(&$0.context) },
    unsafe Command(
        "bitfield_ro", arity: -2, [.readonly, .fast], [.bitmap], keys: [.one([.readOnly, .access])], group: .bitmap,
        since: "6.0.0", complexity: "O(1) for each operation.",
        summary: "Reads integers of any width at any bit of a string value.",
        syntax: "key [GET encoding offset [GET encoding offset ...]]"
    ) { unsafe bitfieldReadOnly(&$0.context) },
]
