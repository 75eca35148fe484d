// Freeing what is too large to be freed at once.
import Bytes
import Containers
import Platform

/// Tables and objects that nobody can reach any more.
struct DeferredFreeing {
    /// Freed before the next part of a table: so there are never more of them than what commands have put here and one
    /// part of a table holds.
    var values: [ExternalValue] = []
    var tables: [DetachedSegments] = []
    /// Entries of tables and values that wait.
    var pendingCount = 0

    mutating func append(_ value: ExternalValue) {
        values.append(value)
        pendingCount += 1
    }

    mutating func append(_ table: DetachedSegments) {
        tables.append(table)
        pendingCount += table.count
    }

    var isEmpty: Bool { values.isEmpty && tables.isEmpty }
}

extension Shard {
    /// Queues a table that was emptied; its memory counts until it is freed.
    mutating func freeLater(_ segments: DetachedSegments) {
        if segments.memoryBytes == 0 { return }
        wantsTending = true
        valueBytes += segments.memoryBytes
        deferred.append(segments)
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
    package var hasDeferred: Bool { !deferred.isEmpty }

    /// Frees in small steps what was queued, until `isOver` says that time is up; true if there is more.
    package mutating func freeDeferred(isOver: () -> Bool) -> Bool {
        while !deferred.isEmpty {
            if isOver() { return true }
            if let value = deferred.values.last { freeStep(of: value) } else { freeTableStep() }
        }
        return false
    }

    /// Frees some hundred elements of the value that is the queue's last.
    private mutating func freeStep(of value: ExternalValue) {
        let before = value.memoryBytes
        if value.release(limit: 256) {
            valueBytes -= before - value.memoryBytes
        } else {
            valueBytes -= before
            deferred.values.removeLast()
            noteFreed(1)
        }
    }

    /// Frees a segment of the table that was queued last. What takes more than one step goes to the queue of values.
    private mutating func freeTableStep() {
        guard var segments = deferred.tables.popLast() else { return }
        let (before, entries) = (segments.memoryBytes, segments.count)
        var freed = 0
        let isMore = unsafe segments.releaseSegment {
            unsafe freed += Shard.free(Entry($0), queue: &deferred, inSlices: true)
        }
        valueBytes -= freed + before - segments.memoryBytes
        noteFreed(entries - segments.count)
        if isMore { deferred.tables.append(segments) }
    }

    /// Frees an entry and its value, a large one later; returns how many bytes are no longer held. `inSlices`: this is
    /// one of many, and only what is freed in one go is freed now.
    static func free(_ entry: Entry, queue: inout DeferredFreeing, inSlices: Bool = false) -> Int {
        var bytes = Allocator.sizeClass(entry.size)
        if entry.encoding.isExternal {
            let value = entry.external
            if value.isLarge || inSlices && value.isManyBlocks {
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
