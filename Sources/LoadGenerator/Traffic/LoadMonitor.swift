// What the threads of a load and whoever watches it have in common.
import Platform

final class LoadMonitor: @unchecked Sendable {
    private let lock = Mutex()
    private let stopFlag = AtomicFlag.create()
    private let threads: Int
    private var ready = 0
    private var start: Int64?
    private var snapshots: [LoadSnapshot]
    private var results: [ThreadResult?]

    init(threads: Int) {
        self.threads = threads
        snapshots = [LoadSnapshot](repeating: LoadSnapshot(), count: threads)
        results = [ThreadResult?](repeating: nil, count: threads)
    }

    deinit { stopFlag.release() }

    func stop() { stopFlag.set() }
    var isStopped: Bool { stopFlag.isSet }

    /// Waits until every thread has its connections; the common start, or nil if there will be none.
    func waitForStart() -> Int64? {
        lock.withLock {
            ready += 1
            if ready == threads { start = Clock.monotonicNanoseconds() + 2_000_000 }
        }
        while !isStopped {
            if let start = lock.withLock({ start }) {
                Clock.sleep(microseconds: (start - Clock.monotonicNanoseconds()) / 1000)
                return start
            }
            Clock.sleep(microseconds: 500)
        }
        return nil
    }

    /// When all threads began; nil before.
    var startTime: Int64? { lock.withLock { start } }

    func publish(_ number: Int, _ snapshot: LoadSnapshot) {
        lock.withLock { snapshots[number] = snapshot }
    }

    func finish(_ number: Int, _ result: ThreadResult) {
        lock.withLock {
            snapshots[number] = result.snapshot
            results[number] = result
        }
    }

    var snapshot: LoadSnapshot { lock.withLock { snapshots.reduce(LoadSnapshot(), +) } }
    var finished: [ThreadResult] { lock.withLock { results.compactMap { $0 } } }
    var isOver: Bool { lock.withLock { results.allSatisfy { $0 != nil } } }
}
