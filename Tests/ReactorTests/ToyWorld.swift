// A toy application over the kernel: workers that submit batches of random kinds to shards that are logs.
import Platform
@testable import Reactor
import Synchronization

/// What a worker has asked for: an identifier is the worker's index and the position in `ToyWorker.issued`.
struct Request {
    var shards: [Int]
    /// Requests of one worker and stream are made one after the other, each when the last is complete.
    var stream = 0

    static func identifier(worker: Int, number: Int) -> Int { worker << 32 | number }
    static func worker(of identifier: Int) -> Int { identifier >> 32 }
    static func number(of identifier: Int) -> Int { identifier & 0xffff_ffff }
}

/// The application of one worker; its members belong to the worker's thread while its loop runs.
@safe
final class ToyWorker: @unchecked Sendable {
    unowned let world: ToyWorld
    let index: Int
    var kernel: WorkerPointer { unsafe world.kernel.workers + index }
    let turns = Atomic<Int>(0)
    let isFinished = Atomic<Bool>(false)
    var free: [UnsafeMutablePointer<Submission>] = unsafe []
    var issued: [Request] = []
    var completedCount = 0
    /// How many requests to issue in all.
    var quota = 0
    /// Leases that had to run here and did not.
    var strays = 0
    var generator: SeededGenerator
    /// Called in the middle of a part, to do what another thread might do at that moment.
    var inTheMiddle: (() -> Void)?
    /// Called when a batch is complete, to ask for something else at once.
    var whenComplete: (() -> Void)?
    /// What was completed here, in order.
    var completed: [Int] = []

    init(world: ToyWorld, index: Int) {
        self.world = world
        self.index = index
        generator = SeededGenerator(seed: index + 1)
    }

    func turn() -> Int32 {
        turns.wrappingAdd(1, ordering: .relaxed)
        _ = unsafe kernel.takeCallHome()
        for _ in 0..<8 where unsafe issued.count < quota && !free.isEmpty { issue() }
        noteProgress()
        return unsafe issued.count < quota && !free.isEmpty ? 0 : -1
    }

    func complete(_ submission: UnsafeMutablePointer<Submission>) {
        unsafe completed.append(submission.pointee.identifier)
        unsafe free.append(submission)
        completedCount += 1
        whenComplete?()
        if issued.count < quota { issue() }
        noteProgress()
    }

    private func noteProgress() {
        if quota > 0 && completedCount == quota { isFinished.store(true, ordering: .releasing) }
    }

    /// One request of a random kind, on a free stream.
    private func issue() {
        let identifier = Request.identifier(worker: index, number: issued.count)
        let stream = unsafe free.remove(at: Int.random(in: 0..<free.count, using: &generator))
        let shardCount = world.shards.count
        let wanted = Int.random(in: 1...min(4, shardCount), using: &generator)
        let shards = Array((0..<shardCount).shuffled(using: &generator).prefix(wanted))
        let commandCount = Int.random(in: 0..<64, using: &generator) == 0 ? 5000 : 1
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1:
            if unsafe runSingle(shards[0], identifier, stream) { return }
            unsafe submit([shards[0]], .parts, identifier, stream)
        case 2, 3: unsafe submit(shards, .parts, identifier, stream, commandCount)
        case 4: if unsafe !runLease(shards, identifier, stream) { unsafe submit(shards, .lease, identifier, stream) }
        default: unsafe submit(shards, .leaseAtOrigin, identifier, stream, commandCount)
        }
    }

    /// Without the mailbox, if it is empty.
    private func runSingle(_ shard: Int, _ identifier: Int, _ stream: UnsafeMutablePointer<Submission>) -> Bool {
        guard unsafe kernel.tryEnter(shard) else { return false }
        unsafe note([shard], doneOn: stream)
        world.shards[shard].run(identifier)
        unsafe kernel.giveBack(shard)
        return true
    }

    private func runLease(_ shards: [Int], _ identifier: Int, _ stream: UnsafeMutablePointer<Submission>) -> Bool {
        let isEntered = unsafe shards.withUnsafeBufferPointer {
            unsafe kernel.tryEnter($0.baseAddress!, count: $0.count)
        }
        guard isEntered else { return false }
        unsafe note(shards, doneOn: stream)
        world.runLease(shards, identifier)
        unsafe shards.withUnsafeBufferPointer { unsafe kernel.giveBack($0.baseAddress!, count: $0.count) }
        return true
    }

    private func note(_ shards: [Int], doneOn stream: UnsafeMutablePointer<Submission>) {
        unsafe issued.append(Request(shards: shards, stream: stream.pointee.stream))
        completedCount += 1
        unsafe free.append(stream)
    }

    func submit(
        _ shards: [Int], _ kind: BatchKind, _ identifier: Int, _ stream: UnsafeMutablePointer<Submission>,
        _ commandCount: Int = 1
    ) {
        unsafe issued.append(Request(shards: shards, stream: stream.pointee.stream))
        unsafe stream.pointee.address(to: shards, kind: kind, identifier: identifier, commandCount: commandCount)
        unsafe kernel.submit(stream.batchPointer)
    }

    /// A request of the next identifier, for tests that choose what is asked.
    func submitNext(_ shards: [Int], _ kind: BatchKind, commandCount: Int = 1) {
        let stream = unsafe Submission.make(origin: index, shardCount: world.shards.count, stream: issued.count)
        let identifier = Request.identifier(worker: index, number: issued.count)
        unsafe submit(shards, kind, identifier, stream, commandCount)
    }
}

