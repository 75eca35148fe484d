// A segment of a hash table: one allocation of a header line, buckets and stash buckets.
import Platform

/// The first line of a segment. Hash positions are the top 48 bits of a hash.
@safe
@usableFromInline
struct SegmentHeader {
    /// How many leading hash bits all entries of the segment share.
    @usableFromInline var localDepth: UInt32
    /// Regular buckets; each is also its predecessor's neighbour, the first one is the last one's.
    @usableFromInline var regularCount: UInt32
    @usableFromInline var stashCount: UInt32
    /// Entries in the segment.
    @usableFromInline var count: UInt32
    /// The first hash position of the segment.
    @usableFromInline var position: UInt64
    /// When the segment should be looked through for entries that are due; `Int64.max` if it has none with a deadline.
    @usableFromInline var nextVisit: Int64
    /// When that was done last.
    @usableFromInline var lastVisit: Int64
    /// Its place in the heap of segments with deadlines, -1 if it is not there.
    @usableFromInline var heapIndex: Int

    @usableFromInline
    init(shape: SegmentShape, localDepth: Int, position: UInt64) {
        self.localDepth = UInt32(localDepth)
        self.position = position
        regularCount = UInt32(shape.regularCount)
        stashCount = UInt32(shape.stashCount)
        count = 0
        nextVisit = .max
        lastVisit = 0
        heapIndex = -1
    }
}

/// How a segment is divided. The usual shapes step through the allocator's size classes, so that a segment can grow by
/// a fifth at a time; stash buckets are about a tenth, which lets it fill to nine tenths.
@usableFromInline
struct SegmentShape {
    @usableFromInline var regularCount: Int
    @usableFromInline var stashCount: Int

    @usableFromInline
    init(regularCount: Int, stashCount: Int) {
        self.regularCount = regularCount
        self.stashCount = stashCount
    }

    /// Lines of 64 bytes, header included.
    @inlinable var lineCount: Int { 1 &+ regularCount &+ stashCount }
    @inlinable var byteCount: Int { lineCount &* 64 }
    @inlinable var slotCount: Int { (lineCount &- 1) &* TagWord.slotsPerBucket }

    @usableFromInline static var smallest: SegmentShape { SegmentShape(regularCount: 1, stashCount: 0) }

    /// The largest usual shape: a full segment of it splits.
    @usableFromInline static var largest: SegmentShape { SegmentShape(regularCount: 71, stashCount: 8) }

    /// The usual shapes, by rising size: 2, 4, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64 and 80 lines.
    @usableFromInline static var usualCount: Int { 13 }

    @usableFromInline
    static func usual(_ step: Int) -> SegmentShape {
        switch step {
        case 0: smallest
        case 1: SegmentShape(regularCount: 3, stashCount: 0)
        case 2: SegmentShape(regularCount: 6, stashCount: 1)
        case 3: SegmentShape(regularCount: 9, stashCount: 2)
        case 4: SegmentShape(regularCount: 13, stashCount: 2)
        case 5: SegmentShape(regularCount: 16, stashCount: 3)
        case 6: SegmentShape(regularCount: 20, stashCount: 3)
        case 7: SegmentShape(regularCount: 27, stashCount: 4)
        case 8: SegmentShape(regularCount: 34, stashCount: 5)
        case 9: SegmentShape(regularCount: 41, stashCount: 6)
        case 10: SegmentShape(regularCount: 49, stashCount: 6)
        case 11: SegmentShape(regularCount: 56, stashCount: 7)
        default: largest
        }
    }

    /// The smallest usual shape that `count` entries fill to at most `percent`, the largest one if none does.
    @usableFromInline
    static func fitting(_ count: Int, percent: Int) -> SegmentShape {
        for step in 0..<usualCount - 1 where count * 100 <= usual(step).slotCount * percent { return usual(step) }
        return largest
    }

    /// The next shape to try when this one is full: the next usual one; beyond the largest, twice the stash.
    @usableFromInline
    var larger: SegmentShape {
        for step in 0..<SegmentShape.usualCount {
            let shape = SegmentShape.usual(step)
            if shape.lineCount > lineCount { return shape }
        }
        return SegmentShape(regularCount: regularCount, stashCount: stashCount * 2)
    }

    /// Whether this shape was enlarged beyond the usual ones, or is the largest of them.
    @usableFromInline var isLargest: Bool { lineCount >= SegmentShape.largest.lineCount }
}

