// Moving what a hash table holds out of sparse pages, in steps: entries and segments.
import Platform

/// How far a walk through a table has come that replaces its entries. Changes of the table in between do no harm:
/// entries may be passed twice or not at all.
@usableFromInline
package struct RelocationWalk {
    /// The hash position of the segment it is in, and the next line of that.
    @usableFromInline var position: UInt64 = 0
    @usableFromInline var line = 0

    @inlinable
    package init() {}
}

extension HashTable {
    /// Buckets that one step looks at.
    @usableFromInline static var relocationStep: Int { 8 }

    /// One step: calls `relocate` with some sixty entries at most and puts those it returns, with the same keys, in
    /// their place; moves a segment when it begins with it. Returns whether there is more.
    @inlinable
    package mutating func relocateEntries(
        _ walk: inout RelocationWalk, _ mover: inout BlockMover,
        _ relocate: (UnsafeMutableRawPointer, inout BlockMover) -> UnsafeMutableRawPointer?
    ) -> Bool {
        if unsafe directory == nil || walk.position >> 48 != 0 { return false }
        if walk.line == 0 { relocateSegment(at: walk.position, &mover) }
        let segment = directoryWord(walk.position &<< 16).segment
        let end = min(segment.bucketCount, walk.line &+ HashTable.relocationStep)
        for line in min(walk.line, end)..<end {
            let bucket = unsafe Bucket(base: segment.bucket(line))
            var occupied = bucket.tags.occupiedSlots
            while occupied != 0 {
                unsafe Prefetch.read(bucket.entry(TagWord.slot(occupied)))
                occupied &= occupied &- 1
            }
        }
        for line in min(walk.line, end)..<end {
            let bucket = unsafe Bucket(base: segment.bucket(line))
            var occupied = bucket.tags.occupiedSlots
            while occupied != 0 {
                let slot = unsafe HashSlot(bucket: bucket.base, index: TagWord.slot(occupied))
                if let moved = unsafe relocate(slot.entry, &mover) { unsafe slot.replace(with: moved) }
                occupied &= occupied &- 1
            }
        }
        walk.line = end
        if end < segment.bucketCount { return true }
        walk.line = 0
        walk.position = segment.header.position &+ 1 &<< (48 &- UInt64(segment.localDepth))
        return walk.position >> 48 == 0
    }

    /// Moves the segment that holds a hash position.
    @usableFromInline
    mutating func relocateSegment(at position: UInt64, _ mover: inout BlockMover) {
        let old = directoryWord(position << 16).segment
        guard let base = unsafe mover.relocate(old.base, size: old.shape.byteCount) else { return }
        let segment = unsafe Segment(base: base)
        let depth = segment.localDepth
        let first = Int(segment.header.position >> (48 - UInt64(globalDepth)))
        let word = DirectoryWord(segment).bits
        let words = unsafe directory.unsafelyUnwrapped
        for index in first..<first + 1 << (globalDepth - depth) { unsafe words[index] = word }
        visits.noteMoved(segment)
    }
}
