// How long the turns of a worker's loop take: DEBUG LOOP-TIMES and INFO debug.
import Platform

/// Turns of one loop by the time its thread had a processor, so that neither waiting nor what other processes took
/// counts. Written by the worker's own thread, read by any. Asking for the time costs a system call a turn: only while
/// `HotSettings.timesLoop`.
struct LoopTimes: ~Copyable {
    let turns = Tally()
    /// Nanoseconds.
    let longest = Tally()
    let overOneMillisecond = Tally()
    let overTwoMilliseconds = Tally()
    /// The thread's time at the end of the last turn; 0 before the first.
    private let last = Tally()

    /// A turn has ended.
    func note() {
        let time = Int(Clock.threadNanoseconds())
        let taken = time - last.current
        if last.current != 0 {
            turns.add(1)
            if taken > longest.current { longest.set(taken) }
            if taken > 1_000_000 { overOneMillisecond.add(1) }
            if taken > 2_000_000 { overTwoMilliseconds.add(1) }
        }
        last.set(time)
    }

    /// From now on.
    func reset() {
        turns.reset()
        longest.reset()
        overOneMillisecond.reset()
        overTwoMilliseconds.reset()
        last.reset()
    }
}
