// The mailbox and the baton of a shard, without anybody else who wants them.
import Platform
import Reactor
import Synchronization

/// One mailbox and one message that goes through it.
@safe
private final class MailboxSubject {
    private let mailbox: UnsafeMutablePointer<Mailbox>
    private let message: UnsafeMutablePointer<Message>
    private let batch: UnsafeMutablePointer<Batch>
    private let list: UnsafeMutablePointer<UnsafeMutablePointer<Message>>

    init() {
        unsafe mailbox = .allocate(capacity: 1)
        unsafe message = .allocate(capacity: 1)
        unsafe batch = .allocate(capacity: 1)
        unsafe list = .allocate(capacity: 1)
        unsafe mailbox.initialize(to: Mailbox(home: 0))
        unsafe batch.initialize(to: Batch(origin: 0, messages: list))
        unsafe message.initialize(to: Message(batch: batch, shard: 0))
        unsafe batch.pointee.published.store(true, ordering: .relaxed)
    }

    deinit {
        unsafe mailbox.deinitialize(count: 1)
        unsafe mailbox.deallocate()
        unsafe message.deinitialize(count: 1)
        unsafe message.deallocate()
        unsafe batch.deinitialize(count: 1)
        unsafe batch.deallocate()
        unsafe list.deallocate()
    }

    @inline(never)
    func pass() -> Bool {
        unsafe mailbox.pointee.push(message)
        return unsafe mailbox.pointee.pop() != nil
    }
}

/// One baton.
@safe
private final class BatonSubject {
    private let baton: UnsafeMutablePointer<Baton>

    init() {
        unsafe baton = .allocate(capacity: 1)
        unsafe baton.initialize(to: Baton())
    }

    deinit {
        unsafe baton.deinitialize(count: 1)
        unsafe baton.deallocate()
    }

    @inline(never)
    func takeAndRelease() -> Bool { unsafe baton.pointee.tryTake() && baton.pointee.release() }
}

func kernelBenchmarks() {
    let mailbox = MailboxSubject()
    repeated("mailbox push and pop") { mailbox.pass() }
    let baton = BatonSubject()
    repeated("baton take and release") { baton.takeAndRelease() }
}
