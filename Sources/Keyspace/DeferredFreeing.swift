// Freeing what is too large to be freed at once.
import Bytes
import Containers
import Platform

/// A queue of tables and objects that nobody can reach any more.
struct DeferredFreeing {
    enum Item {
        case table(DetachedSegments)
        case value(ExternalValue)
    }

    var items: [Item] = []
    /// Entries and values in `items`.
    var pendingCount = 0

    mutating func append(_ value: ExternalValue) {
        items.append(.value(value))
        pendingCount += 1
    }
}

extension Shard {
    /// Queues a table that was emptied; its memory counts until it is freed.
    mutating func freeLater(_ segments: DetachedSegments) {
        if segments.memoryBytes == 0 { return }
        wantsTending = true
        valueBytes += segments.memoryBytes
        deferred.items.append(.table(segments))
        deferred.pendingCount += segments.count
    }

    /// Queues an external object; its memory counts until it is freed.
    package mutating func freeLater(_ value: ExternalValue) {
        wantsTending = true
        deferred.append(value)
    }

    private mutating func noteFreed(_ count: Int) {
        deferred.pendingCount -= count
        statistics.freedLater += count
    }

    /// Entries and values that wait to be freed.
    package var deferredCount: Int { deferred.pendingCount }

    /// Whether anything waits to be freed.
    package var hasDeferred: Bool { !deferred.items.isEmpty }

    /// Frees in small steps what was queued, until `isOver` says that time is up; true if there is more.
    package mutating func freeDeferred(isOver: () -> Bool) -> Bool {
        while let item = deferred.items.last {
            if isOver() { return true }
            switch item {
            case .table(var segments):
                deferred.items.removeLast()
                let before = segments.memoryBytes
                let done = segments.count
                var freed = 0
                let isMore = unsafe segments.releaseSegment { unsafe freed += Shard.free(Entry($0), queue: &deferred) }
                valueBytes -= freed + before - segments.memoryBytes
                noteFreed(done - segments.count)
                if isMore { deferred.items.insert(.table(segments), at: 0) }
            case .value(let value):
                let before = value.memoryBytes
                if value.release(limit: 256) {
                    valueBytes -= before - value.memoryBytes
                } else {
                    valueBytes -= before
                    deferred.items.removeLast()
                    noteFreed(1)
                }
            }
        }
        return false
    }

    /// Frees an entry and its value, a large one later; returns how many bytes are no longer held.
    static func free(_ entry: Entry, queue: inout DeferredFreeing) -> Int {
        var bytes = Allocator.sizeClass(entry.size)
        if entry.encoding.isExternal {
            let value = entry.external
            if value.isLarge {
                queue.append(value)
            } else {
                bytes += value.memoryBytes
                while value.release(limit: .max) {}
            }
        }
        unsafe Allocator.deallocate(entry.base, size: entry.size)
        return bytes
    }
}
