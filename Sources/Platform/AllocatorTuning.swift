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
        #endif
    }

    #if !SYSTEM_ALLOCATOR
        private static func write(_ name: String, _ value: Int) {
            var value = value
            _ = unsafe mallctl(name, nil, nil, &value, MemoryLayout<Int>.size)
        }
    #endif
}
