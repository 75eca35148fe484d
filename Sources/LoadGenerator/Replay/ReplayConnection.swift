// The connection of a replay: many GETs and SETs at once, and what each was answered.
import Bytes
import Platform

final class ReplayConnection {
    enum Reply: UInt8 {
        case hit, miss, stored, error
    }

    private let descriptor: FileDescriptor
    private let epoll: Epoll
    private let timeoutNanoseconds: Int64
    private var output = ByteBuffer()
    private var input = ByteBuffer()
    /// The text of the first error reply.
    private(set) var firstError: String?

    init(_ options: ReplayOptions) throws(ServerFailure) {
        timeoutNanoseconds = Int64(options.timeoutSeconds * 1e9)
        let name = options.address.text
        (epoll, descriptor) = try Epoll.startConnecting(to: options.address)
        for words in options.greeting {
            RequestText.append(words, to: &output)
            var replies: [Reply] = []
            try exchange(1, &replies)
            if replies[0] == .error {
                throw ServerFailure(description: "\(name) refuses \(words[0]): \(firstError ?? "")")
            }
        }
    }

    deinit {
        descriptor.close()
        epoll.close()
        output.deallocate()
        input.deallocate()
    }

    func appendGet(_ trace: Trace, _ key: Int) {
        output.append("*2\r\n$3\r\nGET\r\n")
        appendKey(trace, key)
    }

    /// `values`: bytes to take the value from, as many as it is long at least.
    func appendSet(_ trace: Trace, _ place: Int, values: [UInt8], lifetime: Int?) {
        output.append(lifetime == nil ? "*3\r\n$3\r\nSET\r\n" : "*5\r\n$3\r\nSET\r\n")
        appendKey(trace, Int(trace.keys[place]))
        let size = Int(trace.sizes[place])
        appendLength(size)
        ByteView.withView(values) { output.append($0.prefix(size)) }
        output.append("\r\n")
        guard let lifetime else { return }
        output.append("$2\r\nEX\r\n")
        appendLength(IntegerText.digitCount(UInt64(lifetime)))
        output.append(decimal: Int64(lifetime))
        output.append("\r\n")
    }

    private func appendKey(_ trace: Trace, _ key: Int) {
        let (start, length) = (trace.nameStarts[key], trace.nameLength(key))
        appendLength(length)
        ByteView.withView(trace.names) { output.append($0.dropFirst(start).prefix(length)) }
        output.append("\r\n")
    }

    private func appendLength(_ length: Int) {
        output.append("$")
        output.append(decimal: Int64(length))
        output.append("\r\n")
    }

    /// Sends what has been appended and reads `count` replies, reading while it sends: neither waits for the other.
    func exchange(_ count: Int, _ replies: inout [Reply]) throws(ServerFailure) {
        replies.removeAll(keepingCapacity: true)
        var sent = 0
        var counter = ReplyCounter()
        var (start, position) = (0, 0)
        var deadline = Clock.monotonicNanoseconds() + timeoutNanoseconds
        while replies.count < count {
            var isIdle = true
            if sent < output.count {
                let rest = output.view.dropFirst(sent)
                switch unsafe descriptor.send(rest.base, count: rest.count) {
                case .bytes(let length): (sent, isIdle) = (sent + length, false)
                case .wouldBlock: break
                case .endOfStream, .failed: throw ServerFailure(description: "the server closed the connection")
                }
            }
            if start > 1 << 16 {
                input.removeFirst(start)
                (start, position) = (0, position - start)
            }
            let tail = unsafe input.writableTail(minimum: 32 * 1024)
            switch unsafe descriptor.read(into: tail.baseAddress!, count: tail.count) {
            case .bytes(let length):
                input.advance(by: length)
                isIdle = false
            case .wouldBlock: break
            case .endOfStream: throw ServerFailure(description: "the server closed the connection")
            case .failed(let error): throw ServerFailure(description: "the connection broke: \(error)")
            }
            try take(count, &counter, &start, &position, &replies)
            if !isIdle {
                deadline = Clock.monotonicNanoseconds() + timeoutNanoseconds
            } else if replies.count < count {
                if Clock.monotonicNanoseconds() > deadline {
                    throw ServerFailure(description: "no reply in \(Double(timeoutNanoseconds) / 1e9) s")
                }
                _ = epoll.wait(milliseconds: 20)
            }
        }
        input.removeAll(keepingCapacity: true)
        output.removeAll(keepingCapacity: true)
    }

    /// Takes the replies that have come, `limit` altogether at most.
    private func take(
        _ limit: Int, _ counter: inout ReplyCounter, _ start: inout Int, _ position: inout Int,
        _ replies: inout [Reply]
    ) throws(ServerFailure) {
        while replies.count < limit {
            switch counter.next(input.view, &position) {
            case .more: return
            case .malformed: throw ServerFailure(description: "a reply is not RESP")
            case .error:
                replies.append(.error)
                if firstError == nil {
                    firstError = ControlConnection.line(input.view.dropFirst(start).prefix(position - start).bytes)
                }
            case .reply: replies.append(kind(input.view.dropFirst(start)))
            }
            start = position
        }
    }

    /// `$-1` and `_` are nothing, other bulks are values.
    private func kind(_ reply: ByteView) -> Reply {
        switch reply[0] {
        case UInt8(ascii: "$"): reply[1] == UInt8(ascii: "-") ? .miss : .hit
        case UInt8(ascii: "_"): .miss
        default: .stored
        }
    }
}
