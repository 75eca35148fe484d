// The system underneath: size classes, clocks, wake-ups, threads, counters.
import Testing

@testable import Platform

@Test func sizeClassesAreTheAllocatorsOwn() {
    var previous = 0
    for size in 1...70_000 {
        let sizeClass = Allocator.sizeClass(size)
        #expect(sizeClass >= size && sizeClass >= previous)
        #expect(Allocator.sizeClass(sizeClass) == sizeClass)
        previous = sizeClass
    }
    #expect(
        [1, 8, 9, 16, 17, 128, 129, 160, 161, 1024, 1025, 4097].map(Allocator.sizeClass)
            == [8, 8, 16, 16, 32, 128, 160, 160, 192, 1024, 1280, 5120])
}

@Test func blocksKeepTheirBytesWhenTheyMove() {
    var block = unsafe Allocator.allocate(24)
    for index in 0..<24 { unsafe block.storeBytes(of: UInt8(index), toByteOffset: index, as: UInt8.self) }
    unsafe block = unsafe Allocator.reallocate(block, to: 100_000)
    for index in 0..<24 { unsafe #expect(block.load(fromByteOffset: index, as: UInt8.self) == UInt8(index)) }
    unsafe Allocator.deallocate(block, size: 100_000)
}

@Test func theMonotonicClockDoesNotGoBack() {
    var previous = Clock.monotonicNanoseconds()
    for _ in 0..<10_000 {
        let now = Clock.monotonicNanoseconds()
        #expect(now >= previous)
        previous = now
    }
    #expect(abs(Clock.realtimeMilliseconds() - Clock.realtimeMicroseconds() / 1000) < 10_000)
}

@Test func signalsWakeAndAreTakenTogether() throws {
    let epoll = try Epoll()
    let wakeup = try EventFD()
    try epoll.addReadable(wakeup.descriptor, token: 7)
    #expect(epoll.wait(milliseconds: 0) == 0)
    wakeup.signal()
    wakeup.signal()
    #expect(epoll.wait(milliseconds: 1000) == 1)
    #expect(epoll.event(0).token == 7 && epoll.event(0).readiness.contains(.readable))
    wakeup.clear()
    #expect(epoll.wait(milliseconds: 0) == 0)
    wakeup.descriptor.close()
    epoll.descriptor.close()
}

/// Counted by many threads; the lock guards `plain`.
private final class Shared: @unchecked Sendable {
    let lock = Mutex()
    var plain = 0
    let flag = AtomicFlag.create()
}

@Test func threadsRunAndLocksExclude() throws {
    let shared = Shared()
    shared.flag.retain()
    var threads: [Thread.Handle] = []
    for _ in 0..<4 {
        threads.append(
            try Thread.start(name: "a name longer than fifteen bytes") {
                for _ in 0..<5000 { shared.lock.withLock { shared.plain += 1 } }
                shared.flag.set()
            })
    }
    for thread in threads { Thread.join(thread) }
    #expect(shared.plain == 20_000)
    #expect(shared.flag.isSet)
    shared.flag.clear()
    #expect(!shared.flag.isSet)
    shared.flag.release()
    shared.flag.release()
}
