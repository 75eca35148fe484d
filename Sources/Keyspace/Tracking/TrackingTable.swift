// Which keys of a shard clients keep copies of: whoever changes one of them takes it out and tells them.
import Bytes
import Containers

/// The keys of all databases alike, as in Redis: a client is told of a key, not of its database.
@safe
struct TrackingTable: ~Copyable {
    private var keys: HashTable<TrackedKeyPolicy>
    private var keyBytes = 0
    /// Pairs of a key and a reader.
    private(set) var itemCount = 0
    /// More keys than this are not kept.
    var limit = Int.max
    /// Tables that were emptied at once and are still to be freed.
    private var discarded: [DetachedSegments] = []

    init(seed: UInt64) { keys = HashTable(seed: seed) }

    var count: Int { keys.count }
    var isOverfull: Bool { keys.count > limit }
    var hasDiscarded: Bool { !discarded.isEmpty }
    var memoryBytes: Int { keys.memoryBytes + keyBytes + discarded.reduce(0) { $0 + $1.memoryBytes } }

    /// Notes that a client has a copy of a key.
    mutating func add(_ name: ByteView, hash: UInt64, _ reader: KeyReader) {
        guard let slot = keys.find(hash: hash, key: name) else {
            let key = TrackedKey.create(name, hash: hash, reader)
            unsafe keys.insert(hash: hash, entry: key.base)
            keyBytes += key.memoryBytes
            itemCount += 1
            return
        }
        let key = unsafe TrackedKey(slot.entry)
        if key.contains(reader) { return }
        keyBytes -= key.memoryBytes
        let grown = key.adding(reader)
        keyBytes += grown.memoryBytes
        unsafe slot.replace(with: grown.base)
        itemCount += 1
    }

    /// Takes a key out; to be freed by `free`.
    mutating func take(_ name: ByteView, hash: UInt64) -> TrackedKey? {
        guard let slot = keys.find(hash: hash, key: name) else { return nil }
        return take(slot)
    }

    /// Takes any key out.
    mutating func takeAny(choice: UInt64) -> TrackedKey? {
        var found: TrackedKey?
        unsafe keys.sample(1, choice: choice) {
            found = unsafe TrackedKey($0)
            return true
        }
        if found == nil { unsafe keys.forEach { if found == nil { found = unsafe TrackedKey($0) } } }
        guard let found else { return nil }
        return take(found.name, hash: found.hash)
    }

    private mutating func take(_ slot: HashSlot) -> TrackedKey {
        let key = unsafe TrackedKey(slot.entry)
        keys.remove(slot, hash: key.hash)
        keyBytes -= key.memoryBytes
        itemCount -= key.readerCount
        return key
    }

    /// Forgets everything; the memory is given back by `freeDiscarded`.
    mutating func removeAll() {
        if keys.count == 0 { return }
        discarded.append(keys.detach())
        itemCount = 0
        keyBytes = 0
    }

    /// Frees what was forgotten until `isOver` says that time is up; true if there is more.
    mutating func freeDiscarded(isOver: () -> Bool) -> Bool {
        while var segments = discarded.popLast() {
            if unsafe segments.releaseSegment({ unsafe TrackedKey($0).free() }) { discarded.append(segments) }
            if isOver() { break }
        }
        return !discarded.isEmpty
    }
}
