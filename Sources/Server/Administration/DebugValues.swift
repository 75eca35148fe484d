// DEBUG HTSTATS-KEY, LISTPACK and QUICKLIST: how a value is stored.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

/// The entry of the key in the third argument; nil: an error was replied.
private func entry(_ context: CommandContext) -> Entry? {
    let key = context.key(2)
    let database = unsafe key.shard.pointee.database(context.database)
    let found = database.find(key.name, hash: key.hash, now: context.now, .peek)
    if found == nil { context.reply.error(ErrorText.noSuchKey) }
    return found?.entry
}

func debugElementTable(_ context: CommandContext) {
    guard let entry = entry(context) else { return }
    guard entry.encoding == .hashTable || entry.encoding == .sortedTree else {
        return context.reply.error(
            "ERR The value stored at the specified key is not represented using an hash table")
    }
    let count: Int
    if entry.encoding == .sortedTree {
        count = SortedSetValue(entry.external).count
    } else {
        count = unsafe ElementTable(address: entry.external.address).count
    }
    context.reply.verbatim(
        "txt",
        """
        Hash table 0 stats (main hash table):
         number of elements: \(count)
         bytes, elements included: \(entry.external.memoryBytes)

        """)
}

/// Redis prints the structure on its standard output; here the reply alone tells of it.
func debugStructure(_ context: CommandContext, _ encodings: [ValueEncoding], _ name: StaticString) {
    guard let entry = entry(context) else { return }
    guard encodings.contains(entry.encoding) else {
        return context.reply.error("ERR Not a \(name) encoded object.")
    }
    context.reply.simple("\("\(name)".capitalizedFirst) structure printed on stdout")
}

/// What DEBUG OBJECT adds for a long list.
func quicklistDescription(_ entry: Entry, limit: Int) -> String {
    let list = unsafe Quicklist(address: entry.external.address)
    var bytes = 0
    var next = list.first
    while let node = next {
        bytes += node.isLarge ? node.large.count : node.listpack.totalBytes
        next = node.next
    }
    let hundredths = list.count * 100 / max(1, list.nodeCount)
    let average = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    return " ql_nodes:\(list.nodeCount) ql_avg_node:\(average) ql_listpack_max:\(limit) ql_compressed:0"
        + " ql_uncompressed_size:\(bytes)"
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
