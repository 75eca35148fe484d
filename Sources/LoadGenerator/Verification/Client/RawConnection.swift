// A connection that may misbehave: half a command, no reading, a sudden end. Never cut from outside.
import Platform

/// Blocking, every transfer with a bound. Belongs to one thread.
final class RawConnection {
    private let descriptor: FileDescriptor
    private let options: VerificationOptions
    private var input = ReplyInput()
    private var isOpen = true

    /// Connects; `greets` as every client does if it is to be used as one.
    init(_ options: VerificationOptions, greets: Bool) throws(ServerFailure) {
        self.options = options
        descriptor = try options.connect(before: options.deadline)
        guard greets else { return }
        for words in options.greeting {
            guard let reply = try call(Request(words)) else {
                throw ServerFailure(description: "the server closed a connection at \(words[0])")
            }
            if reply.errorCode != nil { throw ServerFailure(description: "\(words[0]) is refused: \(reply)") }
        }
    }

    deinit { close() }

    /// The name of this end, as CLIENT LIST has it.
    var address: String { SocketAddress.local(of: descriptor).text }

    /// Closes; `abruptly` so that the server gets an error instead of the end of the stream.
    func close(abruptly: Bool = false) {
        guard isOpen else { return }
        isOpen = false
        if abruptly { Socket.resetOnClose(descriptor) }
        descriptor.close()
        input.deallocate()
    }

    /// Sends all; false if the server closed the connection or does not read for too long.
    func send(_ bytes: [UInt8]) -> Bool {
        let deadline = options.deadline
        return unsafe bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                switch unsafe descriptor.send(bytes.baseAddress! + sent, count: bytes.count - sent) {
                case .bytes(let count): sent += count
                case .wouldBlock: if Clock.monotonicNanoseconds() > deadline { return false }
                case .endOfStream, .failed: return false
                }
            }
            return true
        }
    }

    /// Waits until there is something to read, or the connection has ended, or the time is over.
    func waitForInput(milliseconds: Int32) {
        guard let epoll = try? Epoll(capacity: 1) else { return }
        defer { epoll.close() }
        guard (try? epoll.addReadable(descriptor, token: 0)) != nil else { return }
        _ = epoll.wait(milliseconds: milliseconds)
    }

    /// Sends one command and waits for its reply; nil if the connection ended.
    func call(_ request: Request) throws(ServerFailure) -> Reply? {
        guard send(request.encoded) else { return nil }
        return try nextReply(request.text)
    }

    /// The next reply; nil if the connection ended. Throws when nothing comes for too long.
    func nextReply(_ question: String) throws(ServerFailure) -> Reply? {
        let deadline = options.deadline
        while true {
            switch input.next() {
            case .reply(let reply): return reply
            case .malformed: throw ServerFailure(description: "the reply to \(question) is not RESP")
            case .more: break
            }
            switch input.read(from: descriptor) {
            case .bytes: break
            case .endOfStream, .failed: return nil
            case .wouldBlock:
                if Clock.monotonicNanoseconds() > deadline {
                    throw ServerFailure(description: "no reply to \(question) in \(options.timeoutSeconds) s")
                }
            }
        }
    }
}
