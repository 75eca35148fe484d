// The kernel step by step, on one thread: what one worker does while another is in the middle of something.
import Synchronization
import Testing

@testable import Reactor

@Suite struct KernelStepTests {
    /// Two workers and `shardCount` shards, whose loops do not run.
    private func withWorld(_ shardCount: Int, _ body: (ToyWorld, ToyWorker, ToyWorker) -> Void) throws {
        let world = try ToyWorld(workerCount: 2, shardCount: shardCount)
        body(world, world.workers[0], world.workers[1])
        #expect(History(world: world).isSequential)
        for shard in 0..<shardCount {
            let isFree = unsafe world.kernel.mailboxes[shard].baton.tryTake()
            #expect(isFree, "the baton of shard \(shard) was not given back")
            let isEmpty = unsafe world.kernel.mailboxes[shard].isEmpty
            #expect(isEmpty)
        }
        world.close()
    }

    /// A holder that was interrupted for long hands its shard over: the home workers do what they would.
    private func settle(_ first: ToyWorker, _ second: ToyWorker) {
        for _ in 0..<100 {
            unsafe first.kernel.serveHandovers()
            unsafe second.kernel.serveHandovers()
        }
    }

    private func identifier(_ worker: ToyWorker, _ number: Int) -> Int {
        Request.identifier(worker: worker.index, number: number)
    }

    @Test func aFreeShardIsEnteredOnce() throws {
        try withWorld(1) { _, first, second in
            unsafe #expect(first.kernel.tryEnter(0))
            unsafe #expect(!second.kernel.tryEnter(0))
            unsafe first.kernel.giveBack(0)
            unsafe #expect(second.kernel.tryEnter(0))
            unsafe second.kernel.giveBack(0)
        }
    }

    @Test func whatComesWhileAShardIsHeldRunsWhenItIsGivenBack() throws {
        try withWorld(1) { world, first, second in
            unsafe #expect(first.kernel.tryEnter(0))
            second.submitNext([0], .parts)
            second.submitNext([0], .parts)
            settle(first, second)
            #expect(world.shards[0].log.isEmpty)
            unsafe first.kernel.giveBack(0)
            settle(first, second)
            #expect(world.shards[0].log == [identifier(second, 0), identifier(second, 1)])
            #expect(second.completed.isEmpty)
            unsafe second.kernel.serveCompletions()
            #expect(Set(second.completed) == [identifier(second, 0), identifier(second, 1)])
        }
    }

