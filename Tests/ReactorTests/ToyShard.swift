// What the toy application keeps in a shard, and what it submits.
import Reactor

/// Touched by whoever holds the shard's baton, and by nothing else: unsynchronised on purpose, so that a thread
/// sanitizer proves that batons exclude each other.
final class ToyShard: @unchecked Sendable {
    /// The identifiers of what has run here, in order.
    var log: [Int] = []
    /// How many times two were here at once.
    var violations = 0
    private var isOccupied = false

    func enter() {
        if isOccupied { violations += 1 }
        isOccupied = true
    }

    func leave() { isOccupied = false }

    func run(_ identifier: Int) {
        enter()
        log.append(identifier)
        leave()
    }
}

/// A message and what it belongs to.
@safe
struct ToyPart: ~Copyable {
    /// First, so that a part's address is its message's.
    var message: Message
    let submission: UnsafeMutablePointer<Submission>
}

/// A batch of the toy application, reused as soon as it is completed.
@safe
struct Submission: ~Copyable {
    /// First, so that a submission's address is its batch's.
    var batch: Batch
    /// The connection, so to speak, that it stands for: one request at a time.
    let stream: Int
    var identifier = 0
    /// What a part claims to have run.
    var commandCount = 1
    let parts: UnsafeMutablePointer<ToyPart>
    let messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>>

    static func make(origin: Int, shardCount: Int, stream: Int = 0) -> UnsafeMutablePointer<Submission> {
        let parts = UnsafeMutablePointer<ToyPart>.allocate(capacity: shardCount)
        let messages = UnsafeMutablePointer<UnsafeMutablePointer<Message>>.allocate(capacity: shardCount)
        let submission = UnsafeMutablePointer<Submission>.allocate(capacity: 1)
        unsafe submission.initialize(
            to: Submission(
                batch: Batch(origin: origin, messages: messages), stream: stream, parts: parts, messages: messages))
        for shard in 0..<shardCount {
            unsafe (parts + shard).initialize(
                to: ToyPart(message: Message(batch: submission.batchPointer, shard: shard), submission: submission))
        }
        return unsafe submission
    }

    /// Fills the batch in, for `shards` in ascending order.
    mutating func address(to shards: [Int], kind: BatchKind, identifier: Int, commandCount: Int = 1) {
        for (position, shard) in shards.sorted().enumerated() {
            let message = unsafe UnsafeMutableRawPointer(parts + shard).assumingMemoryBound(to: Message.self)
            unsafe messages[position] = unsafe message
        }
        batch.messageCount = shards.count
        batch.kind = kind
        self.identifier = identifier
        self.commandCount = commandCount
    }
}

extension UnsafeMutablePointer where Pointee == Submission {
    var batchPointer: UnsafeMutablePointer<Batch> {
        unsafe UnsafeMutableRawPointer(self).assumingMemoryBound(to: Batch.self)
    }

    /// The shards of the batch's messages.
    var shards: [Int] {
        unsafe (0..<self.pointee.batch.messageCount).map { unsafe self.pointee.messages[$0].pointee.shard }
    }
}