/// The shards, the workers and the kernel between them.
@safe
final class ToyWorld: @unchecked Sendable {
    let shards: [ToyShard]
    private(set) var workers: [ToyWorker] = []
    private(set) var kernel: Kernel!
    private let loopsEnded = Atomic<Int>(0)

    init(workerCount: Int, shardCount: Int) throws {
        shards = (0..<shardCount).map { _ in ToyShard() }
        workers = (0..<workerCount).map { ToyWorker(world: self, index: $0) }
        kernel = unsafe try Kernel(
            shardCount: shardCount, handlers: toyHandlers,
            applications: workers.map { unsafe Unmanaged.passUnretained($0).toOpaque() })
    }

    func runLease(_ shards: [Int], _ identifier: Int) {
        for shard in shards { self.shards[shard].enter() }
        for shard in shards { self.shards[shard].log.append(identifier) }
        for shard in shards { self.shards[shard].leave() }
    }

    /// Starts all loops, waits until `isDone`, and ends them. False if something did not come in time.
    func run(seconds: Double = 25, until isDone: () -> Bool) throws -> Bool {
        var threads: [Thread.Handle] = []
        for worker in workers {
            threads.append(
                try Thread.start(name: "toy-\(worker.index)") {
                    unsafe worker.kernel.run()
                    self.loopsEnded.wrappingAdd(1, ordering: .sequentiallyConsistent)
                })
        }
        let isInTime = wait(seconds: seconds, until: isDone)
        for worker in workers { unsafe worker.kernel.requestStop() }
        let hasEnded = wait(seconds: 10) {
            self.loopsEnded.load(ordering: .sequentiallyConsistent) == self.workers.count
        }
        guard hasEnded else { return false }
        for thread in threads { Thread.join(thread) }
        return isInTime
    }

    /// Closes the descriptors; nothing may run any more.
    func close() {
        for worker in workers {
            unsafe worker.kernel.pointee.epoll.descriptor.close()
            unsafe worker.kernel.pointee.wakeup.descriptor.close()
        }
    }
}

private func toyWorker(_ application: UnsafeMutableRawPointer) -> ToyWorker {
    unsafe Unmanaged<ToyWorker>.fromOpaque(application).takeUnretainedValue()
}

private let toyHandlers = unsafe KernelHandlers(
    ready: { _, _, _ in },
    runPart: { application, message in
        let worker = unsafe toyWorker(application)
        let part = unsafe message.assumingMemoryBound(to: ToyPart.self)
        let submission = unsafe part.pointee.submission
        let shard = unsafe worker.world.shards[part.pointee.message.shard]
        shard.enter()
        unsafe shard.log.append(submission.pointee.identifier)
        worker.inTheMiddle?()
        shard.leave()
        return unsafe submission.pointee.commandCount
    },
    runLease: { application, batch in
        let worker = unsafe toyWorker(application)
        let submission = unsafe batch.assumingMemoryBound(to: Submission.self)
        if unsafe submission.pointee.batch.kind == .leaseAtOrigin && submission.pointee.batch.origin != worker.index {
            worker.strays += 1
        }
        unsafe worker.world.runLease(submission.shards, submission.pointee.identifier)
    },
    completed: { application, batch in
        unsafe toyWorker(application).complete(batch.assumingMemoryBound(to: Submission.self))
    },
    turn: { unsafe toyWorker($0).turn() }
)
