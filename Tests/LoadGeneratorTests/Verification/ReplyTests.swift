// Replies as values, whole and in the order they come.
import Bytes
@testable import LoadGenerator
import Testing

@Suite struct ReplyTests {
    private func read(_ text: String) -> Reply? {
        ByteView.withView(Array(text.utf8)) { view in
            var position = 0
            guard let reply = Reply.read(view, &position), position == view.count else { return nil }
            return reply
        }
    }

    @Test func scalars() {
        #expect(read("+OK\r\n")?.isOK == true)
        #expect(read("-ERR no\r\n") == .error("ERR no"))
        #expect(read("-WRONGTYPE x y\r\n")?.errorCode == "WRONGTYPE")
        #expect(read(":-7\r\n") == .integer(-7))
        #expect(read("$4\r\na\r\nb!\r\n") == nil)
        #expect(read("$4\r\na\r\nb\r\n") == .bulk(Array("a\r\nb".utf8)))
        #expect(read("$0\r\n\r\n") == .bulk([]))
        for null in ["$-1\r\n", "*-1\r\n", "_\r\n"] { #expect(read(null)?.isNull == true) }
        #expect(read(",1.5\r\n") == .double(1.5))
        #expect(read("#t\r\n") == .boolean(true))
        #expect(read("(12345678901234567890\r\n")?.text == "12345678901234567890")
        #expect(read("!5\r\nERR x\r\n") == .error("ERR x"))
        #expect(read("=5\r\ntxt:x\r\n")?.text == "txt:x")
    }

    @Test func aggregates() {
        #expect(read("*2\r\n:1\r\n*1\r\n$1\r\na\r\n") == .array([.integer(1), .array([.bulk([97])])]))
        #expect(read("*0\r\n") == .array([]))
        #expect(read("%1\r\n+a\r\n:1\r\n")?.elements?.count == 2)
        #expect(read("~1\r\n:1\r\n") == .array([.integer(1)]))
        // What is out of band, or about the reply, is left out.
        #expect(read(">1\r\n+note\r\n:1\r\n") == .integer(1))
        #expect(read("|1\r\n+a\r\n+b\r\n:1\r\n") == .integer(1))
    }

    @Test(arguments: ["", "x\r\n", ":1", ":x\r\n", "$3\r\nab\r\n", "*1\r\n", "*99999999\r\n:1\r\n", "$x\r\n"])
    func whatIsNoReply(text: String) {
        #expect(read(text) == nil)
    }

    @Test func numbersInText() {
        #expect(Reply.bulk(Array("12".utf8)).integer == 12)
        #expect(Reply.double(12).integer == 12)
        #expect(Reply.simple("12").integer == nil)
        #expect(Reply.bulk(Array("1x".utf8)).integer == nil)
    }

    @Test func requests() {
        let request: Request = ["SET", "k", "ä"]
        #expect(String(decoding: request.encoded, as: UTF8.self) == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nä\r\n")
        #expect(request.text == "SET k ä")
        #expect(Request([Array("x".utf8), [UInt8](repeating: 97, count: 100)]).text.hasSuffix("… (100 bytes)"))
    }
}
