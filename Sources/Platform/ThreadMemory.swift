// What a thread has allocated and freed, by jemalloc's own counters.
#if !SYSTEM_ALLOCATOR
    import CJemalloc
#endif

/// The pair of counters that jemalloc keeps for a thread: reading them costs two loads, keeping them nothing. Memory
/// that one thread allocates and another frees makes one number large and the other negative: only the sum over all
/// threads means something. https://jemalloc.net/jemalloc.3.html, "thread.allocatedp".
///
/// Without jemalloc every thread shows what the whole process holds from `Allocator`.
@safe
@usableFromInline
package struct ThreadMemory: @unchecked Sendable {
    @usableFromInline let allocated: UnsafePointer<UInt64>
    @usableFromInline let deallocated: UnsafePointer<UInt64>

    /// Stands for a thread that has not said yet which its counters are.
    package static let none = unsafe ThreadMemory(allocated: zero, deallocated: zero)

    private nonisolated(unsafe) static let zero: UnsafePointer<UInt64> = {
        let zero = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        unsafe zero.initialize(to: 0)
        return unsafe UnsafePointer(zero)
    }()

    private init(allocated: UnsafePointer<UInt64>, deallocated: UnsafePointer<UInt64>) {
        unsafe self.allocated = unsafe allocated
        unsafe self.deallocated = unsafe deallocated
    }

    /// The counters of the calling thread; good as long as the thread lives.
    package static func ofCurrentThread() -> ThreadMemory {
        #if SYSTEM_ALLOCATOR
            return none
        #else
            guard let allocated = unsafe counter("thread.allocatedp"),
                let deallocated = unsafe counter("thread.deallocatedp")
            else { return none }
            return unsafe ThreadMemory(allocated: allocated, deallocated: deallocated)
        #endif
    }

    #if !SYSTEM_ALLOCATOR
        private static func counter(_ name: StaticString) -> UnsafePointer<UInt64>? {
            var pointer: UnsafePointer<UInt64>?
            var size = unsafe MemoryLayout<UnsafePointer<UInt64>?>.size
            let text = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
            guard unsafe mallctl(text, &pointer, &size, nil, 0) == 0 else { return nil }
            return unsafe pointer
        }
    #endif

    /// Bytes allocated less bytes freed by the thread, in size classes. Any thread may ask: another one sees a number
    /// of a moment ago.
    @inlinable
    package var balance: Int {
        #if SYSTEM_ALLOCATOR
            return Allocator.liveBytes
        #else
            return unsafe Int(truncatingIfNeeded: allocated.pointee &- deallocated.pointee)
        #endif
    }
}
