// Replies byte by byte, in both protocol versions.
import Bytes
import RESP
import Testing

/// What `write` produces under a protocol version.
func reply(_ protocolVersion: Int, _ write: (ReplyWriter) -> Void) -> String {
    var buffer = ReplyBuffer()
    defer { buffer.deallocate() }
    unsafe withUnsafeMutablePointer(to: &buffer) { unsafe write(ReplyWriter($0, protocolVersion: protocolVersion)) }
    return buffer.bytes.view.string
}

struct ReplyCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let resp2: String
    let resp3: String
    let write: @Sendable (ReplyWriter) -> Void

    init(_ name: String, _ resp2: String, _ resp3: String? = nil, write: @escaping @Sendable (ReplyWriter) -> Void) {
        testDescription = name
        self.resp2 = resp2
        self.resp3 = resp3 ?? resp2
        self.write = write
    }
}

private let long = String(repeating: "z", count: 1_234)

let replyCases: [ReplyCase] = [
    ReplyCase("ok", "+OK\r\n") { $0.ok() },
    ReplyCase("simple", "+PONG\r\n") { $0.simple("PONG") },
    ReplyCase("literal error", "-ERR syntax error\r\n") { $0.error(ErrorText.syntax) },
    ReplyCase("error with line ends", "-ERR a  b\r\n") { $0.error("ERR a\r\nb" as String) },
    ReplyCase("integers", ":0\r\n:-1\r\n:99\r\n:9223372036854775807\r\n") {
        $0.integer(0)
        $0.integer(-1)
        $0.integer(99)
        $0.integer(Int64.max)
    },
    ReplyCase("bulks", "$0\r\n\r\n$3\r\nabc\r\n$16\r\n0123456789abcdef\r\n$1234\r\n\(long)\r\n") {
        $0.bulk("")
        $0.bulk("abc")
        $0.bulk("0123456789abcdef")
        $0.bulk(long)
    },
    ReplyCase(
        "bulks of integers",
        "$1\r\n7\r\n$2\r\n-7\r\n$9\r\n123456789\r\n$10\r\n1234567890\r\n$20\r\n-9223372036854775808\r\n"
    ) {
        $0.bulk(integer: 7)
        $0.bulk(integer: -7)
        $0.bulk(integer: 123_456_789)
        $0.bulk(integer: 1_234_567_890)
        $0.bulk(integer: Int64.min)
    },
    ReplyCase("null", "$-1\r\n", "_\r\n") { $0.null() },
    ReplyCase("null array", "*-1\r\n", "_\r\n") { $0.nullArray() },
    ReplyCase("array", "*2\r\n:1\r\n:2\r\n") {
        $0.array(2)
        $0.integer(1)
        $0.integer(2)
    },
    ReplyCase("map", "*4\r\n", "%2\r\n") { $0.map(2) },
    ReplyCase("set", "*2\r\n", "~2\r\n") { $0.set(2) },
    ReplyCase("push", "*3\r\n", ">3\r\n") { $0.push(3) },
    ReplyCase(
        "double", "$3\r\n1.5\r\n$19\r\n0.10000000000000001\r\n$3\r\ninf\r\n", ",1.5\r\n,0.10000000000000001\r\n,inf\r\n"
    ) {
        $0.double(1.5)
        $0.double(0.1)
        $0.double(.infinity)
    },
    ReplyCase("long double", "$4\r\n15.5\r\n", ",15.5\r\n") { $0.longDouble(15.5) },
    ReplyCase("boolean", ":1\r\n:0\r\n", "#t\r\n#f\r\n") {
        $0.boolean(true)
        $0.boolean(false)
    },
    ReplyCase("big number", "$3\r\n123\r\n", "(123\r\n") { $0.bigNumber(ByteView("123")) },
    ReplyCase("verbatim", "$5\r\nhello\r\n", "=9\r\ntxt:hello\r\n") { $0.verbatim("txt", "hello") },
    ReplyCase("deferred", "*2\r\n*2\r\n:1\r\n:2\r\n*0\r\n", "*2\r\n%1\r\n:1\r\n:2\r\n~0\r\n") {
        let outer = $0.deferLength()
        let inner = $0.deferLength()
        $0.integer(1)
        $0.integer(2)
        $0.finishMap(inner, 1)
        $0.finishSet($0.deferLength(), 0)
        $0.finishArray(outer, 2)
    },
    ReplyCase("arity", "-ERR wrong number of arguments for 'config|get' command\r\n") { $0.wrongArity("config|get") },
    ReplyCase("subcommand", "-ERR unknown subcommand 'Foo'. Try OBJECT HELP.\r\n") {
        $0.unknownSubcommand(ByteView("Foo"), of: ByteView("object"))
    },
    ReplyCase("protocol error", "-ERR Protocol error: expected '$', got ' '\r\n") {
        ProtocolError.expectedDollar(0x0d).write(to: $0)
    },
]

@Test(arguments: replyCases)
func replies(_ reply: ReplyCase) {
    #expect(RESPTests.reply(2, reply.write) == reply.resp2)
    #expect(RESPTests.reply(3, reply.write) == reply.resp3)
}

@Test func attributesExistInRESP3() {
    #expect(reply(3) { $0.attribute(1) } == "|1\r\n")
}

@Test func unknownCommandsAreQuotedInPart() {
    var arguments = ArgumentList()
    defer { arguments.deallocate() }
    arguments.append(ByteView("foo\r\nx"))
    arguments.append(ByteView("a\0b"))
    let text = reply(2) { $0.unknownCommand(arguments[0], arguments, 1..<2) }
    #expect(text == "-ERR unknown command 'foo  x', with args beginning with: 'a' \r\n")
}

/// A cursor over all replies of the table ends exactly where each reply ends, and nowhere in an unfinished one.
@Test(arguments: replyCases)
func cursorFindsTheEnds(_ reply: ReplyCase) {
    for version in 2...3 {
        let bytes = Array((RESPTests.reply(version, reply.write)).utf8)
        let doubled = bytes + bytes
        ByteView.withView(doubled) { view in
            var cursor = ReplyCursor(view)
            var ends: [Int] = []
            while cursor.next() != nil { ends.append(cursor.position) }
            if !["map", "set", "push", "array"].contains(reply.testDescription) {
                #expect(cursor.isAtEnd)
                #expect(ends.contains(bytes.count))
            }
        }
        for length in 0..<bytes.count {
            ByteView.withView(Array(bytes[..<length])) { view in
                var cursor = ReplyCursor(view)
                while cursor.next() != nil {}
                #expect(cursor.position <= length)
            }
        }
    }
}

@Test func cursorEntersAggregates() {
    ByteView.withView("*2\r\n$1\r\na\r\n%1\r\n:1\r\n*-1\r\n+x\r\n") { view in
        var cursor = ReplyCursor(view)
        #expect(cursor.enter() == 2)
        #expect(cursor.next().map { $0 == "$1\r\na\r\n" } == true)
        #expect(cursor.next().map { $0 == "%1\r\n:1\r\n*-1\r\n" } == true)
        #expect(cursor.next().map { $0 == "+x\r\n" } == true)
        #expect(cursor.next() == nil)
    }
}
