// Asking the processor to load a cache line before it is needed.
import CLinux

/// A hint only: any address is allowed, and nothing happens if it is not mapped.
@usableFromInline
package enum Prefetch {
    /// Loads the cache line at `address` for reading.
    @inlinable
    @inline(__always)
    package static func read(_ address: UnsafeRawPointer) {
        unsafe linux_prefetch(address)
    }
}
