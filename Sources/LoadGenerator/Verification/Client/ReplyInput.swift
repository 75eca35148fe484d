// What has come of a server's replies on one connection.
import Bytes
import Platform

/// Belongs to one connection; its owner calls `deallocate` once.
struct ReplyInput {
    enum Step {
        case reply(Reply)
        /// The reply is not all here yet.
        case more
        /// What came is not RESP.
        case malformed
    }

    private var bytes = ByteBuffer()
    /// How much has been given out as replies.
    private var taken = 0
    /// How far the reply that is not all here has been looked at, and what by.
    private var position = 0
    private var counter = ReplyCounter()

    /// What came unasked in front of the replies that were given out.
    private var pushes: [Reply] = []

    /// A buffer beyond this is not kept for the next replies.
    private static let keptCapacity = 1 << 20

    /// The next reply of what has been read.
    mutating func next() -> Step {
        switch counter.next(bytes.view, &position) {
        case .more: return .more
        case .malformed: return .malformed
        case .reply, .error: break
        }
        while let push = Reply.readPush(bytes.view, &taken) { pushes.append(push) }
        guard let reply = Reply.read(bytes.view, &taken), taken == position else { return .malformed }
        if taken == bytes.count { clear() }
        return .reply(reply)
    }

    /// What has come unasked since the last call, in front of the replies that were given out.
    mutating func takePushes() -> [Reply] {
        if pushes.isEmpty { return [] }
        defer { pushes = [] }
        return pushes
    }

    /// Reads what there is, as the descriptor waits or does not.
    mutating func read(from descriptor: FileDescriptor) -> Transfer {
        let tail = unsafe bytes.writableTail(minimum: 16 * 1024)
        let transfer = unsafe descriptor.read(into: tail.baseAddress!, count: tail.count)
        if case .bytes(let count) = transfer { bytes.advance(by: count) }
        return transfer
    }

    /// Forgets everything, for another connection.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= ReplyInput.keptCapacity)
        taken = 0
        position = 0
        counter = ReplyCounter()
    }

    mutating func deallocate() { bytes.deallocate() }
}

extension VerificationOptions {
    /// When a wait that begins now has been too long, on the monotonic clock.
    var deadline: Int64 { Clock.monotonicNanoseconds() + Int64(timeoutSeconds * 1e9) }

    /// Connects, with patience until `deadline` if the server takes no more connections at the moment.
    func connect(before deadline: Int64) throws(ServerFailure) -> FileDescriptor {
        while true {
            do {
                return try Socket.connectBlocking(
                    to: address, timeoutMilliseconds: max(10, Int(timeoutSeconds * 1000)))
            } catch {
                // A server whose queue of new connections is full takes them a moment later.
                guard error == .wouldBlock, Clock.monotonicNanoseconds() < deadline else {
                    throw ServerFailure(description: "cannot connect to \(address.text): \(error)")
                }
                Clock.sleep(microseconds: 1000)
            }
        }
    }
}
