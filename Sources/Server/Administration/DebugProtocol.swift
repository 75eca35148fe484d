// DEBUG PROTOCOL: a reply of every type, for the tests of client libraries; and DEBUG DIGEST.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

func debugProtocol(_ context: CommandContext) {
    let reply = context.reply
    switch context.arguments[2].string.lowercased() {
    case "string": reply.bulk("Hello World")
    case "integer": reply.integer(12345)
    case "double": reply.double(3.141)
    case "null": reply.null()
    case "array": count(reply) { reply.array($0) }
    case "set": count(reply) { reply.set($0) }
    case "map":
        reply.map(3)
        for number in 0..<3 {
            reply.integer(number)
            reply.boolean(number == 1)
        }
    case "attrib":
        if reply.isRESP3 {
            reply.attribute(1)
            reply.bulk("key-popularity")
            reply.array(2)
            reply.bulk("key:123")
            reply.integer(90)
        }
        reply.bulk("Some real reply following the attribute")
    case "push":
        guard reply.isRESP3 else { return reply.error("ERR RESP2 is not supported by this command") }
        reply.push(2)
        reply.bulk("server-cpu-usage")
        reply.integer(42)
        reply.bulk("Some real reply following the push reply")
    case "true": reply.boolean(true)
    case "false": reply.boolean(false)
    case "verbatim": reply.verbatim("txt", "This is a verbatim\nstring")
    case "bignum": reply.bigNumber(ByteView("1234567999999999999999999999999999999"))
    default:
        reply.error(
            """
            ERR Wrong protocol type name. Please use one of the following: \
            string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false
            """)
    }
}

private func count(_ reply: ReplyWriter, _ header: (Int) -> Void) {
    header(3)
    for number in 0..<3 { reply.integer(number) }
}

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
                    text += value(entry)
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
            let sum = found.map { digest(value($0.entry)) } ?? [UInt32](repeating: 0, count: words)
            context.reply.simple(hexadecimal(sum))
        }
    }

    private static func value(_ entry: Entry) -> [UInt8] {
        var text = Array(" \(entry.type.name) ".utf8)
        if entry.type == .string { entry.withString { text += $0.bytes } }
        return text
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
