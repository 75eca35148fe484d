// The lock around a push that goes to several mailboxes at once.
import Platform
import Synchronization

/// A spin-lock that is held for the pushes of one batch alone, never while a shard is run. Gates are taken in ascending
/// order of their shards, so they cannot deadlock.
package struct Gate: ~Copyable {
    let isClosed = Atomic<Bool>(false)

    package init() {}

    package func close() {
        if !isClosed.exchange(true, ordering: .acquiring) { return }
        closeSlowly()
    }

    package func open() { isClosed.store(false, ordering: .releasing) }

    func closeSlowly() {
        var attempts = 0
        while true {
            if !isClosed.load(ordering: .relaxed), !isClosed.exchange(true, ordering: .acquiring) { return }
            attempts += 1
            // The owner holds the gate for some ten instructions; if that takes longer it was preempted.
            if attempts < 64 { Thread.spinHint() } else { Thread.yield() }
        }
    }
}
