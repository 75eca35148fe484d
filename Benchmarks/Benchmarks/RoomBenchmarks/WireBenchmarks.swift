// The request parser and the reply writer.
import Bytes
import RESP

/// One read's worth of requests, parsed again and again.
@safe
private final class ParserSubject {
    private var input = ByteBuffer()
    private var arguments = ArgumentList()
    private let limits = RequestParser.Limits()

    init(_ requests: [String]) {
        for request in requests { input.append(request) }
    }

    deinit {
        input.deallocate()
        arguments.deallocate()
    }

    @inline(never)
    func parse() -> Int {
        var parser = RequestParser()
        var position = 0
        var count = 0
        arguments.clear()
        guard let base = unsafe input.base else { return 0 }
        while unsafe parser.next(base, &position, input.count, into: &arguments, limits: limits) == .command {
            count += 1
        }
        return count
    }
}

/// Replies into one buffer.
@safe
private final class WriterSubject {
    private let buffer: UnsafeMutablePointer<ReplyBuffer>
    private var value = ByteBuffer()

    init(_ text: String) {
        value.append(text)
        unsafe buffer = .allocate(capacity: 1)
        unsafe buffer.initialize(to: ReplyBuffer())
    }

    deinit {
        unsafe buffer.pointee.deallocate()
        unsafe buffer.deallocate()
        value.deallocate()
    }

    var writer: ReplyWriter { unsafe ReplyWriter(buffer, protocolVersion: 2) }

    func clear() { unsafe buffer.pointee.clear() }

    @inline(never)
    func writeScalars() {
        clear()
        writer.ok()
        writer.bulk(value.view)
        writer.integer(1_234_567)
        writer.null()
    }

    @inline(never)
    func writeArray() {
        clear()
        writer.array(100)
        for _ in 0..<100 { writer.bulk(value.view) }
    }
}

enum RequestText {
    static let value = "0123456789abcdef"

    static func get(_ number: Int) -> String { "*2\r\n$3\r\nGET\r\n$16\r\n\(key(number))\r\n" }
    static func set(_ number: Int) -> String { "*3\r\n$3\r\nSET\r\n$16\r\n\(key(number))\r\n$16\r\n\(value)\r\n" }

    /// Sixteen bytes.
    static func key(_ number: Int) -> String { "key:" + String(String(number + 1_000_000_000_000).dropFirst()) }
}

func wireBenchmarks() {
    let one = ParserSubject([RequestText.get(1)])
    repeated("parse GET") { one.parse() }
    let other = ParserSubject([RequestText.set(1)])
    repeated("parse SET") { other.parse() }
    let hundred = ParserSubject((0..<100).map { RequestText.get($0) })
    repeated("parse pipeline of 100 GET") { hundred.parse() }
    let writer = WriterSubject(RequestText.value)
    repeated("write OK, bulk, integer and null") { writer.writeScalars() }
    repeated("write array of 100 bulks") { writer.writeArray() }
}
