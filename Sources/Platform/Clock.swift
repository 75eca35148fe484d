// Time: wall clock for deadlines, monotonic clock for durations, cycle counter for commands.
import CLinux
import Glibc

/// Reads the system's clocks. But for the thread's own none of the calls enters the kernel (the vDSO answers them).
@usableFromInline
package enum Clock {
    /// Microseconds since the Unix epoch.
    package static func realtimeMicroseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Milliseconds since the Unix epoch: the unit of every deadline.
    package static func realtimeMilliseconds() -> Int64 { realtimeMicroseconds() / 1000 }

    /// Nanoseconds of a clock that never goes back.
    package static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Milliseconds of the same clock.
    package static func monotonicMilliseconds() -> Int64 { monotonicNanoseconds() / 1_000_000 }

    /// Nanoseconds for which the calling thread has had a processor: what others took from it does not count. A call
    /// into the kernel.
    package static func threadNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Cycles of the processor's constant-rate counter: the cheapest clock there is (one instruction).
    @inlinable
    @inline(__always)
    package static func cycles() -> UInt64 { linux_cycle_counter() }

    /// Measures how many counter cycles pass a microsecond. Takes about two milliseconds; call once at start.
    package static func measureCyclesPerMicrosecond() -> Double {
        let startTime = monotonicNanoseconds()
        let startCycles = cycles()
        while monotonicNanoseconds() - startTime < 2_000_000 {}
        let elapsed = Double(monotonicNanoseconds() - startTime) / 1000
        return max(1, Double(cycles() - startCycles) / elapsed)
    }

    /// Sleeps for the given time, going on after signals.
    package static func sleep(microseconds: Int64) {
        guard microseconds > 0 else { return }
        var request = timespec(
            tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1000)
        var remaining = timespec()
        while unsafe nanosleep(&request, &remaining) == -1 && errno == EINTR { request = remaining }
    }
}
