// What travels between threads: messages that stand in mailboxes, and the batch they belong to.
import Synchronization

/// The head of everything that can stand in a mailbox: the link of the queue, and whose message it is.
///
/// Lives at the start of a larger block of raw memory that the origin owns; queues only borrow it.
@safe
package struct Message: ~Copyable {
    /// The next message's address in the same mailbox; 0: none, or its push is not finished.
    let next = Atomic<UInt>(0)
    /// The batch that this message is a part of.
    package var batch: UnsafeMutablePointer<Batch>
    /// The shard whose mailbox it goes to.
    package var shard: Int
    /// Its shard has not been parked in the lease it belongs to, and will not be: see `Worker.refuse`.
    var isRefused = false

    package init(batch: UnsafeMutablePointer<Batch>, shard: Int) {
        unsafe self.batch = batch
        self.shard = shard
    }
}

/// What a batch asks of its shards.
package enum BatchKind: UInt8 {
    /// Each message is run by itself, on its shard alone, as soon as its turn comes.
    case parts
    /// All shards are wanted at the same time: each parks its baton, and the body runs when the last has.
    case lease
    /// As `lease`, but the body must run on the origin's thread.
    case leaseAtOrigin
}

/// One submission: the messages that belong together, how many are still to come, and where the answer goes.
@safe
package struct Batch: ~Copyable, Linked {
    /// Set when all messages stand in their mailboxes. Nobody runs a message before.
    package let published = Atomic<Bool>(false)
    /// Parts not run yet, or shards not parked yet.
    let outstanding = Atomic<Int>(0)
    /// Link of the inbox that its completion stands in.
    package var next: UInt = 0
    /// The index of the worker that submitted it and gets its completion.
    package var origin: Int
    package var kind = BatchKind.parts
    /// A lease whose shards are all parked and whose body waits for the origin.
    var isParked = false
    /// The addresses of the batch's messages, ascending by shard; `messageCount` of them.
    package var messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>>
    package var messageCount = 0

    package init(origin: Int, messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>>) {
        self.origin = origin
        unsafe self.messages = messages
    }
}

extension UnsafeMutablePointer where Pointee == Batch {
    /// Takes one off what is outstanding. True: it was the last. False: the batch may be gone at any moment.
    func finishOne() -> Bool {
        unsafe self.pointee.outstanding.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
}