/// A segment in memory. `header`, then `regularCount` buckets, then `stashCount` buckets, 64 bytes each.
@safe
@usableFromInline
package struct Segment {
    @usableFromInline let base: UnsafeMutableRawPointer

    @inlinable
    init(base: UnsafeMutableRawPointer) {
        unsafe self.base = unsafe base
    }

    @usableFromInline
    static func create(shape: SegmentShape, localDepth: Int, position: UInt64) -> Segment {
        let base = unsafe Allocator.allocate(shape.byteCount)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: shape.byteCount)
        unsafe base.bindMemory(to: SegmentHeader.self, capacity: 1)
            .initialize(to: SegmentHeader(shape: shape, localDepth: localDepth, position: position))
        return unsafe Segment(base: base)
    }

    @usableFromInline
    func deallocate() {
        unsafe Allocator.deallocate(base, size: shape.byteCount)
    }

    @inlinable
    var header: SegmentHeader {
        @inline(__always) get { unsafe base.assumingMemoryBound(to: SegmentHeader.self).pointee }
        nonmutating set { unsafe base.assumingMemoryBound(to: SegmentHeader.self).pointee = newValue }
        nonmutating _modify { yield unsafe &base.assumingMemoryBound(to: SegmentHeader.self).pointee }
    }

    @inlinable
    var shape: SegmentShape {
        SegmentShape(
            regularCount: Int(truncatingIfNeeded: header.regularCount),
            stashCount: Int(truncatingIfNeeded: header.stashCount))
    }

    @inlinable var localDepth: Int { Int(truncatingIfNeeded: header.localDepth) }
    @inlinable var count: Int { Int(truncatingIfNeeded: header.count) }
    @inlinable var regularCount: Int { Int(truncatingIfNeeded: header.regularCount) }
    @inlinable var bucketCount: Int { regularCount &+ Int(truncatingIfNeeded: header.stashCount) }

    /// The memory it takes.
    @usableFromInline var memoryBytes: Int { Allocator.sizeClass(shape.byteCount) }

    /// How many entries live in regular buckets.
    @usableFromInline
    var regularOccupancy: Int {
        var total = 0
        for index in 0..<regularCount { unsafe total += Bucket(base: bucket(index)).tags.occupiedCount }
        return total
    }

    /// The home bucket of a hash: monotone in its top 48 bits.
    @inlinable
    @inline(__always)
    static func home(_ hash: UInt64, localDepth: Int, regularCount: Int) -> Int {
        let offset = (hash &>> 16) &<< UInt64(truncatingIfNeeded: 16 &+ localDepth)
        return Int(truncatingIfNeeded: offset.multipliedFullWidth(by: UInt64(truncatingIfNeeded: regularCount)).high)
    }

    @inlinable
    func home(_ hash: UInt64) -> Int {
        Segment.home(hash, localDepth: localDepth, regularCount: regularCount)
    }

    @inlinable
    @inline(__always)
    func bucket(_ index: Int) -> UnsafeMutableRawPointer {
        unsafe base + (64 &+ index &* 64)
    }

    @inlinable
    @inline(__always)
    static func neighbour(_ index: Int, _ regularCount: Int) -> Int {
        index &+ 1 == regularCount ? 0 : index &+ 1
    }
}

/// One line of a segment: the tag word, then seven entry pointers.
@safe
@usableFromInline
struct Bucket {
    @usableFromInline let base: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(base: UnsafeMutableRawPointer) {
        unsafe self.base = unsafe base
    }

    @inlinable
    var tags: TagWord {
        @inline(__always) get { unsafe TagWord(base.load(as: UInt64.self)) }
        nonmutating set { unsafe base.storeBytes(of: newValue.bits, as: UInt64.self) }
        nonmutating _modify {
            var tags = unsafe TagWord(base.load(as: UInt64.self))
            yield &tags
            unsafe base.storeBytes(of: tags.bits, as: UInt64.self)
        }
    }

    @inlinable
    @inline(__always)
    func entry(_ index: Int) -> UnsafeMutableRawPointer {
        unsafe base.load(fromByteOffset: 8 &+ index &* 8, as: UnsafeMutableRawPointer.self)
    }

    /// Puts an entry into the first empty slot; nil if there is none.
    @inlinable
    @inline(__always)
    func place(_ hash: UInt64, _ entry: UnsafeMutableRawPointer) -> HashSlot? {
        var tags = self.tags
        let empty = tags.emptySlots
        if empty == 0 { return nil }
        let index = TagWord.slot(empty)
        tags.setTag(index, TagWord.tag(hash))
        self.tags = tags
        let slot = unsafe HashSlot(bucket: base, index: index)
        unsafe slot.replace(with: entry)
        return slot
    }
}
