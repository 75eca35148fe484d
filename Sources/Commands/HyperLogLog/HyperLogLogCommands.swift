// The table entries of the HyperLogLog commands.
import Bytes
import Keyspace
import RESP

package let hyperLogLogCommands: [Command] = unsafe [
    Command(
        "pfadd", arity: -2, [.write, .denyOutOfMemory, .fast], [.hyperLogLog], keys: [.one([.readWrite, .insert])],
        group: .hyperloglog, since: "2.8.9", complexity: "O(1) for each element.",
        summary: "Adds elements to a HyperLogLog and says whether its estimate may have changed.",
        syntax: "key [element [element ...]]"
    ) { unsafe pfadd(&$0.context) },
    unsafe Command(
        "pfcount", arity: -2, [.readonly, .mayReplicate], [.hyperLogLog], keys: [.all([.readWrite, .access])],
        group: .hyperloglog, since: "2.8.9",
        complexity: "O(1) for one key, O(N) for N of them; the constants are large.",
        summary: "Estimates how many different elements were added to one HyperLogLog or to several together.",
        syntax: "key [key ...]"
    ) { unsafe pfcount(&$0.context) },
    unsafe Command(
        "pfmerge", arity: -2, [.write, .denyOutOfMemory], [.hyperLogLog],
        keys: [.one([.readWrite, .access, .insert]), .all([.readOnly, .access], from: 2)], group: .hyperloglog,
        since: "2.8.9", complexity: "O(N) for N keys.",
        summary: "Adds all that several HyperLogLogs have seen to another one.",
        syntax: "destkey [sourcekey [sourcekey ...]]"
    ) { unsafe pfmerge(&$0.context) },
    unsafe Command(
        "pfdebug", arity: 3, [.write, .denyOutOfMemory, .admin], [.hyperLogLog],
        keys: [.one([.readWrite, .access], at: 2)], group: .hyperloglog, since: "2.8.9", complexity: "O(1)",
        summary: "Shows or changes how a HyperLogLog is stored.", syntax: "subcommand key"
    ) { unsafe pfdebug(&$0.context) },
    unsafe Command(
        "pfselftest", arity: 1, [.admin], [.hyperLogLog], routing: .keyless, group: .hyperloglog, since: "2.8.9",
        complexity: "O(1)",
        summary: "Checks the arithmetic of HyperLogLogs."
    ) { unsafe pfselftest(&$0.context) },
]
