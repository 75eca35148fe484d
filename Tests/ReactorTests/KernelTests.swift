// The kernel under load: many workers, many shards, batches of all kinds.
import Platform
import Synchronization
import Testing

@testable import Reactor

@Suite(.serialized) struct KernelTests {
    @Test(arguments: [
        (1, 1), (1, 4), (2, 1), (2, 2), (2, 5), (3, 2), (4, 4), (8, 3), (8, 16), (16, 16), (64, 8), (64, 64),
    ])
    func everythingRunsOnceAndInOneOrder(workerCount: Int, shardCount: Int) throws {
        let world = try ToyWorld(workerCount: workerCount, shardCount: shardCount)
        for worker in world.workers {
            worker.quota = max(16, Load.scaled(60_000) / workerCount)
            for stream in 0..<12 {
                unsafe worker.free.append(Submission.make(origin: worker.index, shardCount: shardCount, stream: stream))
            }
        }
        let isDone = try world.run { world.workers.allSatisfy { $0.isFinished.load(ordering: .acquiring) } }
        #expect(isDone, "something was lost: \(world.workers.map { $0.quota - $0.completedCount }) are missing")
        guard isDone else { return }
        let history = History(world: world)
        #expect(world.shards.allSatisfy { $0.violations == 0 }, "two were on a shard at once")
        #expect(world.workers.allSatisfy { $0.strays == 0 }, "a lease ran away from its origin")
        #expect(world.workers.allSatisfy { $0.issued.count == $0.quota && $0.completedCount == $0.quota })
        #expect(history.miscounted == 0)
        #expect(history.reordered == 0)
        #expect(history.isSequential)
        world.close()
    }

    @Test func idleWorkersSleep() throws {
        let world = try ToyWorld(workerCount: 8, shardCount: 8)
        func turns() -> Int { world.workers.reduce(0) { $0 + $1.turns.load(ordering: .relaxed) } }
        var before = 0
        var after = 0
        let isDone = try world.run {
            guard world.workers.allSatisfy({ $0.turns.load(ordering: .relaxed) > 0 }) else { return false }
            before = turns()
            // There is nothing to wait for: that nothing happens takes a while to see.
            Clock.sleep(microseconds: 100_000)
            after = turns()
            return true
        }
        #expect(isDone)
        #expect(after - before <= 2, "idle loops turned \(after - before) times")
        world.close()
    }

    @Test func aTaskWakesOneWorkerAFewTimes() throws {
        let world = try ToyWorld(workerCount: 4, shardCount: 4)
        let hasRun = Atomic<Int>(0)
        var posted = false
        let isDone = try world.run {
            if !posted && world.workers.allSatisfy({ $0.turns.load(ordering: .relaxed) > 0 }) {
                posted = true
                unsafe world.workers[2].kernel.post { hasRun.store(1, ordering: .releasing) }
            }
            return hasRun.load(ordering: .acquiring) == 1
        }
        #expect(isDone)
        #expect(world.workers.allSatisfy { $0.turns.load(ordering: .relaxed) <= 6 })
        world.close()
    }

    @Test func tasksOfManyThreadsRunOnceAndInTheOrderOfEach() throws {
        let world = try ToyWorld(workerCount: 2, shardCount: 1)
        let threadCount = 6
        let taskCount = Load.scaled(2000)
        let record = Record()
        let isDone = try world.run {
            if record.isStarted { return record.finished.load(ordering: .acquiring) == threadCount * taskCount }
            record.isStarted = true
            try? onThreads(threadCount) { thread in
                for number in 0..<taskCount {
                    unsafe world.workers[thread % 2].kernel.post {
                        record.seen[thread % 2].append((thread, number))
                        record.finished.wrappingAdd(1, ordering: .acquiringAndReleasing)
                    }
                }
            }
            return false
        }
        #expect(isDone)
        for thread in 0..<threadCount {
            #expect(record.seen[thread % 2].filter { $0.0 == thread }.map(\.1) == Array(0..<taskCount))
        }
        world.close()
    }

    @Test func stoppingEndsBusyLoops() throws {
        let world = try ToyWorld(workerCount: 4, shardCount: 2)
        for worker in world.workers {
            worker.quota = .max
            unsafe worker.free.append(Submission.make(origin: worker.index, shardCount: 2))
        }
        let isDone = try world.run { world.workers.allSatisfy { $0.turns.load(ordering: .relaxed) > 100 } }
        #expect(isDone)
        world.close()
    }
}

/// What the tasks of two workers have seen, each its own list.
private final class Record: @unchecked Sendable {
    let seen = [Box(), Box()]
    let finished = Atomic<Int>(0)
    var isStarted = false

    final class Box {
        var entries: [(Int, Int)] = []
        func append(_ entry: (Int, Int)) { entries.append(entry) }
        func filter(_ isWanted: ((Int, Int)) -> Bool) -> [(Int, Int)] { entries.filter(isWanted) }
    }
}
