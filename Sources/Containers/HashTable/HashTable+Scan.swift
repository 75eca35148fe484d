// Walking a hash table in steps, choosing an entry at random, and giving its segments away.
import Platform

extension HashTable {
    /// One step of a walk in the order of hash positions (the top 48 bits of a hash). Calls `body` with every entry
    /// whose position is at least `position` and before the returned one; nil after the last step. A walk from 0
    /// visits exactly once every entry that stays in the table from the first step to the last, whatever else happens
    /// to the table in between.
    @inlinable
    package func scan(from position: UInt64, _ body: (UnsafeMutableRawPointer) -> Void) -> UInt64? {
        if unsafe directory == nil || position >> 48 != 0 { return nil }
        let word = directoryWord(position << 16)
        let segment = word.segment
        let home = word.home(position << 16)
        let next = HashTable.end(ofBucket: home, in: word)
        let range = position..<next
        let tags = unsafe Bucket(base: segment.bucket(home)).tags
        unsafe forEach(in: Bucket(base: segment.bucket(home)), range, body)
        if tags.inNeighbour != 0 {
            let neighbour = Segment.neighbour(home, word.regularCount)
            unsafe forEach(in: Bucket(base: segment.bucket(neighbour)), range, body)
        }
        if tags.inStash != 0 {
            for index in segment.regularCount..<segment.bucketCount {
                unsafe forEach(in: Bucket(base: segment.bucket(index)), range, body)
            }
        }
        return next >> 48 == 0 ? next : nil
    }

    /// Calls `body` with the entries of one bucket whose positions are within `range`.
    @inlinable
    func forEach(in bucket: Bucket, _ range: Range<UInt64>, _ body: (UnsafeMutableRawPointer) -> Void) {
        var occupied = bucket.tags.occupiedSlots
        while occupied != 0 {
            let entry = unsafe bucket.entry(TagWord.slot(occupied))
            if unsafe range.contains(Policy.hash(of: entry, seed: seed) &>> 16) { unsafe body(entry) }
            occupied &= occupied &- 1
        }
    }

    /// The first position behind a home bucket: the inverse of `Segment.home`, rounded up.
    @usableFromInline
    static func end(ofBucket home: Int, in word: DirectoryWord) -> UInt64 {
        let width = UInt64(48 - word.localDepth)
        let regularCount = UInt64(word.regularCount)
        let offset = ((UInt64(home) + 1) << width + regularCount - 1) / regularCount
        return word.segment.header.position + offset
    }

    /// An entry chosen at random, all of them equally likely; nil if the table is empty.
    @inlinable
    package func randomEntry(_ random: () -> UInt64) -> UnsafeMutableRawPointer? {
        guard count > 0, let directory = unsafe self.directory else { return nil }
        // Every segment is chosen as often as every other, and every place in the largest of them: places that are not
        // there or are empty are refused. More than the usual places are in a segment only if many hashes are equal.
        let only = directoryCount == 1 ? unsafe DirectoryWord(bits: directory[0]).segment.shape.slotCount : 0
        let places = UInt64(directoryCount == 1 ? only : SegmentShape.largest.slotCount)
        while true {
            let choice = random()
            let index = Int(truncatingIfNeeded: choice & UInt64(directoryCount &- 1))
            let word = unsafe DirectoryWord(bits: directory[index])
            if index & ((1 &<< (globalDepth &- word.localDepth)) &- 1) != 0 { continue }
            let segment = word.segment
            let place = Int((choice >> 32 &* places) >> 32)
            let line = place / TagWord.slotsPerBucket
            if line >= segment.bucketCount { continue }
            let bucket = unsafe Bucket(base: segment.bucket(line))
            let slot = place &- line &* TagWord.slotsPerBucket
            if bucket.tags.tag(at: slot) != 0 { return unsafe bucket.entry(slot) }
        }
    }

    /// Empties the table at once and hands out what was in it, to be freed in slices.
    @inlinable
    package mutating func detach() -> DetachedSegments {
        let bytes = memoryBytes
        let detached = unsafe DetachedSegments(
            directory: directory, directoryCount: directoryCount, count: count, memoryBytes: bytes,
            visits: visits)
        self = HashTable(seed: seed)
        return detached
    }
}

/// The segments of a table that was emptied, still full of entries.
@safe
@usableFromInline
package struct DetachedSegments {
    @usableFromInline var directory: UnsafeMutablePointer<UInt64>?
    @usableFromInline let directoryCount: Int
    @usableFromInline var nextIndex = 0
    @usableFromInline var visits: VisitHeap

    /// Entries that have not been handed out yet.
    @usableFromInline package internal(set) var count: Int

    /// The bytes that are still held, entries not included.
    @usableFromInline package internal(set) var memoryBytes: Int

    @usableFromInline
    init(
        directory: UnsafeMutablePointer<UInt64>?, directoryCount: Int, count: Int, memoryBytes: Int, visits: VisitHeap
    ) {
        unsafe self.directory = unsafe directory
        self.directoryCount = directoryCount
        self.count = count
        self.memoryBytes = memoryBytes
        self.visits = visits
    }

    /// Frees one segment after calling `body` with each of its entries; returns whether there is more to free.
    @inlinable
    package mutating func releaseSegment(_ body: (UnsafeMutableRawPointer) -> Void) -> Bool {
        guard let directory = unsafe self.directory else { return false }
        let word = unsafe DirectoryWord(bits: directory[nextIndex])
        let segment = word.segment
        unsafe segment.forEach { unsafe Prefetch.read($0) }
        unsafe segment.forEach(body)
        count &-= segment.count
        memoryBytes &-= segment.memoryBytes
        segment.deallocate()
        nextIndex &+= directoryCount &>> word.localDepth
        if nextIndex < directoryCount { return true }
        unsafe Allocator.deallocate(UnsafeMutableRawPointer(directory), size: directoryCount &* 8)
        visits.deallocate()
        unsafe self.directory = nil
        memoryBytes = 0
        return false
    }
}
