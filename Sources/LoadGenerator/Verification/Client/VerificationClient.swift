// A client of a check: one connection, blocking, every wait with a bound, cut at random from outside.
import Platform

/// What has become of a command.
package enum Answer: Equatable, Sendable {
    case reply(Reply)
    /// The connection was lost before the reply: it may have happened, may yet happen at any later time, or never will.
    case unknown

    package var reply: Reply? {
        guard case .reply(let reply) = self else { return nil }
        return reply
    }
}

/// What has come of waiting for something unasked.
package enum Arrival: Equatable, Sendable {
    case reply(Reply)
    case nothing
    /// The connection is lost.
    case lost
}

/// Belongs to one thread; only `cut` may be called from others.
package final class VerificationClient {
    /// Its number among the clients of a round, from 0.
    package let number: Int
    /// Its own random numbers.
    package var random: RandomSource
    /// Replies that were read, and commands whose outcome is unknown.
    package private(set) var operations = 0
    package private(set) var unknown = 0

    /// Keys that were looked for, and those of them that were there.
    package private(set) var asked = 0
    package private(set) var found = 0

    /// What came unasked in front of the replies to the last pipeline: each with the number of replies before it.
    package private(set) var pushes: [(before: Int, push: Reply)] = []

    private let options: VerificationOptions
    private let end: CheckEnd
    private let lock = Mutex()
    /// Written with the lock held, so that `cut` never meets a descriptor that is somebody else's by now.
    private var descriptor = FileDescriptor.none
    private var input = ReplyInput()

    init(number: Int, options: VerificationOptions, random: RandomSource, end: CheckEnd) {
        self.number = number
        self.options = options
        self.random = random
        self.end = end
    }

    deinit {
        descriptor.close()
        input.deallocate()
    }

    /// How long a reply is waited for.
    package var patienceNanoseconds: Int64 { Int64(options.timeoutSeconds * 1e9) }

    /// Whether to stop: the round's time is over, or the check's.
    package var isOver: Bool { end.isOver }

    /// Sends one command and waits for its answer.
    package func call(_ request: Request) throws -> Answer { try pipeline([request])[0] }

    /// Sends commands at once and waits for all answers. When the connection is lost, the rest is unknown.
    package func pipeline(_ requests: [Request]) throws -> [Answer] {
        try connectIfNeeded()
        let replies = try exchange(requests)
        operations += replies.count
        unknown += requests.count - replies.count
        if replies.count < requests.count { disconnect() }
        return replies.map { .reply($0) } + [Answer](repeating: .unknown, count: requests.count - replies.count)
    }

    /// Sends commands and waits for no answer; `receive` gets what comes. False: the connection was lost.
    package func begin(_ requests: [Request]) throws -> Bool {
        try connectIfNeeded()
        if try send(requests.flatMap(\.encoded), requests, options.deadline) { return true }
        disconnect()
        return false
    }

    /// Waits for a reply or a message, for about so long at most.
    package func receive(milliseconds: Int) throws -> Arrival {
        while true {
            switch input.next() {
            case .reply(let reply):
                operations += 1
                return .reply(reply)
            case .malformed: throw Violation("what came to a subscriber is not RESP")
            case .more: break
            }
            if !descriptor.waitReadable(milliseconds: milliseconds) { return .nothing }
            switch input.read(from: descriptor) {
            case .bytes, .wouldBlock: break
            case .endOfStream, .failed:
                unknown += 1
                disconnect()
                return .lost
            }
        }
    }

    /// Asks until there is an answer, on new connections if need be. For what may be done twice.
    package func ask(_ request: Request) throws -> Reply { try askAll([request])[0] }

    /// The same for a pipeline, which is repeated as a whole.
    package func askAll(_ requests: [Request]) throws -> [Reply] {
        let deadline = options.deadline
        repeat {
            let replies = try pipeline(requests).compactMap(\.reply)
            if replies.count == requests.count { return replies }
        } while Clock.monotonicNanoseconds() < deadline
        throw ServerFailure(description: "\(requests[0].text): each connection broke for \(options.timeoutSeconds) s")
    }

    /// Notes that of so many keys that were looked for so many were there: a check that finds nothing proves nothing.
    package func saw(_ found: Int, of asked: Int) {
        self.found += found
        self.asked += asked
    }

    /// The same for a list of values.
    package func saw(_ values: [Reply]) { saw(values.count { !$0.isNull }, of: values.count) }

    /// A violation unless `isRight`; the server's being unable to go on (`-OOM` and the like) is no violation.
    package func expect(_ isRight: Bool, _ request: Request, _ reply: Reply) throws {
        if isRight { return }
        let inabilities: Set = ["OOM", "LOADING", "BUSY", "READONLY", "NOAUTH", "NOPERM", "MISCONF", "CLUSTERDOWN"]
        if let code = reply.errorCode, inabilities.contains(code) {
            throw ServerFailure(description: "\(request.text) is refused: \(reply)")
        }
        throw Violation("\(request.text) cannot be answered with \(reply)")
    }

    /// Breaks the connection, from any thread; what is on its way is lost.
    package func cut() {
        lock.withLock { descriptor.shutdown() }
    }

    /// Closes the connection; the next call opens another.
    package func disconnect() {
        lock.withLock {
            descriptor.close()
            descriptor = .none
        }
        input.clear()
    }

    private func connectIfNeeded() throws(ServerFailure) {
        if descriptor != .none { return }
        let deadline = options.deadline
        while true {
            let opened = try options.connect(before: deadline)
            lock.withLock { descriptor = opened }
            if try greet() { return }
            disconnect()
            guard Clock.monotonicNanoseconds() < deadline else {
                throw ServerFailure(description: "\(options.address.text) closes each connection at once")
            }
        }
    }

    /// False if the connection was lost meanwhile.
    private func greet() throws(ServerFailure) -> Bool {
        let replies: [Reply]
        do { replies = try exchange(options.clientGreeting.map { Request($0) }) } catch {
            throw (error as? ServerFailure) ?? ServerFailure(description: "\(error)")
        }
        for (words, reply) in zip(options.clientGreeting, replies) where reply.errorCode != nil {
            throw ServerFailure(description: "\(options.address.text) refuses \(words[0]): \(reply)")
        }
        return replies.count == options.clientGreeting.count
    }

    /// Sends all and reads as many replies; fewer if the connection is lost.
    private func exchange(_ requests: [Request]) throws -> [Reply] {
        let output = requests.count == 1 ? requests[0].encoded : requests.flatMap(\.encoded)
        var replies: [Reply] = []
        pushes = []
        replies.reserveCapacity(requests.count)
        let deadline = options.deadline
        // What the server has answered before it closed is read even if not all could be sent.
        guard try send(output, requests, deadline) else { return replies }
        while replies.count < requests.count {
            guard let reply = try nextReply(to: requests[replies.count], deadline) else { return replies }
            for push in input.takePushes() { pushes.append((replies.count, push)) }
            replies.append(reply)
        }
        return replies
    }

    /// Sends all; false if the connection is lost.
    private func send(_ output: [UInt8], _ requests: [Request], _ deadline: Int64) throws -> Bool {
        unsafe try output.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                switch unsafe descriptor.send(bytes.baseAddress! + sent, count: bytes.count - sent) {
                case .bytes(let count): sent += count
                case .wouldBlock: break
                case .endOfStream, .failed: return false
                }
                if sent < bytes.count, Clock.monotonicNanoseconds() > deadline {
                    throw ServerFailure(
                        description: "the server did not take \(requests[0].text) in \(options.timeoutSeconds) s")
                }
            }
            return true
        }
    }

    /// The next reply; nil if the connection is lost.
    private func nextReply(to request: Request, _ deadline: Int64) throws -> Reply? {
        while true {
            switch input.next() {
            case .reply(let reply): return reply
            case .malformed: throw Violation("the reply to \(request.text) is not RESP")
            case .more: break
            }
            switch input.read(from: descriptor) {
            case .bytes, .wouldBlock: break
            case .endOfStream, .failed: return nil
            }
            if Clock.monotonicNanoseconds() > deadline { throw timeout(request) }
        }
    }

    private func timeout(_ request: Request) -> ServerFailure {
        disconnect()
        return ServerFailure(description: "no reply to \(request.text) in \(options.timeoutSeconds) s")
    }
}
