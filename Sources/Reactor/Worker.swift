// One thread of the server: an epoll instance, a completion queue, and the loop around them.
import Platform
import Synchronization

/// The state of one worker; lives in the kernel's raw memory and is used through its pointer.
@safe
package struct Worker: ~Copyable {
    package let index: Int
    package let epoll: Epoll
    let application: UnsafeMutableRawPointer
    let handlers: KernelHandlers
    let kernel: Kernel
    let completions = Inbox<Batch>()
    /// What others have to tell, for the application to take.
    let posts = Inbox<Post>()
    /// Batches of this worker that it has completed itself, linked by `next`.
    var completedHere: UnsafeMutablePointer<Batch>?
    /// Raised before sleeping in epoll_wait; who lowers it writes the eventfd.
    let isSleeping = Atomic<Bool>(false)
    let wakeup: EventFD
    /// Workers to be woken at the end of this iteration.
    var toNotify: UnsafeMutablePointer<Bool>
    var hasToNotify = false
    /// Shards whose batons this worker holds and has still to drain.
    var held: UnsafeMutablePointer<Int>
    var heldCount = 0
    /// A home shard wants to be looked after.
    var wasCalledHome = true
    /// The shards of the batch that is being submitted, and how many of them have been served.
    var submitted: UnsafeMutablePointer<Int>
    var submittedCount = 0
    var submittedNext = 0
    /// For what is submitted while the worker is occupied.
    var spareSubmitted: UnsafeMutablePointer<Int>
    /// Batches that have come home and are being handed to the application, linked by `next`.
    var serving: UnsafeMutablePointer<Batch>?
    /// The events of the last wait, and how many of them have been seen to.
    var eventCount = 0
    var nextEvent = 0
    /// In the middle of a body that takes long: see `beginOccupation`. The second is for other threads.
    var isOccupied = false
    let showsOccupation = Atomic<Bool>(false)
    let stopRequested = Atomic<Bool>(false)
    /// Lives as long as the worker; unmanaged, so that looking into it once an iteration counts no references.
    let tasks = unsafe Unmanaged.passRetained(TaskList())

    init(
        index: Int, application: UnsafeMutableRawPointer, handlers: KernelHandlers, kernel: Kernel,
        epoll: Epoll, wakeup: EventFD
    ) {
        self.index = index
        unsafe self.application = unsafe application
        self.handlers = handlers
        self.kernel = kernel
        self.epoll = epoll
        self.wakeup = wakeup
        unsafe toNotify = .allocate(capacity: kernel.workerCount)
        unsafe toNotify.initialize(repeating: false, count: kernel.workerCount)
        unsafe held = .allocate(capacity: kernel.shardCount)
        unsafe submitted = .allocate(capacity: kernel.shardCount)
        unsafe spareSubmitted = .allocate(capacity: kernel.shardCount)
    }

    /// The epoll token of the wake-up descriptor; applications use others.
    package static let wakeupToken = UInt64.max
}

/// Work for another thread's loop, for cold paths: guarded by a lock and free to allocate.
final class TaskList: @unchecked Sendable {
    private let lock = Mutex()
    private var tasks: [() -> Void] = []
    private let count = Atomic<Int>(0)
    /// Those that were taken and are still to be run, last one first. For the owner alone.
    private var taken: [() -> Void] = []

    var isEmpty: Bool { count.load(ordering: .sequentiallyConsistent) == 0 }

    func append(_ task: @escaping () -> Void) {
        lock.withLock {
            tasks.append(task)
            count.store(tasks.count, ordering: .sequentiallyConsistent)
        }
    }

    func runAll() {
        // A task may lead to another call of this: what has been taken is done before what has come since.
        while let task = taken.popLast() { task() }
        guard !isEmpty else { return }
        lock.withLock {
            taken = tasks.reversed()
            tasks = []
            count.store(0, ordering: .sequentiallyConsistent)
        }
        while let task = taken.popLast() { task() }
    }
}

package typealias WorkerPointer = UnsafeMutablePointer<Worker>

