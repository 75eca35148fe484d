// Growing and shrinking a hash table, a segment at a time.
import Platform

extension HashTable {
    /// An entry on its way from one segment to another.
    @usableFromInline typealias Moving = (hash: UInt64, entry: UnsafeMutableRawPointer)

    @usableFromInline
    mutating func createDirectory() { createDirectory(depth: 0, shape: .smallest) }

    private mutating func createDirectory(depth: Int, shape: SegmentShape) {
        let size = 1 << depth
        let words = unsafe Allocator.allocate(size * 8).bindMemory(to: UInt64.self, capacity: size)
        unsafe words.initialize(repeating: 0, count: size)
        unsafe directory = unsafe words
        directoryShift = UInt64(63 - depth)
        for index in 0..<size {
            let position = UInt64(index) << UInt64(48 - depth)
            let segment = Segment.create(shape: shape, localDepth: depth, position: position)
            adopt(segment, earliestVisit: .max, lastVisit: 0)
        }
    }

    /// Makes an empty table large enough for about so many entries, so that it is not rebuilt while they come.
    package mutating func reserve(_ expected: Int) {
        guard unsafe directory == nil, expected > 0 else { return }
        let percent = 75
        var depth = 0
        while expected >> depth * 100 > SegmentShape.largest.slotCount * percent { depth += 1 }
        createDirectory(depth: depth, shape: SegmentShape.fitting(expected >> depth + 1, percent: percent))
    }

    /// Makes room where an entry found none: the segment grows, or splits if it cannot.
    @inlinable
    @inline(never)
    mutating func enlarge(_ segment: Segment) {
        unsafe withEntries(of: segment) { table, moving in
            if unsafe !segment.shape.isLargest || !table.isWorthSplitting(segment, moving) {
                unsafe table.replace(
                    segment, by: moving, shape: segment.shape.larger, localDepth: segment.localDepth,
                    position: segment.header.position)
            } else {
                unsafe table.split(segment, moving)
            }
        }
    }

    /// A segment that is full although its regular buckets are half empty holds hashes that are close together. Splits
    /// part them if the entries came in the order of their hashes, as those of another table do. Of equal ones they do
    /// not, and the directory would grow without bound.
    @usableFromInline
    func isWorthSplitting(_ segment: Segment, _ moving: UnsafeMutableBufferPointer<Moving>) -> Bool {
        if segment.regularOccupancy * 2 >= segment.regularCount * TagWord.slotsPerBucket {
            return segment.localDepth < 40
        }
        var difference: UInt64 = 0
        for unsafe each in unsafe moving { unsafe difference |= each.hash ^ moving[0].hash }
        return difference.leadingZeroBitCount < 12 + Int.bitWidth - count.leadingZeroBitCount
    }

    /// Gives memory back after a removal left the segment less than a quarter full: it is rebuilt smaller or merged
    /// with its buddy, the segment that differs in the last bit of their prefix.
    @inlinable
    @inline(never)
    mutating func shrink(_ segment: Segment) {
        if segment.shape.lineCount <= SegmentShape.usual(8).lineCount, let buddy = buddy(of: segment),
            (segment.count &+ buddy.count) &* 3 <= SegmentShape.usual(8).slotCount &* 2
        {
            merge(segment, buddy)
            return
        }
        let shape = SegmentShape.fitting(segment.count, percent: 60)
        if shape.lineCount >= segment.shape.lineCount { return }
        unsafe withEntries(of: segment) { table, moving in
            unsafe table.replace(
                segment, by: moving, shape: shape, localDepth: segment.localDepth, position: segment.header.position)
        }
    }

    /// The other half of the segment's parent, if it is a segment and not split further.
    @usableFromInline
    func buddy(of segment: Segment) -> Segment? {
        let depth = segment.localDepth
        if depth == 0 { return nil }
        let word = directoryWord((segment.header.position ^ 1 << (48 - UInt64(depth))) << 16)
        return word.localDepth == depth ? word.segment : nil
    }

    // MARK: - Rebuilding

    /// Calls `body` with the entries of a segment and their hashes, in scratch memory.
    @inlinable
    mutating func withEntries(
        of segment: Segment, _ body: (inout HashTable, UnsafeMutableBufferPointer<Moving>) -> Void
    ) {
        unsafe withUnsafeTemporaryAllocation(of: Moving.self, capacity: segment.count) { moving in
            unsafe collect(segment, into: moving, from: 0)
            unsafe body(&self, moving)
        }
    }

    /// Hashes the entries of a segment. All of them are asked for at once before the first is read.
    @inlinable
    func collect(_ segment: Segment, into moving: UnsafeMutableBufferPointer<Moving>, from start: Int) {
        var end = start
        unsafe segment.forEach { entry in
            unsafe Prefetch.read(entry)
            unsafe moving.initializeElement(at: end, to: (0, entry))
            end &+= 1
        }
        for index in start..<end {
            unsafe moving[index].hash = unsafe Policy.hash(of: moving[index].entry, seed: seed)
        }
    }

    /// A new segment with these entries, of the given shape or the first larger one into which they fit.
    @usableFromInline
    func build(
        _ moving: UnsafeMutableBufferPointer<Moving>, shape: SegmentShape, localDepth: Int, position: UInt64
    ) -> Segment {
        var shape = shape
        while true {
            let segment = Segment.create(shape: shape, localDepth: localDepth, position: position)
            if unsafe moving.allSatisfy({ unsafe segment.place($0.hash, $0.entry) != nil }) { return segment }
            segment.deallocate()
            shape = shape.larger
        }
    }

