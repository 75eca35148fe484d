// What all workers share: the mailboxes and each other.
import Platform
import Synchronization

/// What the application does when the kernel calls. Plain functions: the kernel keeps no closures and counts no
/// references. `application` is the pointer that the worker was made with.
@safe
package struct KernelHandlers {
    package typealias Application = UnsafeMutableRawPointer

    /// A watched descriptor is ready.
    package var ready: @convention(c) (Application, _ token: UInt64, _ readiness: UInt32) -> Void
    /// Runs one part on its shard; returns how many commands that were.
    package var runPart: @convention(c) (Application, UnsafeMutableRawPointer) -> Int
    /// Runs the body of a lease, all of whose shards are held.
    package var runLease: @convention(c) (Application, UnsafeMutableRawPointer) -> Void
    /// A batch of this worker is complete.
    package var completed: @convention(c) (Application, UnsafeMutableRawPointer) -> Void
    /// Once a loop iteration: timers, and work that was put off. Returns the milliseconds until it wants to be called
    /// again (0: at once, -1: only when something happens).
    package var turn: @convention(c) (Application) -> Int32
    /// The same while the worker is occupied.
    package var occupiedTurn: @convention(c) (Application) -> Void
    /// Answers a part's commands without running them; false: it cannot be refused and has to wait.
    package var refusePart: @convention(c) (Application, UnsafeMutableRawPointer) -> Bool
    /// Answers a lease without running its body.
    package var refuseLease: @convention(c) (Application, UnsafeMutableRawPointer) -> Void
    /// Whether the body of a lease may run while the worker is occupied.
    package var mayInterpose: @convention(c) (Application, UnsafeMutableRawPointer) -> Bool

    package init(
        ready: @escaping @convention(c) (Application, UInt64, UInt32) -> Void,
        runPart: @escaping @convention(c) (Application, UnsafeMutableRawPointer) -> Int,
        runLease: @escaping @convention(c) (Application, UnsafeMutableRawPointer) -> Void,
        completed: @escaping @convention(c) (Application, UnsafeMutableRawPointer) -> Void,
        turn: @escaping @convention(c) (Application) -> Int32,
        occupiedTurn: @escaping @convention(c) (Application) -> Void = { _ in },
        refusePart: @escaping @convention(c) (Application, UnsafeMutableRawPointer) -> Bool = { _, _ in false },
        refuseLease: @escaping @convention(c) (Application, UnsafeMutableRawPointer) -> Void = { _, _ in },
        mayInterpose: @escaping @convention(c) (Application, UnsafeMutableRawPointer) -> Bool = { _, _ in false }
    ) {
        unsafe self.ready = unsafe ready
        unsafe self.runPart = unsafe runPart
        unsafe self.runLease = unsafe runLease
        unsafe self.completed = unsafe completed
        unsafe self.turn = unsafe turn
        unsafe self.occupiedTurn = unsafe occupiedTurn
        unsafe self.refusePart = unsafe refusePart
        unsafe self.refuseLease = unsafe refuseLease
        unsafe self.mayInterpose = unsafe mayInterpose
    }
}

/// The shards' mailboxes and the workers. Made once, before the threads start, and never freed.
@safe
package struct Kernel: @unchecked Sendable {
    package let mailboxes: UnsafeMutablePointer<Mailbox>
    package let workers: UnsafeMutablePointer<Worker>
    package let shardCount: Int
    package let workerCount: Int
    /// How long a holder may run other people's work: 100 microseconds in cycles.
    let drainCycles: UInt64
    let occupations: UnsafeMutablePointer<Occupations>

    /// - Parameter applications: one pointer a worker, handed back in every call to the handlers.
    package init(
        shardCount: Int, handlers: KernelHandlers, applications: [UnsafeMutableRawPointer]
    ) throws(SystemError) {
        unsafe precondition(shardCount > 0 && !applications.isEmpty)
        self.shardCount = shardCount
        drainCycles = UInt64(Clock.measureCyclesPerMicrosecond() * 100)
        workerCount = unsafe applications.count
        unsafe occupations = .allocate(capacity: 1)
        unsafe occupations.initialize(to: Occupations())
        let mailboxBytes = MemoryLayout<Mailbox>.stride * shardCount
        unsafe mailboxes = unsafe UnsafeMutableRawPointer.allocate(byteCount: mailboxBytes, alignment: 128)
            .bindMemory(to: Mailbox.self, capacity: shardCount)
        for shard in 0..<shardCount {
            unsafe (mailboxes + shard).initialize(to: Mailbox(home: shard % applications.count))
        }
        unsafe workers = unsafe .allocate(capacity: applications.count)
        for index in unsafe applications.indices {
            let epoll = try Epoll()
            let wakeup = try EventFD()
            try epoll.addReadable(wakeup.descriptor, token: Worker.wakeupToken)
            let worker = unsafe Worker(
                index: index, application: applications[index], handlers: handlers, kernel: self,
                epoll: epoll, wakeup: wakeup)
            unsafe (workers + index).initialize(to: worker)
        }
    }
}
