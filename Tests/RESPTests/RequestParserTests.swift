// Requests in, arguments or errors out: in one piece, and split at every byte.
import Bytes
import RESP
import Testing

/// Feeds `pieces` one after the other and returns every command as arrays of text, and the error if one ended it.
func parse(
    _ pieces: [[UInt8]], limits: RequestParser.Limits = .init()
) -> (commands: [[String]], failure: ProtocolError?, complete: Bool) {
    var parser = RequestParser()
    var arguments = ArgumentList()
    var input = ByteBuffer()
    defer {
        arguments.deallocate()
        input.deallocate()
    }
    var commands: [[String]] = []
    var position = 0
    var start = 0
    // The buffer is made as large as it gets first, so that it does not move; moving is tested by itself.
    input.reserve(pieces.reduce(1) { $0 + $1.count })
    for piece in pieces {
        input.append(piece)
        reading: while true {
            let outcome = unsafe parser.next(
                input.base.unsafelyUnwrapped, &position, input.count, into: &arguments, limits: limits)
            switch outcome {
            case .command:
                commands.append((start..<arguments.count).map { arguments[$0].string })
                start = arguments.count
            case .incomplete: break reading
            case .failed(let error): return (commands, error, false)
            }
        }
    }
    return (commands, nil, !parser.isInsideCommand && position == input.count)
}

struct RequestCase: Sendable, CustomTestStringConvertible {
    let wire: String
    let commands: [[String]]
    var failure: ProtocolError?
    var complete = true

    var testDescription: String { String(wire.debugDescription.prefix(60)) }
}

private let longWord = String(repeating: "x", count: 5_000)