    @usableFromInline
    mutating func replace(
        _ segment: Segment, by moving: UnsafeMutableBufferPointer<Moving>, shape: SegmentShape, localDepth: Int,
        position: UInt64
    ) {
        let larger = unsafe build(moving, shape: shape, localDepth: localDepth, position: position)
        let header = segment.header
        abandon(segment)
        adopt(larger, earliestVisit: header.nextVisit, lastVisit: header.lastVisit)
    }

    /// Distributes a full segment over two, by the first hash bit that its entries do not share.
    @usableFromInline
    mutating func split(_ segment: Segment, _ moving: UnsafeMutableBufferPointer<Moving>) {
        let depth = segment.localDepth
        if depth == globalDepth { doubleDirectory() }
        let bit = UInt64(1) << (63 - UInt64(depth))
        let middle = unsafe HashTable.partition(moving, by: bit)
        let header = segment.header
        abandon(segment)
        for half in 0..<2 {
            let part = unsafe UnsafeMutableBufferPointer(rebasing: half == 0 ? moving[..<middle] : moving[middle...])
            let position = header.position | (half == 0 ? 0 : bit >> 16)
            let shape = SegmentShape.fitting(part.count, percent: 88)
            unsafe adopt(
                build(part, shape: shape, localDepth: depth + 1, position: position),
                earliestVisit: header.nextVisit, lastVisit: header.lastVisit)
        }
    }

    /// Moves the entries whose hash has `bit` set behind the others; returns where they begin.
    @usableFromInline
    static func partition(_ moving: UnsafeMutableBufferPointer<Moving>, by bit: UInt64) -> Int {
        var middle = 0
        for index in moving.indices where unsafe moving[index].hash & bit == 0 {
            unsafe moving.swapAt(index, middle)
            middle += 1
        }
        return middle
    }

    /// Puts two buddies together again.
    @inlinable
    mutating func merge(_ segment: Segment, _ buddy: Segment) {
        unsafe withUnsafeTemporaryAllocation(of: Moving.self, capacity: segment.count &+ buddy.count) { moving in
            unsafe collect(segment, into: moving, from: 0)
            unsafe collect(buddy, into: moving, from: segment.count)
            unsafe finishMerge(segment, buddy, moving)
        }
    }

    @usableFromInline
    mutating func finishMerge(
        _ segment: Segment, _ buddy: Segment, _ moving: UnsafeMutableBufferPointer<Moving>
    ) {
        let first = segment.header
        let second = buddy.header
        let merged = unsafe build(
            moving, shape: SegmentShape.fitting(moving.count, percent: 66), localDepth: segment.localDepth - 1,
            position: min(first.position, second.position))
        abandon(segment)
        abandon(buddy)
        adopt(
            merged, earliestVisit: min(first.nextVisit, second.nextVisit),
            lastVisit: max(first.lastVisit, second.lastVisit))
        while deepestCount == 0 && globalDepth > 0 { halveDirectory() }
    }

    /// Enters a segment into the directory and the accounts.
    @usableFromInline
    mutating func adopt(_ segment: Segment, earliestVisit: Int64, lastVisit: Int64) {
        let depth = segment.localDepth
        let first = Int(segment.header.position >> (48 - UInt64(globalDepth)))
        let word = DirectoryWord(segment).bits
        let words = unsafe directory.unsafelyUnwrapped
        for index in first..<first + 1 << (globalDepth - depth) { unsafe words[index] = word }
        if depth == globalDepth { deepestCount += 1 }
        segmentCount += 1
        segmentBytes += segment.memoryBytes
        segment.header.lastVisit = lastVisit
        if earliestVisit != .max { visits.set(segment, earliestVisit) }
    }

    /// Takes a segment out of the accounts and frees it; its place in the directory is about to be filled.
    @usableFromInline
    mutating func abandon(_ segment: Segment) {
        if segment.localDepth == globalDepth { deepestCount -= 1 }
        segmentCount -= 1
        segmentBytes -= segment.memoryBytes
        visits.remove(segment)
        segment.deallocate()
    }

    // MARK: - The directory

    @usableFromInline
    mutating func doubleDirectory() {
        let old = unsafe directory.unsafelyUnwrapped
        let count = directoryCount
        let new = unsafe Allocator.allocate(count * 16).bindMemory(to: UInt64.self, capacity: count * 2)
        for index in 0..<count {
            unsafe (new + 2 * index).initialize(to: old[index])
            unsafe (new + 2 * index + 1).initialize(to: old[index])
        }
        unsafe Allocator.deallocate(UnsafeMutableRawPointer(old), size: count * 8)
        unsafe directory = unsafe new
        directoryShift -= 1
        deepestCount = 0
    }

    @usableFromInline
    mutating func halveDirectory() {
        let old = unsafe directory.unsafelyUnwrapped
        let count = directoryCount / 2
        let new = unsafe Allocator.allocate(count * 8).bindMemory(to: UInt64.self, capacity: count)
        deepestCount = 0
        directoryShift += 1
        for index in 0..<count {
            unsafe (new + index).initialize(to: old[2 * index])
            if unsafe DirectoryWord(bits: old[2 * index]).localDepth == globalDepth { deepestCount += 1 }
        }
        unsafe Allocator.deallocate(UnsafeMutableRawPointer(old), size: count * 16)
        unsafe directory = unsafe new
    }
}
