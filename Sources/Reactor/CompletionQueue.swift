// Batches on their way back to the worker that submitted them.
import Synchronization

/// A stack that many threads push to and one takes whole; the order among completions of different connections is free.
package struct CompletionQueue: ~Copyable {
    let top = Atomic<UInt>(0)

    package init() {}

    package var isEmpty: Bool { top.load(ordering: .sequentiallyConsistent) == 0 }

    /// Adds a batch. From any thread.
    package func push(_ batch: UnsafeMutablePointer<Batch>) {
        var current = top.load(ordering: .relaxed)
        while true {
            unsafe batch.pointee.nextCompleted = current
            let result = top.compareExchange(
                expected: current, desired: UInt(bitPattern: batch),
                successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
            if result.exchanged { return }
            current = result.original
        }
    }

    /// Takes all batches, linked by `nextCompleted`, oldest first. For the owner alone.
    package func takeAll() -> UnsafeMutablePointer<Batch>? {
        guard top.load(ordering: .relaxed) != 0 else { return nil }
        var current = unsafe UnsafeMutablePointer<Batch>(
            bitPattern: top.exchange(0, ordering: .sequentiallyConsistent))
        var reversed: UnsafeMutablePointer<Batch>?
        while let batch = unsafe current {
            unsafe current = UnsafeMutablePointer<Batch>(bitPattern: batch.pointee.nextCompleted)
            unsafe batch.pointee.nextCompleted = UInt(bitPattern: reversed)
            unsafe reversed = unsafe batch
        }
        return unsafe reversed
    }
}