let requestCases: [RequestCase] = [
    .init(wire: "*1\r\n$4\r\nPING\r\n", commands: [["PING"]]),
    .init(wire: "*2\r\n$3\r\nGET\r\n$16\r\n0123456789abcdef\r\n", commands: [["GET", "0123456789abcdef"]]),
    .init(
        wire: "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n", commands: [["SET", "k", ""], ["PING"]]),
    .init(wire: "*2\r\n$4\r\nECHO\r\n$5000\r\n\(longWord)\r\n", commands: [["ECHO", longWord]]),
    .init(
        wire: "*2\r\n$4\r\nECHO\r\n$100\r\n\(longWord.prefix(100))\r\n",
        commands: [["ECHO", "\(longWord.prefix(100))"]]),
    .init(
        wire: "*12\r\n" + String(repeating: "$1\r\na\r\n", count: 12),
        commands: [Array(repeating: "a", count: 12)]),
    .init(
        wire: "*2\r\n$10\r\nXREADGROUP\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n",
        commands: [["XREADGROUP", "a"], ["PING"]]),
    .init(
        wire: "*120\r\n" + String(repeating: "$2\r\nab\r\n", count: 120) + "*1\r\n$4\r\nPING\r\n",
        commands: [Array(repeating: "ab", count: 120), ["PING"]]),
    .init(
        wire: "*10\r\n" + String(repeating: "$1\r\na\r\n", count: 9) + "$1000\r\n\(longWord.prefix(1000))\r\n",
        commands: [Array(repeating: "a", count: 9) + ["\(longWord.prefix(1000))"]]),
    .init(
        wire: "*11\r\n" + String(repeating: "$1\r\na\r\n", count: 9) + "$01\r\na\r\n", commands: [],
        failure: .invalidBulkLength, complete: false),
    .init(wire: "*0\r\n*-1\r\n*-5\r\n*1\r\n$1\r\nx\r\n", commands: [["x"]]),
    .init(wire: "*1\r\n$2\r\n\r\n\r\n", commands: [["\r\n"]]),
    .init(wire: "*1\rx$1\rxa..", commands: [["a"]]),
    .init(wire: "*1\r\n$4\r\nPI", commands: [], complete: false),
    .init(wire: "PING\r\n", commands: [["PING"]]),
    .init(wire: "PING\nPING\n", commands: [["PING"], ["PING"]]),
    .init(wire: "\r\n\n  \r\nPING\r\n", commands: [["PING"]]),
    .init(wire: "  set  a   b  \r\n", commands: [["set", "a", "b"]]),
    .init(wire: #"set "a b" 'c d'"# + "\r\n", commands: [["set", "a b", "c d"]]),
    .init(
        wire: #"set "\x41\n\r\t\b\a\"\\\q" '\'\n'"# + "\r\n", commands: [["set", "A\n\r\t\u{8}\u{7}\"\\q", #"'\n"#]]),
    .init(wire: #"set "" ''"# + "\r\n", commands: [["set", "", ""]]),
    .init(wire: #"a"b c"  x"# + "\r\n", commands: [["ab c", "x"]]),
    .init(wire: "set \"a\r\n", commands: [], failure: .unbalancedQuotes, complete: false),
    .init(wire: "set \"a\"b\r\n", commands: [], failure: .unbalancedQuotes, complete: false),
    .init(wire: "set 'a'b\r\n", commands: [], failure: .unbalancedQuotes, complete: false),
    .init(wire: "*a\r\n", commands: [], failure: .invalidMultibulkLength, complete: false),
    .init(wire: "*\r\n", commands: [], failure: .invalidMultibulkLength, complete: false),
    .init(wire: "*+1\r\n", commands: [], failure: .invalidMultibulkLength, complete: false),
    .init(wire: "*01\r\n", commands: [], failure: .invalidMultibulkLength, complete: false),
    .init(wire: "*2147483648\r\n", commands: [], failure: .invalidMultibulkLength, complete: false),
    .init(wire: "*1\r\n$-1\r\n", commands: [], failure: .invalidBulkLength, complete: false),
    .init(wire: "*1\r\n$x\r\n", commands: [], failure: .invalidBulkLength, complete: false),
    .init(wire: "*1\r\n$536870913\r\n", commands: [], failure: .invalidBulkLength, complete: false),
    .init(wire: "*1\r\n$99999999999999999999\r\n", commands: [], failure: .invalidBulkLength, complete: false),
    .init(wire: "*1\r\nfoo\r\n", commands: [], failure: .expectedDollar(0x66), complete: false),
    .init(wire: "*1\r\n\r\n", commands: [], failure: .expectedDollar(0x0d), complete: false),
    .init(
        wire: "*" + String(repeating: "1", count: 70_000), commands: [], failure: .tooBigMultibulkCount,
        complete: false),
    .init(
        wire: "*1\r\n$" + String(repeating: "1", count: 70_000), commands: [], failure: .tooBigBulkCount,
        complete: false),
    .init(
        wire: String(repeating: "a", count: 70_000), commands: [], failure: .tooBigInlineRequest, complete: false),
]

@Test(arguments: requestCases)
func requestInOnePiece(_ request: RequestCase) {
    let result = parse([Array(request.wire.utf8)])
    #expect(result.commands == request.commands)
    #expect(result.failure == request.failure)
    #expect(result.complete == request.complete)
}

@Test(arguments: requestCases)
func requestSplitAnywhere(_ request: RequestCase) {
    let wire = Array(request.wire.utf8)
    let step = wire.count > 1_000 ? 997 : 1
    for split in stride(from: 0, through: wire.count, by: step) {
        let result = parse([Array(wire[..<split]), Array(wire[split...])])
        #expect(result.commands == request.commands, "split at \(split)")
        #expect(result.failure == request.failure, "split at \(split)")
        #expect(result.complete == request.complete, "split at \(split)")
    }
}

@Test(arguments: requestCases.filter { $0.wire.utf8.count < 1_000 })
func requestByteByByte(_ request: RequestCase) {
    let result = parse(request.wire.utf8.map { [$0] })
    #expect(result.commands == request.commands)
    #expect(result.failure == request.failure)
}
