// What jemalloc says of itself, and giving unused pages back.
import Glibc
#if !SYSTEM_ALLOCATOR
    import CJemalloc
#endif

/// Bytes, as jemalloc counts them. https://jemalloc.net/jemalloc.3.html, "MALLCTL NAMESPACE"
package struct AllocatorStatistics {
    /// Of all live allocations.
    package private(set) var allocated = 0
    /// Of the pages they lie in.
    package private(set) var active = 0
    /// Of physical memory that is mapped, dirty pages included.
    package private(set) var resident = 0
    /// The allocator's own data.
    package private(set) var metadata = 0
    /// Of pages that are mapped but not used.
    package private(set) var retained = 0

    /// The figures of this moment; all 0 without jemalloc.
    package static func current() -> AllocatorStatistics {
        var statistics = AllocatorStatistics()
        #if !SYSTEM_ALLOCATOR
            refresh()
            statistics.allocated = read("stats.allocated")
            statistics.active = read("stats.active")
            statistics.resident = read("stats.resident")
            statistics.metadata = read("stats.metadata")
            statistics.retained = read("stats.retained")
        #endif
        return statistics
    }

    /// "jemalloc-5.3.0", or "libc".
    package static var allocatorName: String {
        #if SYSTEM_ALLOCATOR
            return "libc"
        #else
            var version: UnsafePointer<CChar>?
            var size = 8
            guard unsafe mallctl("version", &version, &size, nil, 0) == 0, let text = unsafe version else {
                return "jemalloc"
            }
            return unsafe "jemalloc-" + String(cString: text).prefix { $0 != "-" }
        #endif
    }

    /// Gives dirty pages back to the system.
    package static func purge() {
        #if !SYSTEM_ALLOCATOR
            // 4096 stands for all arenas.
            _ = unsafe mallctl("arena.4096.purge", nil, nil, nil, 0)
        #endif
    }

    /// The long report.
    package static func report() -> [UInt8] {
        #if SYSTEM_ALLOCATOR
            return Array("Stats not supported for the current allocator".utf8)
        #else
            let collected = Collected()
            let context = unsafe Unmanaged.passUnretained(collected).toOpaque()
            unsafe malloc_stats_print(
                { context, text in
                    guard let context = unsafe context, let text = unsafe text else { return }
                    let collected = unsafe Unmanaged<Collected>.fromOpaque(context).takeUnretainedValue()
                    let characters = unsafe UnsafeBufferPointer(start: text, count: strlen(text))
                    unsafe collected.bytes += characters.map { UInt8(bitPattern: $0) }
                }, unsafe context, nil)
            return collected.bytes
        #endif
    }

    private final class Collected {
        var bytes: [UInt8] = []
    }

    #if !SYSTEM_ALLOCATOR
        /// Makes jemalloc add up its counters anew.
        static func refresh() {
            var epoch: UInt64 = 1
            var previous: UInt64 = 0
            var size = 8
            _ = unsafe mallctl("epoch", &previous, &size, &epoch, 8)
        }

        /// A figure of 8 bytes, or of 4; 0 if there is none of that name.
        static func read(_ name: String, bytes: Int = 8) -> Int {
            var value = 0
            var size = bytes
            return unsafe mallctl(name, &value, &size, nil, 0) == 0 ? value : 0
        }
    #endif
}
