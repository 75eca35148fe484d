// Putting entries into a segment and taking them out again.

extension Segment {
    /// Puts an entry into its home bucket, the next one, or the stash; nil if there is no room in any of them.
    @inlinable
    @inline(__always)
    func place(_ hash: UInt64, _ entry: UnsafeMutableRawPointer) -> HashSlot? {
        let home = home(hash)
        if let slot = unsafe Bucket(base: bucket(home)).place(hash, entry) {
            header.count &+= 1
            return slot
        }
        return unsafe placeAway(hash, entry, home: home)
    }

    @inlinable
    @inline(never)
    func placeAway(_ hash: UInt64, _ entry: UnsafeMutableRawPointer, home: Int) -> HashSlot? {
        let homeBucket = unsafe Bucket(base: bucket(home))
        if let slot = unsafe Bucket(base: bucket(Segment.neighbour(home, regularCount))).place(hash, entry) {
            homeBucket.tags.addToNeighbour()
            header.count &+= 1
            return slot
        }
        for index in regularCount..<bucketCount {
            if let slot = unsafe Bucket(base: bucket(index)).place(hash, entry) {
                homeBucket.tags.addToStash()
                header.count &+= 1
                return slot
            }
        }
        return nil
    }

    /// Empties a slot of this segment.
    @inlinable
    func clear(_ slot: HashSlot, hash: UInt64) {
        let home = unsafe bucket(home(hash))
        if unsafe slot.bucket != home {
            if unsafe slot.bucket - base >= 64 &+ regularCount &* 64 {
                unsafe Bucket(base: home).tags.removeFromStash()
            } else {
                unsafe Bucket(base: home).tags.removeFromNeighbour()
            }
        }
        unsafe Bucket(base: slot.bucket).tags.setTag(slot.index, 0)
        header.count &-= 1
    }

    /// Calls `body` with every entry of the segment.
    @inlinable
    func forEach(_ body: (UnsafeMutableRawPointer) -> Void) {
        forEachSlot { unsafe body($0.entry) }
    }

    /// Calls `body` with every occupied slot; it may clear the slot it is given, and nothing else.
    @inlinable
    func forEachSlot(_ body: (HashSlot) -> Void) {
        for index in 0..<bucketCount {
            let bucket = unsafe Bucket(base: bucket(index))
            var occupied = bucket.tags.occupiedSlots
            while occupied != 0 {
                unsafe body(HashSlot(bucket: bucket.base, index: TagWord.slot(occupied)))
                occupied &= occupied &- 1
            }
        }
    }
}
