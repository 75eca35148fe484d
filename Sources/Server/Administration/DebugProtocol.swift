// DEBUG PROTOCOL: a reply of every type, for the tests of client libraries.
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
