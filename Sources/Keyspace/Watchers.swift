// WATCH: who wants to know that a key was changed.
import Bytes
import Containers
import Platform

/// A key that somebody watches or waits for: the name as a copy, since it need not exist.
package struct ObservedKey: Hashable {
    package let database: Int
    package let name: [UInt8]
}

/// A session that watches a key, by its flag.
struct Watcher {
    let flag: AtomicFlag
    /// The key was past its deadline, but still there, when it was watched: that it goes is no change then.
    var wasExpired: Bool
}

extension Database {
    /// Registers `flag` to be set when the key changes. Watching a key twice with the same flag is the same as once.
    package func watch(_ key: ByteView, hash: UInt64, now: Int64, flag: AtomicFlag) {
        let watched = ObservedKey(database: index, name: key.bytes)
        let shard = unsafe storage.pointee.shard
        var list = unsafe shard.pointee.watchers[watched] ?? []
        if list.contains(where: { $0.flag == flag }) { return }
        if list.isEmpty { unsafe storage.pointee.observedCount += 1 }
        flag.retain()
        let slot = unsafe storage.pointee.contents.table.find(hash: hash, key: key)
        let isExpired = slot.map { unsafe Entry($0.entry).isExpired(now: now) } ?? false
        list.append(Watcher(flag: flag, wasExpired: isExpired))
        unsafe shard.pointee.watchers[watched] = list
    }

    /// Takes a registration back.
    package func unwatch(_ key: ByteView, flag: AtomicFlag) {
        let watched = ObservedKey(database: index, name: key.bytes)
        let shard = unsafe storage.pointee.shard
        guard var list = unsafe shard.pointee.watchers[watched],
            let place = list.firstIndex(where: { $0.flag == flag })
        else { return }
        list.remove(at: place)
        flag.release()
        if list.isEmpty {
            unsafe shard.pointee.watchers[watched] = nil
            unsafe storage.pointee.observedCount -= 1
        } else {
            unsafe shard.pointee.watchers[watched] = list
        }
    }

    /// Whether a key that `flag` watches has passed its deadline since: EXEC fails as if it had been removed.
    package func isExpiredSinceWatched(_ key: ByteView, hash: UInt64, now: Int64, flag: AtomicFlag) -> Bool {
        guard let slot = unsafe storage.pointee.contents.table.find(hash: hash, key: key),
            unsafe Entry(slot.entry).isExpired(now: now)
        else { return false }
        let watched = ObservedKey(database: index, name: key.bytes)
        let list = unsafe shard.pointee.watchers[watched] ?? []
        return list.contains { $0.flag == flag && !$0.wasExpired }
    }

    /// Tells who watches the key or waits for it that it changed. The database's own methods do this.
    @inlinable
    @inline(__always)
    package func touch(_ key: ByteView) {
        if unsafe _slowPath(storage.pointee.observedCount != 0) { touchObservers(key) }
    }

    @usableFromInline
    @inline(never)
    func touchObservers(_ key: ByteView) {
        if unsafe storage.pointee.observedCount >= DatabaseStorage.telling { tellChange(of: key, .command) }
        if unsafe storage.pointee.observedCount & (DatabaseStorage.telling - 1) == 0 { return }
        let observed = ObservedKey(database: index, name: key.bytes)
        for watcher in unsafe shard.pointee.watchers[observed] ?? [] { watcher.flag.set() }
        unsafe shard.pointee.waiting.noteChange(of: observed)
    }

    /// Tells the key's watchers that it expired. For those who began to watch when it was past its deadline already,
    /// nothing has changed: for them it was gone.
    func touchExpired(_ key: ByteView) {
        if unsafe storage.pointee.observedCount == 0 { return }
        if unsafe storage.pointee.observedCount >= DatabaseStorage.telling { tellChange(of: key, .server) }
        if unsafe storage.pointee.observedCount & (DatabaseStorage.telling - 1) == 0 { return }
        let watched = ObservedKey(database: index, name: key.bytes)
        let shard = unsafe storage.pointee.shard
        guard var list = unsafe shard.pointee.watchers[watched] else { return }
        for place in list.indices {
            if !list[place].wasExpired { list[place].flag.set() }
            list[place].wasExpired = false
        }
        unsafe shard.pointee.watchers[watched] = list
    }

    /// Touches every observed key of this database that exists in it or in `other`: for FLUSHALL and SWAPDB.
    func touchAllObserved(andIn other: Database?) {
        if unsafe storage.pointee.observedCount == 0 { return }
        for (watched, list) in unsafe shard.pointee.watchers where watched.database == index {
            ByteView.withView(watched.name) { name in
                if exists(name) || other?.exists(name) == true { for watcher in list { watcher.flag.set() } }
            }
        }
        unsafe shard.pointee.waiting.noteChanges(in: index)
    }

    /// Whether there is an entry, past its deadline or not.
    func exists(_ key: ByteView) -> Bool {
        let hash = unsafe KeyHash.hash(key, seed: storage.pointee.contents.table.seed)
        return unsafe storage.pointee.contents.table.find(hash: hash, key: key) != nil
    }
}
