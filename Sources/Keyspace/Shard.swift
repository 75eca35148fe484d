// One shard: every database's slice of the keyspace, and what keeps it in order.
import Bytes
import Containers
import Platform

/// A shard lives in raw memory from `create` to `destroy` and is used by one thread at a time, whoever holds its baton.
@safe
@usableFromInline
package struct Shard: ~Copyable {
    /// Its number among the shards.
    package let index: Int
    @usableFromInline package let databaseCount: Int
    @usableFromInline let databases: UnsafeMutablePointer<DatabaseStorage>

    @usableFromInline package var statistics = ShardStatistics()
    @usableFromInline package var accessClock = AccessClock()
    /// Set while hot keys are tracked: then commands that run here are to be told to `hotKeys`.
    @usableFromInline package var tracksHotKeys = false
    /// What is known of hot keys, from HOTKEYS START to HOTKEYS RESET.
    @usableFromInline package var hotKeys: UnsafeMutablePointer<HotKeyTracker>?
    package var eviction = Eviction()
    /// Called with every entry that is removed because it expired, just before it is freed; reads only.
    package var onExpired: ((Database, Entry) -> Void)?
    /// Called with every entry that is evicted, just before it is freed; reads only.
    package var onEvicted: ((Database, Entry) -> Void)?
    /// Called with every entry that is added while `reportsAdditions`, under a key that was not there; reads only.
    @usableFromInline package var onAdded: ((Database, Entry) -> Void)?
    @usableFromInline package var reportsAdditions = false
    /// Called with every hash of which fields were removed because they expired, perhaps the last one; reads only.
    package var onFieldsExpired: ((Database, Entry) -> Void)?

    /// Called when a key has changed that had readers, or while anybody wants to know of changes by prefix; and when
    /// readers are forgotten. Reads only.
    package var onReadersLost: ((TrackedKey?, ByteView, ChangeCause) -> Void)?
    var tracking: TrackingTable
    /// Clients that want to be told of changes by prefix.
    var broadcasterCount = 0
    /// `DatabaseStorage.telling` is set in all databases.
    var tellsChanges = false

    /// When the shard's home will look after it the next time; `Int64.max`: not before it is told to.
    @usableFromInline package var tendingTime = Int64.max
    /// Something is due earlier than that, or waits to be freed: the home must be told.
    @usableFromInline package var wantsTending = false

    /// The memory of all entries and external values, and of tables that wait to be freed.
    @usableFromInline var valueBytes = 0
    var deferred = DeferredFreeing()
    var defragmentation = Defragmentation()
    var watchers: [ObservedKey: [Watcher]] = [:]
    /// Commands that wait for keys of this shard.
    package var waiting = WaitingCommands()
    var random: UInt64

    init(index: Int, databaseCount: Int, seed: UInt64, databases: UnsafeMutablePointer<DatabaseStorage>) {
        self.index = index
        self.databaseCount = databaseCount
        unsafe self.databases = unsafe databases
        tracking = TrackingTable(seed: seed)
        random = seed ^ 0x9E37_79B9_7F4A_7C15 &* UInt64(index + 1) | 1
    }

    /// A new, empty shard. `seed` is the key of the hash, the same in all shards and wherever a hash is passed in.
    package static func create(index: Int, databaseCount: Int, seed: UInt64) -> UnsafeMutablePointer<Shard> {
        let databases = UnsafeMutablePointer<DatabaseStorage>.allocate(capacity: databaseCount)
        let shard = UnsafeMutablePointer<Shard>.allocate(capacity: 1)
        unsafe shard.initialize(to: Shard(index: index, databaseCount: databaseCount, seed: seed, databases: databases))
        for number in 0..<databaseCount {
            unsafe (databases + number).initialize(to: DatabaseStorage(shard: shard, index: number, seed: seed))
        }
        return unsafe shard
    }

    /// Frees the shard and everything in it.
    package static func destroy(_ shard: UnsafeMutablePointer<Shard>) {
        for number in unsafe 0..<shard.pointee.databaseCount { unsafe shard.pointee.database(number).removeAll() }
        while unsafe shard.pointee.freeDeferred(isOver: { false }) {}
        unsafe shard.pointee.databases.deinitialize(count: shard.pointee.databaseCount)
        unsafe shard.pointee.databases.deallocate()
        unsafe shard.pointee.discardHotKeys()
        for list in unsafe shard.pointee.watchers.values { for watcher in list { watcher.flag.release() } }
        unsafe shard.pointee.tracking.removeAll()
        while unsafe shard.pointee.tracking.freeDiscarded(isOver: { false }) {}
        unsafe shard.pointee.eviction.pool.deallocate()
        unsafe shard.pointee.accessClock.experience.deallocate()
        unsafe shard.deinitialize(count: 1)
        unsafe shard.deallocate()
    }

    /// The shard's slice of a numbered database.
    /// - Precondition: 0 ≤ `index` < `databaseCount`.
    @inlinable
    @inline(__always)
    package func database(_ index: Int) -> Database {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: databaseCount), "no such database")
        return unsafe Database(databases + index)
    }

    /// The memory of everything in the shard: entries, values, tables, and what waits to be freed.
    package var usedBytes: Int {
        var total = valueBytes + tracking.memoryBytes
        for index in 0..<databaseCount { unsafe total += databases[index].contents.table.memoryBytes }
        return total
    }

    /// Exchanges two databases' contents; watched keys that exist in either are touched.
    package mutating func swap(_ first: Int, _ second: Int) {
        if first == second { return }
        database(first).touchAllObserved(andIn: database(second))
        database(second).touchAllObserved(andIn: database(first))
        // In two steps, as the compiler cannot instrument the shorter way for the thread sanitizer.
        let (one, other) = unsafe (databases + first, databases + second)
        unsafe Swift.swap(&one.pointee.contents, &other.pointee.contents)
    }

    /// Removes entries that are due, in all databases, until `isOver` says that time is up; true if more are due.
    package mutating func expireDue(now: Int64, isOver: () -> Bool) -> Bool {
        for index in 0..<databaseCount {
            while unsafe databases[index].contents.table.nextDue < now {
                if isOver() { return true }
                database(index).expireSegment(now: now, isOver: isOver)
            }
        }
        return false
    }

    /// When `expireDue` has something to do next; `Int64.max`: never.
    package var nextDue: Int64 {
        var earliest = Int64.max
        for index in 0..<databaseCount { earliest = unsafe min(earliest, databases[index].contents.table.nextDue) }
        return earliest
    }

    /// A pseudo-random number.
    package mutating func nextRandom() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (random ^ random >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
