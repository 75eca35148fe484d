// The queue in front of a shard: order, cuts, and the stub that walks through it.
import Platform
import Synchronization
import Testing

@testable import Reactor

/// Messages with a batch of their own each.
@safe
private final class Messages: @unchecked Sendable {
    let messages: UnsafeMutablePointer<Message>
    let batches: UnsafeMutablePointer<Batch>
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Message>>
    let count: Int

    init(_ count: Int, published: Bool) {
        self.count = count
        unsafe messages = .allocate(capacity: count)
        unsafe batches = .allocate(capacity: count)
        unsafe list = .allocate(capacity: 1)
        for index in 0..<count {
            unsafe (batches + index).initialize(to: Batch(origin: 0, messages: list))
            unsafe batches[index].published.store(published, ordering: .relaxed)
            unsafe (messages + index).initialize(to: Message(batch: batches + index, shard: index))
        }
    }

    deinit {
        unsafe messages.deinitialize(count: count)
        unsafe messages.deallocate()
        unsafe batches.deinitialize(count: count)
        unsafe batches.deallocate()
        unsafe list.deallocate()
    }
}

@Suite struct MailboxTests {
    /// What happens to one message: it is appended, linked and published, in this order or with the publication first.
    private enum Stage: Int { case absent, appended, linked, published }

    /// Takes every message through its stages in the order that `schedule` names them, and pops wherever `pops` has a
    /// bit.
    private func explore(schedule: [Int], pops: Int, count: Int) -> String? {
        let messages = Messages(count, published: false)
        let mailbox = Mailbox(home: 0)
        var stages = [Stage](repeating: .absent, count: count)
        var previous = unsafe [UnsafeMutablePointer<Message>?](repeating: nil, count: count)
        var order: [Int] = []
        var popped = 0
        func popOne() -> String? {
            guard let message = unsafe mailbox.pop() else { return nil }
            guard popped < order.count, unsafe message == messages.messages + order[popped] else {
                return "out of order"
            }
            guard stages[order[popped]] == .published else { return "popped before it was published" }
            popped += 1
            return nil
        }
        for (step, index) in schedule.enumerated() {
            switch stages[index] {
            case .absent:
                unsafe previous[index] = unsafe mailbox.append(messages.messages + index)
                order.append(index)
                stages[index] = .appended
            case .appended:
                unsafe mailbox.link(previous[index]!, to: messages.messages + index)
                stages[index] = .linked
            case .linked, .published:
                unsafe messages.batches[index].published.store(true, ordering: .releasing)
                stages[index] = .published
            }
            if pops >> step & 1 == 1, let problem = popOne() { return problem }
            if mailbox.isEmpty != (popped == order.count) { return "isEmpty is wrong" }
        }
        for _ in popped..<count { if let problem = popOne() { return problem } }
        if popped != count { return "lost a message" }
        return unsafe mailbox.pop() == nil && mailbox.isEmpty ? nil : "not empty at the end"
    }

    /// Calls `body` with every order of `count` messages' three stages.
    private func withEverySchedule(_ count: Int, _ body: ([Int]) -> Void) {
        var schedule: [Int] = []
        var left = [Int](repeating: 3, count: count)
        func extend() {
            if schedule.count == 3 * count { return body(schedule) }
            for index in 0..<count where left[index] > 0 {
                left[index] -= 1
                schedule.append(index)
                extend()
                schedule.removeLast()
                left[index] += 1
            }
        }
        extend()
    }

    @Test func twoPushesInEveryOrderWithPopsEverywhere() {
        withEverySchedule(2) { schedule in
            for pops in 0..<64 {
                let problem = explore(schedule: schedule, pops: pops, count: 2)
                #expect(problem == nil, "\(schedule), pops \(pops)")
            }
        }
    }

    @Test func threePushesInEveryOrderWithSomePops() {
        var generator = SeededGenerator(seed: 3)
        withEverySchedule(3) { schedule in
            for _ in 0..<Load.scaled(24) {
                let pops = Int.random(in: 0..<512, using: &generator)
                if let problem = explore(schedule: schedule, pops: pops, count: 3) {
                    Issue.record("\(problem): \(schedule), pops \(pops)")
                }
            }
        }
    }

    @Test func longRandomSchedules() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<Load.scaled(2000) {
            let count = Int.random(in: 4...12, using: &generator)
            let schedule = (0..<count).flatMap { [$0, $0, $0] }.shuffled(using: &generator)
            let pops = Int.random(in: 0..<Int.max, using: &generator)
            let problem = explore(schedule: schedule, pops: pops, count: count)
            #expect(problem == nil, "\(schedule), pops \(pops)")
        }
    }

    @Test func theOrderOfEachProducerIsKept() throws {
        let producers = 6
        let each = Load.scaled(8000)
        let messages = Messages(producers * each, published: true)
        let mailbox = UnsafeMutablePointer<Mailbox>.allocate(capacity: 1)
        unsafe mailbox.initialize(to: Mailbox(home: 0))
        var threads: [Thread.Handle] = []
        for producer in 0..<producers {
            threads.append(
                try Thread.start(name: "producer") {
                    for number in 0..<each { unsafe mailbox.pointee.push(messages.messages + producer * each + number) }
                })
        }
        var next = [Int](repeating: 0, count: producers)
        var total = 0
        let isDone = wait(seconds: 30) {
            while let message = unsafe mailbox.pointee.pop() {
                let (producer, number) = unsafe message.pointee.shard.quotientAndRemainder(dividingBy: each)
                #expect(number == next[producer])
                next[producer] = number + 1
                total += 1
            }
            return total == producers * each
        }
        for thread in threads { Thread.join(thread) }
        #expect(isDone)
        let isEmpty = unsafe mailbox.pointee.isEmpty
        #expect(isEmpty)
    }
}
