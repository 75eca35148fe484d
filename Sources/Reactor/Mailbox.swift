// The queue in front of a shard: many producers, one consumer, intrusive.
import Platform
import Synchronization

/// Dmitry Vyukov's intrusive multi-producer single-consumer queue, with the shard's baton and gate beside it.
///
/// A push is one atomic exchange, which puts all pushes of a shard into one total order. Between the exchange and the
/// link that follows it the queue is cut; a consumer that comes to the cut stops there, and the pusher comes to serve
/// the shard when it is done. The consumer is whoever holds the baton.
@safe
package struct Mailbox: ~Copyable {
    // Producers' cache line.
    let tail: Atomic<UInt>
    let gate = Gate()
    var padding0: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    // The baton's.
    let baton = Baton()
    /// Set when a holder gave up in the middle: the home worker goes on.
    let isHandedOver = Atomic<Bool>(false)
    var padding1: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
    // The consumer's. The baton orders all accesses; it is atomic so that nobody ever changes a mailbox as a whole,
    // while others use the rest of it.
    let head: Atomic<UInt>
    /// The message that stands in the queue when nothing else does.
    let stub: UnsafeMutablePointer<Message>
    package let home: Int
    /// Messages that could not be refused, oldest and newest; they come before all others. For the holder of the baton.
    let firstKept = Atomic<UInt>(0)
    let lastKept = Atomic<UInt>(0)
    /// Whoever holds the shard refuses what comes, for the reason that this is; 0: nobody does.
    package let refusal = Atomic<UInt8>(0)

    package init(home: Int) {
        unsafe stub = .allocate(capacity: 1)
        // The stub belongs to no batch; nobody looks.
        unsafe stub.initialize(to: Message(batch: UnsafeMutablePointer(bitPattern: 64)!, shard: -1))
        tail = unsafe Atomic<UInt>(UInt(bitPattern: stub))
        head = unsafe Atomic<UInt>(UInt(bitPattern: stub))
        self.home = home
    }

    /// Whether nothing has been pushed that was not popped. For the holder of the baton.
    package var isEmpty: Bool {
        // Both ends: while a push is cut, the stub can be the last in the queue with messages before it.
        let last = unsafe UInt(bitPattern: stub)
        return head.load(ordering: .relaxed) == last && tail.load(ordering: .acquiring) == last
            && firstKept.load(ordering: .relaxed) == 0
    }

    /// Appends a message. From any thread.
    package func push(_ message: UnsafeMutablePointer<Message>) {
        unsafe link(append(message), to: message)
    }

    /// The first half of a push, which settles the order: the message becomes the last. Returns the one before it.
    func append(_ message: UnsafeMutablePointer<Message>) -> UnsafeMutablePointer<Message> {
        unsafe message.pointee.next.store(0, ordering: .relaxed)
        let previous = tail.exchange(UInt(bitPattern: message), ordering: .acquiringAndReleasing)
        return unsafe UnsafeMutablePointer<Message>(bitPattern: previous)!
    }

    /// The second half: the consumer can get from the one before to the message.
    func link(_ previous: UnsafeMutablePointer<Message>, to message: UnsafeMutablePointer<Message>) {
        unsafe previous.pointee.next.store(UInt(bitPattern: message), ordering: .releasing)
    }

    /// Takes the first message if it stands there whole and its batch is published. For the holder of the baton.
    package func pop() -> UnsafeMutablePointer<Message>? {
        if firstKept.load(ordering: .relaxed) != 0 { return unsafe popKept() }
        return unsafe popNew()
    }

    /// Puts a message that was popped aside, behind the others that were.
    func keep(_ message: UnsafeMutablePointer<Message>) {
        unsafe message.pointee.next.store(0, ordering: .relaxed)
        let address = UInt(bitPattern: message)
        if let last = unsafe UnsafeMutablePointer<Message>(bitPattern: lastKept.load(ordering: .relaxed)) {
            unsafe last.pointee.next.store(address, ordering: .relaxed)
        } else {
            firstKept.store(address, ordering: .relaxed)
        }
        lastKept.store(address, ordering: .relaxed)
    }

    private func popKept() -> UnsafeMutablePointer<Message>? {
        let first = unsafe UnsafeMutablePointer<Message>(bitPattern: firstKept.load(ordering: .relaxed))!
        let next = unsafe first.pointee.next.load(ordering: .relaxed)
        firstKept.store(next, ordering: .relaxed)
        if next == 0 { lastKept.store(0, ordering: .relaxed) }
        return unsafe first
    }

    /// The same as `pop` of those that were not put aside.
    func popNew() -> UnsafeMutablePointer<Message>? {
        var first = unsafe UnsafeMutablePointer<Message>(bitPattern: head.load(ordering: .relaxed))!
        var next = unsafe first.pointee.next.load(ordering: .acquiring)
        if unsafe first == stub {
            guard next != 0 else { return nil }
            head.store(next, ordering: .relaxed)
            unsafe first = UnsafeMutablePointer<Message>(bitPattern: next)!
            next = unsafe first.pointee.next.load(ordering: .acquiring)
        }
        guard unsafe first.pointee.batch.pointee.published.load(ordering: .acquiring) else { return nil }
        if next == 0 {
            // The last message: the stub goes behind it, so that the queue never becomes empty of links.
            guard tail.load(ordering: .acquiring) == UInt(bitPattern: first) else { return nil }
            unsafe push(stub)
            next = unsafe first.pointee.next.load(ordering: .acquiring)
            guard next != 0 else { return nil }
        }
        head.store(next, ordering: .relaxed)
        return unsafe first
    }
}
