// Finding the entries of a hash table that are due, without sampling.
import Platform

extension HashTable {
    /// Notes that an entry with this hash, in the table, has a deadline.
    @inlinable
    package mutating func noteDeadline(_ deadline: Int64, hash: UInt64) {
        let segment = directoryWord(hash).segment
        if deadline < segment.header.nextVisit { advanceVisit(segment, deadline) }
    }

    /// Segments are not visited more often than this, so that many deadlines cost one visit. A table of many segments
    /// can wait longer: what is overdue is a smaller part of it.
    @usableFromInline var visitInterval: Int64 { min(800, 100 + Int64(segmentCount / 8)) }

    @usableFromInline
    mutating func advanceVisit(_ segment: Segment, _ deadline: Int64) {
        let (earliest, overflow) = segment.header.lastVisit.addingReportingOverflow(visitInterval)
        let time = overflow ? deadline : max(deadline, earliest)
        if time < segment.header.nextVisit { visits.set(segment, time) }
    }

    /// When `removeDue` has something to do next; `Int64.max` if no entry has a deadline.
    @inlinable package var nextDue: Int64 { visits.first?.time ?? .max }

    /// Calls `body` with the entries of one segment that are due at `now`, and returns true; false if no segment is
    /// due. `body` returns nil if the entry is to be removed, and may have freed it; or else when it is due next: at
    /// once, if that is `now` or earlier. It must not touch the table.
    @inlinable
    package mutating func removeDue(now: Int64, _ body: (UnsafeMutableRawPointer) -> Int64?) -> Bool {
        guard let first = visits.first, first.time <= now else { return false }
        let segment = first.segment
        unsafe segment.forEach { unsafe Prefetch.read($0) }
        var earliest = Int64.max
        segment.forEachSlot { slot in
            let entry = unsafe slot.entry
            let deadline = unsafe Policy.deadline(of: entry)
            if deadline <= now {
                let hash = unsafe Policy.hash(of: entry, seed: seed)
                if let next = unsafe body(entry) {
                    earliest = min(earliest, next)
                } else {
                    segment.clear(slot, hash: hash)
                    count &-= 1
                }
            } else if deadline < earliest {
                earliest = deadline
            }
        }
        segment.header.lastVisit = now
        let isUnfinished = earliest <= now
        visits.set(segment, earliest == .max ? .max : isUnfinished ? now : max(earliest, now &+ visitInterval))
        if segment.count &* 4 < segment.bucketCount &* TagWord.slotsPerBucket { shrink(segment) }
        return true
    }
}
