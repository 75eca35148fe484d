// Visiting the entries of a database.
import Bytes
import Containers
import Platform

extension Database {
    /// One step of SCAN: calls `body` with every entry whose hash position is at least `position` and before the
    /// returned one; nil after the last step. Positions are below 2⁴⁸; a walk starts at 0. Entries past their
    /// deadline are passed too, see `Entry.isExpired`. `body` must not change the database.
    package func scan(from position: UInt64, _ body: (Entry) -> Void) -> UInt64? {
        unsafe storage.pointee.contents.table.scan(from: position) { unsafe body(Entry($0)) }
    }

    /// Calls `body` with every entry, those past their deadline too. `body` must not change the database.
    package func forEach(_ body: (Entry) -> Void) {
        unsafe storage.pointee.contents.table.forEach { unsafe body(Entry($0)) }
    }

    /// An entry chosen at random, possibly one past its deadline; nil if there is none.
    package func randomEntry() -> Entry? {
        let shard = unsafe storage.pointee.shard
        let chosen = unsafe storage.pointee.contents.table.randomEntry { unsafe shard.pointee.nextRandom() }
        guard let address = unsafe chosen else { return nil }
        return unsafe Entry(address)
    }
}
