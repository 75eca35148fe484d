// One shard's slice of one numbered database: looking entries up.
import Bytes
import Containers
import Platform

/// The memory behind a `Database`.
@safe
@usableFromInline
package struct DatabaseStorage: ~Copyable {
    /// What SWAPDB exchanges.
    @usableFromInline
    struct Contents: ~Copyable {
        @usableFromInline var table: HashTable<EntryPolicy>
        /// Entries with a deadline.
        @usableFromInline var deadlineCount = 0

        @usableFromInline
        init(seed: UInt64) {
            table = HashTable(seed: seed)
        }
    }

    @usableFromInline var contents: Contents
    /// Keys of this database that somebody watches or waits for, so that a write only has to look at this when there
    /// are none.
    @usableFromInline var observedCount = 0
    @usableFromInline let shard: UnsafeMutablePointer<Shard>
    @usableFromInline let index: Int

    init(shard: UnsafeMutablePointer<Shard>, index: Int, seed: UInt64) {
        contents = Contents(seed: seed)
        unsafe self.shard = unsafe shard
        self.index = index
    }
}

/// What a lookup does beside finding.
@usableFromInline
package struct Lookup: OptionSet {
    @usableFromInline package let rawValue: UInt8

    @inlinable
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Counts a keyspace hit or miss.
    @inlinable package static var counts: Lookup { Lookup(rawValue: 1) }
    /// Notes the access for eviction.
    @inlinable package static var touches: Lookup { Lookup(rawValue: 2) }
    /// Says nothing of a miss to those who listen to events.
    @inlinable package static var silent: Lookup { Lookup(rawValue: 4) }
    /// For a command that reads the value.
    @inlinable package static var read: Lookup { [.counts, .touches] }
    /// For a command that is going to change it.
    @inlinable package static var write: Lookup { .touches }
    /// Leaves no trace.
    @inlinable package static var peek: Lookup { [] }
}

/// An entry that was found, and where. Valid until the next change of the database; a change of this very entry updates
/// the `Found` that is passed to it.
@safe
@usableFromInline
package struct Found {
    @usableFromInline let slot: HashSlot
    @usableFromInline package internal(set) var entry: Entry

    @inlinable
    init(slot: HashSlot, entry: Entry) {
        self.slot = slot
        self.entry = entry
    }
}

/// A handle for a shard's slice of a database; as cheap to copy as a pointer. Times are milliseconds since the Unix
/// epoch; `hash` is always the key's hash.
@safe
@usableFromInline
package struct Database {
    @usableFromInline let storage: UnsafeMutablePointer<DatabaseStorage>

    @inlinable
    @inline(__always)
    init(_ storage: UnsafeMutablePointer<DatabaseStorage>) {
        unsafe self.storage = unsafe storage
    }

    /// The shard that it is a part of. Changes go through this and not through `storage` in one expression, which the
    /// compiler cannot instrument for the thread sanitizer.
    @inlinable
    @inline(__always)
    var shard: UnsafeMutablePointer<Shard> { unsafe storage.pointee.shard }

    /// Its number.
    @inlinable package var index: Int { unsafe storage.pointee.index }

    /// Entries, expired ones that nobody has noticed yet included.
    @inlinable package var count: Int { unsafe storage.pointee.contents.table.count }

    /// The memory of the table, entries not included.
    package var tableBytes: Int { unsafe storage.pointee.contents.table.memoryBytes }

    /// An entry's share of that; of a table that is nearly empty, no more than in the emptiest of large ones.
    package var tableBytesPerEntry: Int { min(32, tableBytes / max(1, count)) }

    /// Entries with a deadline.
    @inlinable package var deadlineCount: Int { unsafe storage.pointee.contents.deadlineCount }

    /// The entry of the key, or nil. An entry past its deadline is removed and reported as absent.
    @inlinable
    @inline(__always)
    package func find(_ key: ByteView, hash: UInt64, now: Int64, _ lookup: Lookup = .read) -> Found? {
        guard let slot = unsafe storage.pointee.contents.table.find(hash: hash, key: key) else {
            if lookup.contains(.counts) { unsafe shard.pointee.statistics.keyspaceMisses &+= 1 }
            return nil
        }
        let entry = unsafe Entry(slot.entry)
        if _slowPath(entry.isExpired(now: now)) {
            expire(Found(slot: slot, entry: entry), hash: hash, now: now)
            if lookup.contains(.counts) { unsafe shard.pointee.statistics.keyspaceMisses &+= 1 }
            return nil
        }
        if lookup.contains(.counts) { unsafe shard.pointee.statistics.keyspaceHits &+= 1 }
        if lookup.contains(.touches) { unsafe shard.pointee.accessClock.note(entry) }
        return Found(slot: slot, entry: entry)
    }

    /// Whether the key exists.
    @inlinable
    package func contains(_ key: ByteView, hash: UInt64, now: Int64) -> Bool {
        find(key, hash: hash, now: now, .peek) != nil
    }

    /// Starts loading the bucket that `find` would look into; returns its address for `prefetchEntry`.
    @inlinable
    @inline(__always)
    package func prefetchBucket(hash: UInt64) -> UInt {
        unsafe storage.pointee.contents.table.prefetchBucket(hash: hash)
    }

    /// Starts loading the entry that `find` would probably return, before anything is changed.
    @inlinable
    @inline(__always)
    package func prefetchEntry(inBucketAt address: UInt, hash: UInt64) {
        unsafe storage.pointee.contents.table.prefetchEntry(inBucketAt: address, hash: hash)
    }

    /// Adds to what the shard holds: for a value that was changed in place and grew (or shrank, negative).
    @inlinable
    package func account(_ bytes: Int) {
        unsafe shard.pointee.valueBytes &+= bytes
    }

    /// Counts changes by commands, for `rdb_changes_since_last_save`.
    @inlinable
    package func noteChanges(_ count: Int = 1) {
        unsafe shard.pointee.statistics.changes &+= count
    }

    /// Removes an entry that is past its deadline.
    @usableFromInline
    @inline(never)
    func expire(_ found: Found, hash: UInt64, now: Int64) {
        reportExpired(found.entry, now: now)
        detach(found, hash: hash)
        release(found.entry)
    }

    /// What happens when an entry expired, apart from its removal.
    func reportExpired(_ entry: Entry, now: Int64) {
        let (delay, overflow) = now.subtractingReportingOverflow(entry.deadline)
        unsafe shard.pointee.statistics.noteExpired(delay: overflow ? .max : delay)
        touchExpired(entry.key)
        if let hook = unsafe shard.pointee.onExpired { hook(self, entry) }
    }
}
