// Moving blocks out of sparse pages: what active defragmentation asks of the allocator.
#if !SYSTEM_ALLOCATOR
    import CJemalloc
#endif

/// Moves a block if the pages it lies in are emptier than most that hold blocks of its size, so that they can be given
/// back. jemalloc puts blocks of up to 14 KiB of one size class into *slabs*; a slab is kept while one block in it is.
/// New blocks go to the oldest slab with a free place, past the thread's cache: so sparse slabs run empty, others fill.
///
/// https://jemalloc.net/jemalloc.3.html ("size classes", "stats.arenas.<i>.bins.<j>"); `experimental.utilization` is
/// described in jemalloc's src/ctl.c.
@safe
@usableFromInline
package struct BlockMover {
    /// Blocks that were moved, and blocks that were looked at and left where they are.
    package private(set) var movedCount = 0
    package private(set) var keptCount = 0
    /// Moves every block, for tests.
    private let movesAll: Bool
    /// By size class: a block moves if at most so many thousandths of its slab are taken; 0: never.
    private var limits = InlineArray<36, Int>(repeating: 0)

    /// One that moves nothing before `update`.
    package init(movesAll: Bool = false) { self.movesAll = movesAll }

    /// The largest block that shares a slab with others.
    package static var largestSize: Int { 14336 }

    /// Forgets the counts.
    package mutating func resetCounts() {
        movedCount = 0
        keptCount = 0
    }

    /// Moves a block that was allocated with `size` bytes if that helps; returns where it is now, nil if it stayed.
    /// `handOver` is called with the new block while the old one is still there.
    package mutating func relocate(
        _ block: UnsafeMutableRawPointer, size: Int, handOver: (UnsafeMutableRawPointer) -> Void = { _ in }
    ) -> UnsafeMutableRawPointer? {
        guard size <= BlockMover.largestSize, unsafe movesAll || isWorthMoving(block, size) else {
            keptCount &+= 1
            return nil
        }
        movedCount &+= 1
        #if SYSTEM_ALLOCATOR
            let moved = unsafe Allocator.allocate(size)
        #else
            guard let moved = unsafe mallocx(size, BlockMover.withoutCache) else { Allocator.outOfMemory(size) }
        #endif
        unsafe moved.copyMemory(from: block, byteCount: size)
        unsafe handOver(moved)
        #if SYSTEM_ALLOCATOR
            unsafe Allocator.deallocate(block, size: size)
        #else
            unsafe sdallocx(block, size, BlockMover.withoutCache)
        #endif
        return unsafe moved
    }

    #if SYSTEM_ALLOCATOR
        private func isWorthMoving(_ block: UnsafeMutableRawPointer, _ size: Int) -> Bool { false }

        /// Takes over how full slabs are at this moment. Nothing is known without jemalloc.
        package mutating func update() -> SlabSurvey { SlabSurvey() }
    #else
        /// MALLOCX_TCACHE_NONE, which is a macro that Swift does not see.
        private static var withoutCache: Int32 { 1 << 8 }

        private static let utilizationQuery: InlineArray<3, Int> = {
            var query = InlineArray<3, Int>(repeating: 0)
            var length = 3
            var span = query.mutableSpan
            unsafe span.withUnsafeMutableBufferPointer { words in
                _ = unsafe mallctlnametomib("experimental.utilization.batch_query", words.baseAddress, &length)
            }
            return query
        }()

        private func isWorthMoving(_ block: UnsafeMutableRawPointer, _ size: Int) -> Bool {
            let limit = limits[BlockMover.classIndex(size)]
            if limit == 0 { return false }
            // What jemalloc answers: free places, places, and bytes of the slab.
            var answer = (0, 0, 0)
            var length = 24
            var question: UnsafeMutableRawPointer? = unsafe block
            var name = BlockMover.utilizationQuery
            var span = name.mutableSpan
            let failure = unsafe span.withUnsafeMutableBufferPointer { words in
                unsafe mallctlbymib(words.baseAddress, 3, &answer, &length, &question, 8)
            }
            let (free, places, _) = answer
            return failure == 0 && free > 0 && (places &- free) &* 1000 <= limit &* places
        }

        /// The number of a small size class, counted from 8 bytes.
        private static func classIndex(_ size: Int) -> Int {
            if size <= 8 { return 0 }
            if size <= 128 { return (size &+ 15) / 16 }
            let doubling = Int.bitWidth &- 1 &- (size &- 1).leadingZeroBitCount
            return 9 &+ (doubling &- 7) &* 4 &+ ((size &- 1) >> (doubling &- 2) & 3)
        }

        /// Takes over how full slabs are at this moment: some 50 µs.
        package mutating func update() -> SlabSurvey {
            let survey = SlabSurvey.current()
            for index in 0..<36 {
                let (used, places) = (survey.used[index], survey.places[index])
                // Slabs nearly full on the average have nothing to give.
                limits[index] = used * 100 >= places * 97 || places == 0 ? 0 : min(950, used * 1125 / places)
            }
            return survey
        }
    #endif
}

/// How full the slabs of each small size class are.
package struct SlabSurvey {
    /// Of everything, small and large.
    package private(set) var allocatedBytes = 0
    /// Places without a block, in slabs that hold some.
    package private(set) var wastedBytes = 0
    /// Blocks, and places for blocks.
    var used = InlineArray<36, Int>(repeating: 0)
    var places = InlineArray<36, Int>(repeating: 0)

    /// Wasted bytes as a percentage of the allocated ones.
    package var wastedPercent: Int { allocatedBytes == 0 ? 0 : wastedBytes * 100 / allocatedBytes }

    #if !SYSTEM_ALLOCATOR
        static func current() -> SlabSurvey {
            var survey = SlabSurvey()
            AllocatorStatistics.refresh()
            survey.allocatedBytes = AllocatorStatistics.read("stats.allocated")
            for index in 0..<36 {
                let blocks = usedPlaces.value(index)
                let places = slabCount.value(index) * placesOfSlab.value(index)
                survey.used[index] = blocks
                survey.places[index] = places
                survey.wastedBytes += (places - blocks) * blockSize.value(index)
            }
            return survey
        }

        // 4096 stands for all arenas.
        private static let usedPlaces = NumberedCounter("stats.arenas.4096.bins.0.curregs", place: 4)
        private static let slabCount = NumberedCounter("stats.arenas.4096.bins.0.curslabs", place: 4)
        private static let placesOfSlab = NumberedCounter("arenas.bin.0.nregs", place: 2, byteCount: 4)
        private static let blockSize = NumberedCounter("arenas.bin.0.size", place: 2)
    #endif
}
