// Replies in pieces of every size.
import Bytes
import LoadGenerator
import Testing

@Suite struct ReplyCounterTests {
    /// Replies of every type, and which of them are errors.
    static let replies: [(text: String, isError: Bool)] = [
        ("+OK\r\n", false), ("-ERR something is wrong\r\n", true), (":-12\r\n", false), ("$3\r\nabc\r\n", false),
        ("$0\r\n\r\n", false), ("$-1\r\n", false), ("*0\r\n", false), ("*-1\r\n", false),
        ("*2\r\n$1\r\na\r\n*3\r\n:1\r\n-ERR inside\r\n$-1\r\n", false), ("_\r\n", false), (",3.5\r\n", false),
        ("#t\r\n", false), ("(123456789012345678901234567890\r\n", false), ("!5\r\nERR x\r\n", true),
        ("=7\r\ntxt:a\r\n\r\n", false), ("%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n", false), ("~2\r\n:1\r\n:2\r\n", false),
        ("|1\r\n+key\r\n+value\r\n$2\r\nhi\r\n", false),
        ("*2\r\n|1\r\n+k\r\n+v\r\n:1\r\n:2\r\n", false), ("$5\r\n\r\n+OK\r\n", false),
    ]

    private func outcomes(_ pieces: [String]) -> [Bool]? {
        var counter = ReplyCounter()
        var found: [Bool] = []
        for piece in pieces {
            let isRight = ByteView.withView(piece) { view in
                var position = 0
                while true {
                    switch counter.next(view, &position) {
                    case .reply: found.append(false)
                    case .error: found.append(true)
                    case .more: return position == view.count
                    case .malformed: return false
                    }
                }
            }
            if !isRight { return nil }
        }
        return found
    }

    @Test func wholeStream() {
        #expect(outcomes([Self.replies.map(\.text).joined()]) == Self.replies.map(\.isError))
    }

    @Test func splitAtEveryBoundary() {
        let stream = Array(Self.replies.map(\.text).joined().utf8)
        for cut in 0...stream.count {
            let pieces = [stream[..<cut], stream[cut...]].map { String(decoding: $0, as: UTF8.self) }
            #expect(outcomes(pieces) == Self.replies.map(\.isError), "cut at \(cut)")
        }
    }

    @Test(arguments: [1, 2, 3, 7])
    func piecesOfOneSize(size: Int) {
        let stream = Array(Self.replies.map(\.text).joined().utf8)
        let pieces = stride(from: 0, to: stream.count, by: size).map { start in
            String(decoding: stream[start..<min(start + size, stream.count)], as: UTF8.self)
        }
        #expect(outcomes(pieces) == Self.replies.map(\.isError))
    }

    @Test func pushesAreNotCounted() {
        #expect(outcomes([">2\r\n+invalidate\r\n*1\r\n$1\r\na\r\n+OK\r\n>1\r\n+x\r\n"]) == [false])
    }

    @Test(arguments: ["OK\r\n", "$x\r\n", "$99999999999999999999\r\n", "*1\r\nabc", "\r\n"])
    func othersAreMalformed(text: String) {
        #expect(outcomes([text]) == nil)
    }
}
