// Inboxes: nothing is lost, and each sender's posts stay in order.
import Platform
import Testing

@testable import Reactor

/// A post and what it says.
private struct Letter: ~Copyable {
    var post = Post()
    let sender: Int
    let number: Int
}

@Suite struct InboxTests {
    @Test func takesOldestFirst() {
        let queue = Inbox<Post>()
        let letters = UnsafeMutablePointer<Letter>.allocate(capacity: 5)
        defer { unsafe letters.deallocate() }
        let isEmpty = queue.isEmpty
        #expect(isEmpty)
        for number in 0..<5 {
            unsafe (letters + number).initialize(to: Letter(sender: 0, number: number))
            unsafe queue.push(UnsafeMutableRawPointer(letters + number).assumingMemoryBound(to: Post.self))
        }
        var seen: [Int] = []
        var post = unsafe queue.takeAll()
        while let current = unsafe post {
            unsafe seen.append(UnsafeMutableRawPointer(current).assumingMemoryBound(to: Letter.self).pointee.number)
            unsafe post = unsafe current.following
        }
        #expect(seen == [0, 1, 2, 3, 4])
        let isEmptyAgain = queue.isEmpty
        #expect(isEmptyAgain)
    }

    @Test func keepsEachSendersOrder() throws {
        let senders = 3
        let count = 20_000
        let queue = UnsafeMutablePointer<Inbox<Post>>.allocate(capacity: 1)
        unsafe queue.initialize(to: Inbox<Post>())
        let letters = UnsafeMutablePointer<Letter>.allocate(capacity: senders * count)
        defer {
            unsafe queue.deallocate()
            unsafe letters.deallocate()
        }
        var threads: [Thread.Handle] = []
        for sender in 0..<senders {
            let (own, target) = unsafe (letters + sender * count, queue)
            threads.append(
                try Thread.start(name: "sender") {
                    for number in 0..<count {
                        unsafe (own + number).initialize(to: Letter(sender: sender, number: number))
                        unsafe target.pointee.push(
                            UnsafeMutableRawPointer(own + number).assumingMemoryBound(to: Post.self))
                    }
                })
        }
        var next = [Int](repeating: 0, count: senders)
        let deadline = Clock.monotonicNanoseconds() + 60_000_000_000
        while next.reduce(0, +) < senders * count, Clock.monotonicNanoseconds() < deadline {
            var post = unsafe queue.pointee.takeAll()
            while let current = unsafe post {
                let letter = unsafe UnsafeMutableRawPointer(current).assumingMemoryBound(to: Letter.self)
                let (sender, number) = unsafe (letter.pointee.sender, letter.pointee.number)
                #expect(number == next[sender])
                next[sender] += 1
                unsafe post = unsafe current.following
            }
        }
        for thread in threads { Thread.join(thread) }
        #expect(next == [Int](repeating: count, count: senders))
    }
}
