// DEBUG DIGEST and DEBUG DIGEST-VALUE: fingerprints of data.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

/// Fingerprints of data that do not depend on the order or the place of keys: equal data, equal digest. They are this
/// server's own, no other server has the same.
enum DataDigest {
    private static let words = 5

    static func reply(_ context: CommandContext) {
        var sum = [UInt32](repeating: 0, count: words)
        for number in 0..<context.keyspace.map.shardCount {
            for index in 0..<context.server.options.databases {
                unsafe context.keyspace.shards[number].pointee.database(index).forEach { entry in
                    if entry.isExpired(now: context.now) { return }
                    var text = Array("\(index) \(entry.deadline) ".utf8) + entry.key.bytes
                    text += value(entry, now: context.now)
                    for (place, word) in digest(text).enumerated() { sum[place] ^= word }
                }
            }
        }
        context.reply.simple(hexadecimal(sum))
    }

    static func replyValues(_ context: CommandContext) {
        context.reply.array(context.arguments.count - 2)
        for position in 2..<context.arguments.count {
            let key = context.key(position)
            let database = unsafe key.shard.pointee.database(context.database)
            let found = database.find(key.name, hash: key.hash, now: context.now, .peek)
            let sum = found.map { digest(value($0.entry, now: context.now)) } ?? [UInt32](repeating: 0, count: words)
            context.reply.simple(hexadecimal(sum))
        }
    }

    private static func value(_ entry: Entry, now: Int64) -> [UInt8] {
        var text = Array(" \(entry.type.name) ".utf8)
        switch entry.type {
        case .string: entry.withString { text += $0.bytes }
        case .list: text += list(ListValue(entry.external))
        case .hash:
            let hash = HashValue(entry.external)
            text += unordered { add in
                hash.forEach(now: now) { name, value in
                    let deadline = name.withBytes { hash.find($0, now: now)?.deadline ?? .max }
                    add(bytes(name) + Array(" \(deadline) ".utf8) + bytes(value))
                }
            }
        case .set: text += unordered { add in SetValue(entry.external).forEach { add(bytes($0)) } }
        case .sortedSet: text += sortedSet(SortedSetValue(entry.external))
        case .stream: text += stream(StreamValue(entry.external))
        }
        return text
    }

    private static func stream(_ stream: StreamValue) -> [UInt8] {
        var text = Array("\(stream.lastID) \(stream.entriesAdded) \(stream.maximumDeletedID)".utf8)
        var cursor = stream.entries(from: .zero, to: .maximum)
        while cursor.advance(), let entry = cursor.entry {
            text += Array(" \(entry.id) ".utf8)
            entry.forEachField { name, value in text += bytes(name) + bytes(value) }
        }
        for index in 0..<stream.groupCount {
            let group = stream.group(at: index)
            text += group.name.bytes + Array(" \(group.lastID) \(group.entriesRead) ".utf8)
            var pending = group.pending(atOrAfter: .zero)
            while var current = pending {
                let entry = current.entry
                text += Array("\(current.id) \(entry.deliveryTime) \(entry.deliveryCount) ".utf8)
                text += entry.consumer.name.bytes
                pending = current.advance() ? current : nil
            }
        }
        return text
    }

    private static func sortedSet(_ set: SortedSetValue) -> [UInt8] {
        var text: [UInt8] = []
        var left = set.count
        if left == 0 { return text }
        var cursor = set.cursor(rank: 0)
        while true {
            // Only in a listpack does minus zero lose its sign.
            text += bytes(cursor.member) + Array(" \(cursor.score + 0) ".utf8)
            left -= 1
            if left == 0 { return text }
            cursor.advance()
        }
    }

    private static func bytes(_ element: ListpackElement) -> [UInt8] {
        element.withBytes { Array("\($0.count) ".utf8) + $0.bytes }
    }

    private static func list(_ list: ListValue) -> [UInt8] {
        var text: [UInt8] = []
        guard var cursor = list.end(atFront: true) else { return text }
        repeat { text += bytes(cursor.element) } while cursor.advance()
        return text
    }

    /// The digest of elements in any order.
    private static func unordered(_ elements: ((([UInt8]) -> Void)) -> Void) -> [UInt8] {
        var sum = [UInt32](repeating: 0, count: words)
        elements { element in
            for (place, word) in digest(element).enumerated() { sum[place] ^= word }
        }
        return Array(hexadecimal(sum).utf8)
    }

    /// 160 bits out of seeded hashes.
    private static func digest(_ text: [UInt8]) -> [UInt32] {
        ByteView.withView(text) { view in
            (0..<words).map { UInt32(truncatingIfNeeded: KeyHash.hash(view, seed: UInt64($0 + 1) &* 0x9e37_79b9)) }
        }
    }

    private static func hexadecimal(_ words: [UInt32]) -> String {
        words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}
