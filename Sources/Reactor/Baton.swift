// The right to run a shard: one atomic word that is never waited for.
import Synchronization

/// Free, held, or held and wanted. Whoever finds the baton taken marks it as wanted and goes on; the holder cannot
/// give it back without noticing the mark, looks into the mailbox once more, and so no message is ever left behind.
///
/// All transitions are read-modify-writes of this one word, so their total order is all the reasoning there is: a
/// mark is either before the holder's release (which then fails) or after it (and then it was a take).
package struct Baton: ~Copyable {
    static var free: UInt8 { 0 }
    static var held: UInt8 { 1 }
    static var wanted: UInt8 { 2 }

    let word = Atomic<UInt8>(0)

    package init() {}

    /// Takes the baton if it is free.
    package func tryTake() -> Bool {
        word.compareExchange(
            expected: Baton.free, desired: Baton.held, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged
    }

    /// Takes the baton if it is free, else tells its holder to look again. True: taken.
    package func takeOrMark() -> Bool {
        if tryTake() { return true }
        return word.exchange(Baton.wanted, ordering: .acquiringAndReleasing) == Baton.free
    }

    /// Gives the baton back unless somebody marked it. False: still held, the mark is taken, and the mailbox must be
    /// looked at again.
    package func release() -> Bool {
        let released = word.compareExchange(
            expected: Baton.held, desired: Baton.free, successOrdering: .releasing, failureOrdering: .relaxed
        ).exchanged
        if released { return true }
        _ = word.exchange(Baton.held, ordering: .acquiringAndReleasing)
        return false
    }

    /// Gives the baton back whatever was marked. The caller sees to it that somebody else will look.
    package func releaseUnconditionally() {
        _ = word.exchange(Baton.free, ordering: .acquiringAndReleasing)
    }
}
