// Single questions before and after a load; every wait has a bound.
import Bytes
import Platform

/// The server cannot be used, and why.
package struct ServerFailure: Error, CustomStringConvertible {
    package let description: String
}

extension Epoll {
    /// A socket that is being connected, and an epoll that watches it alone.
    static func startConnecting(
        to address: ServerAddress
    ) throws(ServerFailure) -> (epoll: Epoll, descriptor: FileDescriptor) {
        do {
            let epoll = try Epoll(capacity: 4)
            let descriptor = try Socket.startConnecting(to: address)
            try epoll.addEdgeTriggered(descriptor, token: 0)
            return (epoll, descriptor)
        } catch {
            throw ServerFailure(description: "cannot connect to \(address.text): \(error)")
        }
    }
}

/// A connection that asks one thing at a time.
package final class ControlConnection {
    private let descriptor: FileDescriptor
    private let epoll: Epoll
    private let timeoutSeconds: Double

    /// Connects and sends the greeting.
    package init(_ options: LoadOptions) throws(ServerFailure) {
        timeoutSeconds = options.timeoutSeconds
        let name = options.address.text
        (epoll, descriptor) = try Epoll.startConnecting(to: options.address)
        let deadline = Clock.monotonicNanoseconds() + Int64(timeoutSeconds * 1e9)
        while epoll.wait(milliseconds: 20) == 0 {
            if Clock.monotonicNanoseconds() > deadline {
                throw ServerFailure(description: "cannot connect to \(name): no answer in \(timeoutSeconds) s")
            }
        }
        if let error = Socket.connectionError(descriptor) {
            throw ServerFailure(description: "cannot connect to \(name): \(error)")
        }
        for command in options.greeting {
            let reply = try call(command)
            if reply.first == UInt8(ascii: "-") {
                throw ServerFailure(description: "\(name) refuses \(command[0]): \(ControlConnection.line(reply))")
            }
        }
    }

    deinit {
        descriptor.close()
        epoll.close()
    }

    /// Sends one command and returns the bytes of its reply.
    package func call(_ words: [String]) throws(ServerFailure) -> [UInt8] {
        var output = ByteBuffer()
        var input = ByteBuffer()
        defer {
            output.deallocate()
            input.deallocate()
        }
        RequestText.append(words, to: &output)
        var sent = 0
        var counter = ReplyCounter()
        var position = 0
        let deadline = Clock.monotonicNanoseconds() + Int64(timeoutSeconds * 1e9)
        while Clock.monotonicNanoseconds() <= deadline {
            if sent < output.count {
                let rest = output.view.dropFirst(sent)
                if case .bytes(let count) = unsafe descriptor.send(rest.base, count: rest.count) { sent += count }
            }
            let tail = unsafe input.writableTail(minimum: 16 * 1024)
            switch unsafe descriptor.read(into: tail.baseAddress!, count: tail.count) {
            case .bytes(let count): input.advance(by: count)
            case .wouldBlock: _ = epoll.wait(milliseconds: 20)
            case .endOfStream: throw ServerFailure(description: "the server closed the connection at \(words[0])")
            case .failed(let error): throw ServerFailure(description: "\(words[0]): \(error)")
            }
            switch counter.next(input.view, &position) {
            case .reply, .error: return input.view.prefix(position).bytes
            case .more: continue
            case .malformed: throw ServerFailure(description: "the reply to \(words[0]) is not RESP")
            }
        }
        throw ServerFailure(description: "no reply to \(words[0]) in \(timeoutSeconds) s")
    }

    /// The first line of a reply, without its type.
    package static func line(_ reply: [UInt8]) -> String {
        String(decoding: reply.dropFirst().prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
    }
}
