// Client-side caching at the shard: who has read its keys, and telling that they have changed.
import Bytes
import Containers

/// By what a key was changed.
package enum ChangeCause {
    /// By the command that is being run.
    case command
    /// By the server itself: it has expired.
    case server
    /// Not at all, but it is no longer known who has read it.
    case forgotten
}

extension DatabaseStorage {
    /// In `observedCount`: the shard tells of changes.
    static var telling: Int { 1 << 48 }
}

extension Shard {
    /// Keys of which readers are known, and pairs of such a key and a reader.
    package var trackedKeyCount: Int { tracking.count }
    package var trackedItemCount: Int { tracking.itemCount }

    /// Clients begin, or no longer want, to be told of all changes of keys with some prefix.
    package mutating func addBroadcasters(_ count: Int) {
        broadcasterCount += count
        tellChangesIfWanted()
    }

    /// Changes are looked at only while somebody wants to know of any.
    fileprivate mutating func tellChangesIfWanted() {
        let wanted = broadcasterCount > 0 || tracking.count > 0
        if wanted == tellsChanges { return }
        tellsChanges = wanted
        for index in 0..<databaseCount {
            unsafe databases[index].observedCount += wanted ? DatabaseStorage.telling : -DatabaseStorage.telling
        }
    }

    /// Forgets who has read what: everything was removed at once.
    package mutating func forgetReaders() {
        tracking.removeAll()
        if tracking.hasDiscarded { wantsTending = true }
        tellChangesIfWanted()
    }

    /// How many keys with readers there may be.
    package mutating func limitTracking(to limit: Int) {
        tracking.limit = limit
        if tracking.isOverfull { wantsTending = true }
        tellChangesIfWanted()
    }

    /// Whether `tendTracking` has something to do.
    package var hasUntendedTracking: Bool { tracking.isOverfull || tracking.hasDiscarded }
}

extension UnsafeMutablePointer where Pointee == Shard {
    /// Notes that a client has read a key and keeps a copy.
    package func note(_ reader: KeyReader, of key: ByteView, hash: UInt64) {
        unsafe self.pointee.tracking.add(key, hash: hash, reader)
        if unsafe !self.pointee.tellsChanges { unsafe self.pointee.tellChangesIfWanted() }
        if unsafe self.pointee.tracking.isOverfull { unsafe forgetOne() }
    }

    private func forgetOne() {
        let choice = unsafe self.pointee.nextRandom()
        guard let key = unsafe self.pointee.tracking.takeAny(choice: choice) else { return }
        if let hook = unsafe self.pointee.onReadersLost { hook(key, key.name, .forgotten) }
        key.free()
    }

    /// Forgets readers of keys beyond the limit and frees what was forgotten, until `isOver` says that time is up;
    /// true if there is more.
    package func tendTracking(isOver: () -> Bool) -> Bool {
        while unsafe self.pointee.tracking.isOverfull {
            unsafe forgetOne()
            if isOver() { return true }
        }
        return unsafe self.pointee.tracking.freeDiscarded(isOver: isOver)
    }
}

extension Database {
    /// A key has changed: its readers are no longer known, and whoever wants to know is told.
    func tellChange(of key: ByteView, _ cause: ChangeCause) {
        let shard = unsafe self.shard
        let hash = unsafe KeyHash.hash(key, seed: storage.pointee.contents.table.seed)
        let tracked = unsafe shard.pointee.tracking.take(key, hash: hash)
        if unsafe tracked == nil && shard.pointee.broadcasterCount == 0 { return }
        if let hook = unsafe shard.pointee.onReadersLost { hook(tracked, key, cause) }
        tracked?.free()
    }
}
