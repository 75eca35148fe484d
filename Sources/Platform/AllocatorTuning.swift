// How jemalloc is set up, and what it says of itself.
#if !SYSTEM_ALLOCATOR
    import CJemalloc
#endif

extension Allocator {
    /// Gives unused pages back within a second instead of ten, by a thread of jemalloc's own, so that an idle
    /// server shrinks too. Tables that grow leave pages behind which would otherwise be counted as the server's for
    /// as long as nobody allocates.
    package static func tune() {
        #if !SYSTEM_ALLOCATOR
            write("arenas.dirty_decay_ms", 1000)
            write("arenas.muzzy_decay_ms", 0)
            // The only arena that exists before the first thread.
            write("arena.0.dirty_decay_ms", 1000)
            write("arena.0.muzzy_decay_ms", 0)
            var enabled = true
            _ = unsafe mallctl("background_thread", nil, nil, &enabled, MemoryLayout<Bool>.size)
            tuneArenaOfLargeBlocks()
        #endif
    }

    /// Leaves the giving back of pages to jemalloc's thread, for the arena of the calling one. Otherwise who frees a
    /// block that leaves 8 MB and more unused in a row gives them back on the spot: 50 ms for 512 MB, in the kernel.
    package static func tuneThread() {
        #if !SYSTEM_ALLOCATOR
            var arena: UInt32 = 0
            var size = MemoryLayout<UInt32>.size
            if unsafe mallctl("thread.arena", &arena, &size, nil, 0) == 0 { keepLargeExtents(arena) }
        #endif
    }

    /// Reads one of jemalloc's settings or counters by its name, and writes it if a value is given. nil: there is none
    /// of that name, it is no number of 8 bytes, or it does not take this value.
    package static func setting(_ name: String, to value: Int?) -> Int? {
        #if SYSTEM_ALLOCATOR
            return nil
        #else
            AllocatorStatistics.refresh()
            var previous = 0
            var size = MemoryLayout<Int>.size
            guard var value else {
                let isRead = unsafe mallctl(name, &previous, &size, nil, 0) == 0 && size == MemoryLayout<Int>.size
                return isRead ? previous : nil
            }
            return unsafe mallctl(name, &previous, &size, &value, size) == 0 ? previous : nil
        #endif
    }

    #if !SYSTEM_ALLOCATOR
        /// Blocks of 8 MB and more have an arena of their own, which gives them back at once. It exists from the first
        /// such block on.
        private static func tuneArenaOfLargeBlocks() {
            let size = 16 << 20
            let block = unsafe allocate(size)
            var address: UnsafeMutableRawPointer? = unsafe block
            var arena: UInt32 = 0
            var length = MemoryLayout<UInt32>.size
            let addressSize = unsafe MemoryLayout<UnsafeMutableRawPointer?>.size
            if unsafe mallctl("arenas.lookup", &arena, &length, &address, addressSize) == 0 {
                write("arena.\(arena).dirty_decay_ms", 1000)
                write("arena.\(arena).muzzy_decay_ms", 0)
                keepLargeExtents(arena)
            }
            unsafe deallocate(block, size: size)
        }

        /// From this size on an unused extent is given back without waiting for its decay.
        private static func keepLargeExtents(_ arena: UInt32) {
            write("arena.\(arena).oversize_threshold", 1 << 60)
        }

        private static func write(_ name: String, _ value: Int) {
            var value = value
            _ = unsafe mallctl(name, nil, nil, &value, MemoryLayout<Int>.size)
        }
    #endif
}
