// The atomic words of the kernel: batons, gates and queues of completions.
import Platform
import Synchronization
import Testing

@testable import Reactor

/// Plain memory that a baton or a gate guards.
private final class Guarded: @unchecked Sendable {
    let baton = Baton()
    let gate = Gate()
    let pending = Atomic<Int>(0)
    var done = 0

    func tryTake() -> Bool { baton.tryTake() }
    func takeOrMark() -> Bool { baton.takeOrMark() }
    func release() -> Bool { baton.release() }
}

@Suite struct WordTests {
    @Test func aBatonIsTakenOnceAndRemembersMarks() {
        let baton = Guarded()
        #expect(baton.tryTake())
        #expect(!baton.tryTake())
        #expect(baton.release())
        #expect(baton.takeOrMark())
        #expect(!baton.takeOrMark())
        #expect(!baton.takeOrMark())
        #expect(!baton.release(), "marks must be noticed")
        #expect(baton.release(), "two marks are one")
        #expect(baton.tryTake())
        #expect(!baton.takeOrMark())
        baton.baton.releaseUnconditionally()
        #expect(baton.tryTake())
    }

    /// Everybody announces work and then takes or marks: whatever the interleaving, all of it is done.
    @Test func noMarkIsLost() throws {
        let threadCount = 6
        let each = Load.scaled(40_000)
        let guarded = Guarded()
        try onThreads(threadCount) { _ in
            for _ in 0..<each {
                guarded.pending.wrappingAdd(1, ordering: .relaxed)
                guard guarded.baton.takeOrMark() else { continue }
                repeat {
                    guarded.done += guarded.pending.exchange(0, ordering: .relaxed)
                } while !guarded.baton.release()
            }
        }
        #expect(guarded.done == threadCount * each)
        #expect(guarded.tryTake())
    }

    @Test func aGateLetsOneThroughAtATime() throws {
        let threadCount = 6
        let each = Load.scaled(20_000)
        let guarded = Guarded()
        try onThreads(threadCount) { _ in
            for _ in 0..<each {
                guarded.gate.close()
                guarded.done += 1
                guarded.gate.open()
            }
        }
        #expect(guarded.done == threadCount * each)
    }

    @Test func completionsComeOnceAndInTheOrderOfEachThread() throws {
        let threadCount = 4
        let each = Load.scaled(20_000)
        let batches = UnsafeMutablePointer<Batch>.allocate(capacity: threadCount * each)
        let messages = UnsafeMutablePointer<UnsafeMutablePointer<Message>>.allocate(capacity: 1)
        for index in 0..<threadCount * each {
            unsafe (batches + index).initialize(to: Batch(origin: index, messages: messages))
        }
        let queue = UnsafeMutablePointer<Inbox<Batch>>.allocate(capacity: 1)
        unsafe queue.initialize(to: Inbox<Batch>())
        var isEmpty = unsafe queue.pointee.isEmpty
        #expect(isEmpty)
        unsafe #expect(queue.pointee.takeAll() == nil)
        var threads: [Thread.Handle] = []
        for thread in 0..<threadCount {
            threads.append(
                try Thread.start(name: "poster") {
                    for number in 0..<each { unsafe queue.pointee.push(batches + thread * each + number) }
                })
        }
        var next = [Int](repeating: 0, count: threadCount)
        var total = 0
        let isDone = wait(seconds: 30) {
            var taken = unsafe queue.pointee.takeAll()
            while let batch = unsafe taken {
                unsafe taken = unsafe batch.following
                let (thread, number) = unsafe batch.pointee.origin.quotientAndRemainder(dividingBy: each)
                #expect(number == next[thread])
                next[thread] = number + 1
                total += 1
            }
            return total == threadCount * each
        }
        for thread in threads { Thread.join(thread) }
        #expect(isDone)
        isEmpty = unsafe queue.pointee.isEmpty
        #expect(isEmpty)
    }
}
