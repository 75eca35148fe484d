// Looking at a few entries of a hash table: any, or those that are due first.
import Platform

extension HashTable {
    /// Calls `body` with entries that stand side by side, at a place that `choice` decides, until it has taken
    /// `wanted` of them (returned true) or a few segments were looked through. The entries of a place are as random as
    /// their hashes. `body` must not touch the table.
    @inlinable
    package func sample(_ wanted: Int, choice: UInt64, _ body: (UnsafeMutableRawPointer) -> Bool) {
        guard count > 0, let directory = unsafe self.directory else { return }
        var index = Int(truncatingIfNeeded: choice) & (directoryCount &- 1)
        var taken = 0
        var visited = 0
        while taken < wanted && visited < 4 {
            let word = unsafe DirectoryWord(bits: directory[index])
            taken += unsafe word.segment.sample(wanted - taken, choice: choice >> 32, body)
            visited += 1
            // On to the next segment, behind all the words of this one.
            let width = 1 &<< (globalDepth &- word.localDepth)
            index = ((index & ~(width &- 1)) &+ width) & (directoryCount &- 1)
        }
    }

    /// The same among the segments that have deadlines. There may be none in one: the deadlines are then those of
    /// elements of values.
    @inlinable
    package func sampleDue(_ wanted: Int, choice: UInt64, _ body: (UnsafeMutableRawPointer) -> Bool) {
        let segments = visits.count
        guard segments > 0 else { return }
        var place = Int(truncatingIfNeeded: choice & 0xFFFF_FFFF) % segments
        var taken = 0
        var visited = 0
        while taken < wanted && visited < min(segments, 8) {
            taken += unsafe visits.segment(at: place).sample(wanted - taken, choice: choice >> 32, body)
            visited += 1
            place = place + 1 == segments ? 0 : place + 1
        }
    }

    /// Calls `body` with all entries of the segments that are due first. Segments that no longer have the deadlines
    /// that made them early are put where they belong.
    @inlinable
    package mutating func sampleEarliest(segments: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        // What was put back late is not looked at twice: a segment's place is right after its look.
        for place in 0..<segments {
            guard place < visits.count else { return }
            let segment = visits.segment(at: place)
            var earliest = Int64.max
            unsafe segment.forEach { unsafe Prefetch.read($0) }
            unsafe segment.forEach { entry in
                earliest = unsafe min(earliest, Policy.deadline(of: entry))
                unsafe body(entry)
            }
            if earliest > segment.header.nextVisit { delayVisit(segment, earliest) }
        }
    }

    @usableFromInline
    mutating func delayVisit(_ segment: Segment, _ deadline: Int64) { visits.set(segment, deadline) }

    /// The slot of the entry at this address if it is in the table under this hash.
    @inlinable
    package func find(at address: UInt, hash: UInt64) -> HashSlot? {
        if unsafe directory == nil { return nil }
        let word = directoryWord(hash)
        let segment = word.segment
        let home = word.home(hash)
        if let slot = unsafe Bucket(base: segment.bucket(home)).find(address, hash) { return slot }
        let tags = unsafe Bucket(base: segment.bucket(home)).tags
        if tags.inNeighbour != 0 {
            let neighbour = Segment.neighbour(home, word.regularCount)
            if let slot = unsafe Bucket(base: segment.bucket(neighbour)).find(address, hash) { return slot }
        }
        if tags.inStash != 0 {
            for index in segment.regularCount..<segment.bucketCount {
                if let slot = unsafe Bucket(base: segment.bucket(index)).find(address, hash) { return slot }
            }
        }
        return nil
    }
}

extension VisitHeap {
    @inlinable
    func segment(at place: Int) -> Segment {
        precondition(UInt(bitPattern: place) < UInt(bitPattern: count))
        return unsafe Segment(base: elements.unsafelyUnwrapped[place].segment)
    }
}

extension Bucket {
    /// The slot that holds this address.
    @inlinable
    func find(_ address: UInt, _ hash: UInt64) -> HashSlot? {
        var candidates = tags.matches(TagWord.tag(hash))
        while candidates != 0 {
            let index = TagWord.slot(candidates)
            if unsafe UInt(bitPattern: entry(index)) == address { return unsafe HashSlot(bucket: base, index: index) }
            candidates &= candidates &- 1
        }
        return nil
    }
}

extension Segment {
    /// Calls `body` with entries, bucket by bucket from one that `choice` decides, until it has taken `wanted` or all
    /// were seen; returns how many it took. All entries of the next buckets are asked for before the first is read.
    @inlinable
    func sample(_ wanted: Int, choice: UInt64, _ body: (UnsafeMutableRawPointer) -> Bool) -> Int {
        let lines = bucketCount
        var line = Int(truncatingIfNeeded: choice & 0xFFFF_FFFF) % lines
        var left = lines
        var taken = 0
        while left > 0 && taken < wanted {
            let first = line
            var ahead = 0
            var seen = 0
            while ahead < left && seen < wanted &- taken {
                seen &+= unsafe Bucket(base: bucket(line)).prefetchEntries()
                line = line &+ 1 == lines ? 0 : line &+ 1
                ahead &+= 1
            }
            var again = first
            for _ in 0..<ahead {
                taken &+= unsafe Bucket(base: bucket(again)).offer(body)
                again = again &+ 1 == lines ? 0 : again &+ 1
            }
            left &-= ahead
        }
        return taken
    }
}

extension Bucket {
    /// Starts loading the bucket's entries; returns how many there are.
    @inlinable
    func prefetchEntries() -> Int {
        var occupied = tags.occupiedSlots
        let count = occupied.nonzeroBitCount
        while occupied != 0 {
            unsafe Prefetch.read(entry(TagWord.slot(occupied)))
            occupied &= occupied &- 1
        }
        return count
    }

    /// Calls `body` with the bucket's entries; returns for how many it was true.
    @inlinable
    func offer(_ body: (UnsafeMutableRawPointer) -> Bool) -> Int {
        var taken = 0
        var occupied = tags.occupiedSlots
        while occupied != 0 {
            if unsafe body(entry(TagWord.slot(occupied))) { taken &+= 1 }
            occupied &= occupied &- 1
        }
        return taken
    }
}
