// The invariants of a hash table, for tests, and how full it is.

extension HashTable {
    /// Stops the process if the structure contradicts itself; slow, for tests.
    @inlinable
    package func checkInvariants() {
        guard let directory = unsafe self.directory else { return }
        var (total, segments, bytes, deepest, index) = (0, 0, 0, 0, 0)
        while index < directoryCount {
            let word = unsafe DirectoryWord(bits: directory[index])
            let segment = word.segment
            let width = 1 &<< (globalDepth &- word.localDepth)
            precondition(segment.localDepth == word.localDepth && segment.regularCount == word.regularCount)
            precondition(segment.header.position == UInt64(index) << (48 - UInt64(globalDepth)))
            for copy in index..<index + width { unsafe precondition(directory[copy] == word.bits) }
            checkSegment(segment)
            total += segment.count
            segments += 1
            bytes += segment.memoryBytes
            if word.localDepth == globalDepth { deepest += 1 }
            index += width
        }
        precondition(total == count && segments == segmentCount && bytes == segmentBytes && deepest == deepestCount)
    }

    @inlinable
    func checkSegment(_ segment: Segment) {
        var occupied = 0
        var inNeighbour = [UInt64](repeating: 0, count: segment.regularCount)
        var inStash = inNeighbour
        segment.forEachSlot { slot in
            let hash = unsafe Policy.hash(of: slot.entry, seed: seed)
            let home = segment.home(hash)
            let place = unsafe (slot.bucket - segment.base) / 64 - 1
            unsafe precondition(Bucket(base: slot.bucket).tags.tag(at: slot.index) == TagWord.tag(hash))
            unsafe precondition(Policy.deadline(of: slot.entry) == .max || segment.header.heapIndex >= 0)
            if place >= segment.regularCount {
                inStash[home] += 1
            } else if place != home {
                precondition(place == Segment.neighbour(home, segment.regularCount))
                inNeighbour[home] += 1
            }
            occupied += 1
        }
        precondition(occupied == segment.count)
        for home in 0..<segment.regularCount {
            let tags = unsafe Bucket(base: segment.bucket(home)).tags
            precondition(tags.inNeighbour == inNeighbour[home])
            precondition(tags.inStash == 15 || tags.inStash == inStash[home])
        }
    }

    /// The part of all slots that is occupied.
    @inlinable
    package var load: Double {
        guard let directory = unsafe self.directory else { return 0 }
        var slots = 0
        var index = 0
        while index < directoryCount {
            let word = unsafe DirectoryWord(bits: directory[index])
            slots += word.segment.shape.slotCount
            index += 1 &<< (globalDepth &- word.localDepth)
        }
        return Double(count) / Double(slots)
    }
}
