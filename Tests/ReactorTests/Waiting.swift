// Waiting for what other threads do: until a condition holds, and never longer than a bound.
import Platform

/// Polls `condition` until it holds; false if it did not within `seconds`.
func wait(seconds: Double = 25, until condition: () -> Bool) -> Bool {
    let deadline = Clock.monotonicNanoseconds() + Int64(seconds * 1e9)
    while !condition() {
        if Clock.monotonicNanoseconds() > deadline { return false }
        Clock.sleep(microseconds: 200)
    }
    return true
}

/// Runs `body` on `count` threads at once, with their numbers, and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping (Int) -> Void) throws {
    var threads: [Thread.Handle] = []
    for number in 0..<count { threads.append(try Thread.start(name: "test-\(number)") { body(number) }) }
    for thread in threads { Thread.join(thread) }
}

/// How much work the tests do: less under a thread sanitizer, whose builds use the system's allocator.
enum Load {
    #if SYSTEM_ALLOCATOR
        static let divisor = 8
    #else
        static let divisor = 1
    #endif

    static func scaled(_ count: Int) -> Int { max(1, count / divisor) }
}

/// A small generator of pseudo-random numbers with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
