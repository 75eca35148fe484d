// What the process has allocated, as its threads tell, and how much it may.
import Platform
import Synchronization

/// The threads' balances, summed. Lives in raw memory; any thread reads and adds.
@safe
struct MemoryBudget: ~Copyable {
    /// A worker adds what it has allocated or freed when that has come to so much.
    static var publicationStep: Int { 32 << 10 }

    private var padding0: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    /// Bytes, less what each worker has not told yet: `publicationStep` at most.
    let used = Atomic<Int>(0)
    private var padding1: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
}

/// One worker's view of the memory.
@safe
struct MemoryWatch {
    /// What this thread has allocated and freed.
    var thread = ThreadMemory.none
    /// How much of it stands in the budget.
    var published = 0
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Adds to the budget what this thread has allocated or freed since the last time, if it is worth it.
    @inline(__always)
    func publishMemory() {
        let change = unsafe self.pointee.memory.thread.balance &- self.pointee.memory.published
        if _slowPath(change.magnitude >= UInt(MemoryBudget.publicationStep)) { unsafe publish(change) }
    }

    @inline(never)
    func publish(_ change: Int) {
        unsafe self.pointee.memory.published &+= change
        unsafe self.pointee.budget.pointee.used.wrappingAdd(change, ordering: .relaxed)
    }
}

extension ServerState {
    /// The bytes that the process has allocated, in size classes: what Redis calls `used_memory`. Exact but for what
    /// other threads do at this moment.
    var usedMemory: Int {
        #if SYSTEM_ALLOCATOR
            return unsafe workers.pointee.memory.thread.balance
        #else
            return max(0, (0..<workerCount).reduce(0) { unsafe $0 + workers[$1].memory.thread.balance })
        #endif
    }
}