    @Test func severalShardsAreEnteredTogetherOrNotAtAll() throws {
        try withWorld(3) { world, first, second in
            unsafe #expect(second.kernel.tryEnter(1))
            let wanted = [2, 1, 0]
            unsafe wanted.withUnsafeBufferPointer { unsafe #expect(!first.kernel.tryEnter($0.baseAddress!, count: 3)) }
            unsafe #expect(second.kernel.tryEnter(2))
            unsafe second.kernel.giveBack(2)
            unsafe second.kernel.giveBack(1)
            unsafe wanted.withUnsafeBufferPointer {
                unsafe #expect(first.kernel.tryEnter($0.baseAddress!, count: 3))
                unsafe #expect(!second.kernel.tryEnter(0) && !second.kernel.tryEnter(1) && !second.kernel.tryEnter(2))
                unsafe first.kernel.giveBack($0.baseAddress!, count: 3)
            }
        }
    }

    @Test func aLeaseRunsWhereTheLastShardIsParked() throws {
        try withWorld(2) { world, first, second in
            unsafe #expect(first.kernel.tryEnter(1))
            second.submitNext([0, 1], .lease)
            // Shard 0 is parked: what comes for it now waits behind the lease.
            first.submitNext([0], .parts)
            settle(first, second)
            #expect(world.shards[0].log.isEmpty)
            unsafe first.kernel.giveBack(1)
            settle(first, second)
            #expect(world.shards[0].log == [identifier(second, 0), identifier(first, 0)])
            #expect(world.shards[1].log == [identifier(second, 0)])
            unsafe second.kernel.serveCompletions()
            unsafe first.kernel.serveCompletions()
            #expect(first.completed.count == 1 && second.completed.count == 1)
        }
    }

    @Test func aLeaseOfTheOriginWaitsForIt() throws {
        try withWorld(2) { world, first, second in
            unsafe #expect(first.kernel.tryEnter(1))
            second.submitNext([0, 1], .leaseAtOrigin)
            first.submitNext([0], .parts)
            unsafe first.kernel.giveBack(1)
            settle(first, second)
            #expect(world.shards[0].log.isEmpty && world.shards[1].log.isEmpty)
            unsafe second.kernel.serveCompletions()
            settle(first, second)
            #expect(second.strays == 0 && first.strays == 0)
            #expect(world.shards[0].log == [identifier(second, 0), identifier(first, 0)])
            #expect(second.completed == [identifier(second, 0)])
            unsafe first.kernel.serveCompletions()
            #expect(first.completed.count == 1)
        }
    }

    @Test func aHolderThatWasKeptLongHandsOver() throws {
        try withWorld(2) { world, first, second in
            // While the first worker runs a long part on the second's shard, more comes for it.
            first.inTheMiddle = {
                first.inTheMiddle = nil
                second.submitNext([1], .parts)
            }
            first.submitNext([1], .parts, commandCount: 5000)
            #expect(world.shards[1].log == [identifier(first, 0)])
            unsafe second.kernel.serveHandovers()
            #expect(world.shards[1].log == [identifier(first, 0), identifier(second, 0)])
            unsafe first.kernel.serveCompletions()
            settle(first, second)
            unsafe second.kernel.serveCompletions()
            #expect(first.completed.count == 1 && second.completed.count == 1)
        }
    }

    @Test func aHomeWorkerHandsOverToItself() throws {
        try withWorld(1) { world, first, second in
            first.inTheMiddle = {
                first.inTheMiddle = nil
                second.submitNext([0], .parts)
            }
            first.submitNext([0], .parts, commandCount: 5000)
            #expect(world.shards[0].log.count == 1)
            unsafe first.kernel.serveHandovers()
            #expect(world.shards[0].log.count == 2)
            unsafe first.kernel.serveCompletions()
            settle(first, second)
            unsafe second.kernel.serveCompletions()
        }
    }

    @Test func whoeverAsksAgainAtOnceWaitsForTheNextTurn() throws {
        try withWorld(2) { world, first, second in
            // A client that never stops sending; here it does in the end, so that the failure is no endless loop.
            first.whenComplete = { if first.issued.count < 100 { first.submitNext([0, 1], .parts) } }
            first.submitNext([0, 1], .parts)
            for turn in 1...5 {
                unsafe first.kernel.serveCompletions()
                #expect(first.completed.count == turn)
            }
            first.whenComplete = nil
            unsafe first.kernel.serveCompletions()
            #expect(world.shards[0].log.count == 6 && second.completed.isEmpty)
        }
    }

    @Test func nothingRunsBeforeItsBatchIsPublished() throws {
        try withWorld(2) { world, first, second in
            // The first worker has pushed one of two parts and is preempted.
            let submission = unsafe Submission.make(origin: 0, shardCount: 2)
            unsafe submission.pointee.address(to: [0, 1], kind: .parts, identifier: identifier(first, 0))
            first.issued.append(Request(shards: [0, 1]))
            unsafe submission.pointee.batch.published.store(false, ordering: .relaxed)
            unsafe submission.pointee.batch.outstanding.store(2, ordering: .relaxed)
            unsafe world.kernel.mailboxes[0].push(submission.pointee.messages[0])
            second.submitNext([0], .parts)
            unsafe #expect(!second.kernel.tryEnter(0))
            #expect(world.shards[0].log.isEmpty)
            unsafe world.kernel.mailboxes[1].push(submission.pointee.messages[1])
            unsafe submission.pointee.batch.published.store(true, ordering: .releasing)
            unsafe #expect(!second.kernel.tryEnter(0))
            settle(first, second)
            #expect(world.shards[0].log == [identifier(first, 0), identifier(second, 0)])
            unsafe #expect(!second.kernel.tryEnter(1))
            #expect(world.shards[1].log == [identifier(first, 0)])
            unsafe first.kernel.serveCompletions()
            settle(first, second)
            unsafe second.kernel.serveCompletions()
            #expect(first.completed.count == 1 && second.completed.count == 1)
        }
    }
}
