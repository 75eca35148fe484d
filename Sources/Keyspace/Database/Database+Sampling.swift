// Looking at some entries of a database, for eviction.
import Bytes
import Containers
import Platform

extension Database {
    /// Calls `body` with about `wanted` entries that stand side by side, at a place that `choice` decides; with
    /// `isVolatile` only with those that have a deadline.
    func sample(_ wanted: Int, choice: UInt64, isVolatile: Bool, _ body: (Entry) -> Void) {
        let accept: (UnsafeMutableRawPointer) -> Bool = { address in
            let entry = unsafe Entry(address)
            if isVolatile && !entry.hasDeadline { return false }
            body(entry)
            return true
        }
        if isVolatile {
            unsafe storage.pointee.contents.table.sampleDue(wanted, choice: choice, accept)
        } else {
            unsafe storage.pointee.contents.table.sample(wanted, choice: choice, accept)
        }
    }

    /// An entry at a place that `choice` decides; nil if there is none near it.
    func sampleEntry(_ choice: UInt64, isVolatile: Bool) -> Entry? {
        if !isVolatile { return randomEntry() }
        var chosen: Entry?
        sample(4, choice: choice, isVolatile: true) { entry in
            let replaces = unsafe shard.pointee.nextRandom() & 3 == 0
            if chosen == nil || replaces { chosen = entry }
        }
        return chosen
    }

    /// Calls `body` with the entries that have a deadline in the segments whose deadlines are the earliest.
    func sampleEarliest(_ body: (Entry) -> Void) {
        unsafe storage.pointee.contents.table.sampleEarliest(segments: 4) { address in
            let entry = unsafe Entry(address)
            if entry.hasDeadline { body(entry) }
        }
    }

    /// The entry at this address if it is in the table, where its hash says.
    func find(at address: UInt, hash: UInt64) -> Found? {
        guard let slot = unsafe storage.pointee.contents.table.find(at: address, hash: hash) else { return nil }
        return unsafe Found(slot: slot, entry: Entry(slot.entry))
    }

    func hash(of entry: Entry) -> UInt64 {
        unsafe KeyHash.hash(entry.key, seed: storage.pointee.contents.table.seed)
    }
}