extension UnsafeMutablePointer where Pointee == Worker {
    /// Runs the loop on the calling thread until `requestStop`.
    package func run() {
        // What was done in the last iteration may still have to be told to others.
        defer { unsafe flushNotifications() }
        while unsafe !self.pointee.stopRequested.load(ordering: .relaxed) {
            let timeout = unsafe turn()
            let count = unsafe self.pointee.epoll.wait(milliseconds: timeout)
            unsafe self.pointee.isSleeping.store(false, ordering: .relaxed)
            unsafe self.pointee.eventCount = count
            unsafe self.pointee.nextEvent = 0
            unsafe serveEvents()
        }
    }

    /// Sees to the events of the last wait, or to what is left of them.
    func serveEvents() {
        while unsafe self.pointee.nextEvent < self.pointee.eventCount {
            let event = unsafe self.pointee.epoll.event(self.pointee.nextEvent)
            unsafe self.pointee.nextEvent += 1
            if event.token == Worker.wakeupToken {
                unsafe self.pointee.wakeup.clear()
            } else {
                unsafe self.pointee.handlers.ready(self.pointee.application, event.token, event.readiness.rawValue)
            }
        }
    }

    /// Everything between two waits; returns how long to wait.
    private func turn() -> Int32 {
        unsafe serveCompletions()
        unsafe serveHandovers()
        unsafe self.pointee.tasks._withUnsafeGuaranteedRef { $0.runAll() }
        var timeout = unsafe self.pointee.handlers.turn(self.pointee.application)
        unsafe flushNotifications()
        if timeout != 0 {
            unsafe self.pointee.isSleeping.store(true, ordering: .sequentiallyConsistent)
            if unsafe hasWork { timeout = 0 }
        }
        return timeout
    }

    /// Whether something has come in that the loop must see before it sleeps.
    var hasWork: Bool {
        if unsafe !self.pointee.completions.isEmpty || !self.pointee.posts.isEmpty { return true }
        if unsafe self.pointee.tasks._withUnsafeGuaranteedRef({ !$0.isEmpty }) { return true }
        if unsafe self.pointee.completedHere != nil || self.pointee.wasCalledHome { return true }
        if unsafe self.pointee.stopRequested.load(ordering: .sequentiallyConsistent) { return true }
        let kernel = unsafe self.pointee.kernel
        var shard = unsafe self.pointee.index
        while shard < kernel.shardCount {
            if unsafe kernel.mailboxes[shard].isHandedOver.load(ordering: .sequentiallyConsistent) { return true }
            shard += kernel.workerCount
        }
        return unsafe kernel.hasOccupied && hasForeignHandover
    }

    /// Ends the loop. From any thread.
    package func requestStop() {
        unsafe self.pointee.stopRequested.store(true, ordering: .sequentiallyConsistent)
        unsafe wake()
    }

    /// Runs `task` on this worker's thread soon. From any thread; for cold paths.
    package func post(_ task: @escaping () -> Void) {
        unsafe self.pointee.tasks._withUnsafeGuaranteedRef { $0.append(task) }
        unsafe wake()
    }

    /// Ends this worker's wait if it is waiting.
    package func wake() {
        if unsafe self.pointee.isSleeping.exchange(false, ordering: .sequentiallyConsistent) {
            unsafe self.pointee.wakeup.signal()
        }
    }

    /// Notes that `worker` has something to look at; it is woken at the end of this iteration.
    func notify(_ worker: Int) {
        guard unsafe worker != self.pointee.index else { return }
        unsafe self.pointee.toNotify[worker] = true
        unsafe self.pointee.hasToNotify = true
    }

    /// Wakes those noted by `notify`, each at most once.
    package func flushNotifications() {
        guard unsafe self.pointee.hasToNotify else { return }
        unsafe self.pointee.hasToNotify = false
        let kernel = unsafe self.pointee.kernel
        for worker in 0..<kernel.workerCount where unsafe self.pointee.toNotify[worker] {
            unsafe self.pointee.toNotify[worker] = false
            unsafe (kernel.workers + worker).wake()
        }
    }
}
