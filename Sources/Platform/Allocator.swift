// Memory for the hot path: jemalloc with sized deallocation, and its size classes as arithmetic.
#if SYSTEM_ALLOCATOR
    import CLinux
    import Glibc
    import Synchronization
#else
    import CJemalloc
#endif

/// The one allocator of the server. Blocks are at least 8-byte aligned (16-byte from 16 bytes on).
///
/// Running out of memory ends the process with a message, as it does in Redis: there is no state to save by going on.
@usableFromInline
package enum Allocator {
    #if SYSTEM_ALLOCATOR
        /// jemalloc counts by itself; here the process counts together.
        @usableFromInline static let live = Atomic<Int>(0)

        /// The bytes that are allocated at this moment.
        @inlinable package static var liveBytes: Int { live.load(ordering: .relaxed) }
    #endif

    /// Allocates `size` bytes, `size` > 0, uninitialised.
    @inlinable
    package static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        #if SYSTEM_ALLOCATOR
            let block = unsafe malloc(size)
        #else
            let block = unsafe mallocx(size, 0)
        #endif
        guard let block = unsafe block else { outOfMemory(size) }
        #if SYSTEM_ALLOCATOR
            unsafe live.wrappingAdd(malloc_usable_size(block), ordering: .relaxed)
        #endif
        return unsafe block
    }

    /// Frees a block that was allocated (or last reallocated) with exactly `size` bytes.
    @inlinable
    package static func deallocate(_ block: UnsafeMutableRawPointer, size: Int) {
        #if SYSTEM_ALLOCATOR
            unsafe live.wrappingSubtract(malloc_usable_size(block), ordering: .relaxed)
            unsafe free(block)
        #else
            unsafe sdallocx(block, size, 0)
        #endif
    }

    /// Resizes a block, moving it if it must; the bytes up to the smaller size are kept.
    @inlinable
    package static func reallocate(_ block: UnsafeMutableRawPointer, to size: Int) -> UnsafeMutableRawPointer {
        #if SYSTEM_ALLOCATOR
            unsafe live.wrappingSubtract(malloc_usable_size(block), ordering: .relaxed)
            let moved = unsafe realloc(block, size)
        #else
            let moved = unsafe rallocx(block, size, 0)
        #endif
        guard let moved = unsafe moved else { outOfMemory(size) }
        #if SYSTEM_ALLOCATOR
            unsafe live.wrappingAdd(malloc_usable_size(moved), ordering: .relaxed)
        #endif
        return unsafe moved
    }

    /// The bytes that an allocation of `size` bytes really takes: jemalloc's size classes (four a doubling), as
    /// arithmetic instead of a call. jemalloc(3), "IMPLEMENTATION NOTES".
    @inlinable
    package static func sizeClass(_ size: Int) -> Int {
        if size <= 8 { return 8 }
        if size <= 128 { return (size + 15) & ~15 }
        let shift = (Int.bitWidth - 1 - (size - 1).leadingZeroBitCount) - 2
        let step = 1 << shift
        return (size + step - 1) & ~(step - 1)
    }

    @usableFromInline
    static func outOfMemory(_ size: Int) -> Never {
        fatalError("out of memory: the allocation of \(size) bytes failed")
    }
}
