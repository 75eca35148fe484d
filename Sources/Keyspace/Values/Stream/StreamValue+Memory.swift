// Copying, freeing and moving streams.
import Bytes
import Containers
import Platform

extension StreamValue {
    // MARK: - Copying

    func copy() -> StreamValue {
        let copy = StreamValue.create()
        var node = unsafe storage.pointee.nodes.firstCursor
        while let cursor = node {
            let listpack = unsafe Listpack(address: cursor.address).copy()
            unsafe copy.storage.pointee.bytes += listpack.memoryBytes
            _ = unsafe copy.storage.pointee.nodes.insert(cursor.id, listpack.address, &copy.storage.pointee.bytes)
            var next = cursor
            node = next.advance() ? next : nil
        }
        unsafe copy.storage.pointee.length = length
        unsafe copy.storage.pointee.lastID = lastID
        unsafe copy.storage.pointee.firstID = firstID
        unsafe copy.storage.pointee.maximumDeletedID = maximumDeletedID
        unsafe copy.storage.pointee.entriesAdded = entriesAdded
        for index in 0..<groupCount { copyGroup(group(at: index), to: copy) }
        return copy
    }

    private func copyGroup(_ group: ConsumerGroup, to copy: StreamValue) {
        guard let twin = copy.createGroup(group.name, group.lastID, entriesRead: group.entriesRead) else { return }
        for index in 0..<group.consumerCount {
            let consumer = group.consumer(at: index)
            guard let other = copy.createConsumer(consumer.name, in: twin, now: consumer.seenTime) else { continue }
            other.activeTime = consumer.activeTime
        }
        guard var pending = group.pending(atOrAfter: .zero) else { return }
        repeat {
            guard let consumer = twin.consumer(pending.entry.consumer.name) else { continue }
            let entry = copy.createPending(pending.id, for: consumer, of: twin, now: pending.entry.deliveryTime)
            entry.deliveryCount = pending.entry.deliveryCount
        } while pending.advance()
    }

    // MARK: - Freeing

    /// Frees a part of it, about `limit` nodes and pending entries; returns whether there is more. From the first call
    /// on the stream can be used for nothing else.
    func release(limit: Int) -> Bool {
        var left = limit
        while left > 0, let address = unsafe storage.pointee.nodes.removeLast(&storage.pointee.bytes) {
            let listpack = unsafe Listpack(address: address)
            unsafe storage.pointee.bytes -= listpack.memoryBytes
            listpack.release()
            left -= 1
        }
        while left > 0, groupCount > 0 {
            let group = group(at: groupCount - 1)
            let pending = group.pendingCount
            if releasePart(of: group, limit: left) { return true }
            unsafe storage.pointee.groups.remove(at: groupCount - 1, &storage.pointee.bytes)
            left -= pending + 1
        }
        if left <= 0 { return true }
        unsafe storage.deinitialize(count: 1)
        unsafe Allocator.deallocate(address, size: StreamValue.storageSize)
        return false
    }

    /// Frees some of a group's pending entries and consumers, then the group; returns whether there is more.
    func releasePart(of group: ConsumerGroup, limit: Int) -> Bool {
        var left = limit
        while left > 0, let id = group.lastPendingID {
            _ = acknowledge(id, group)
            left -= 1
        }
        while left > 0, group.consumerCount > 0 {
            releaseConsumer(of: group, at: group.consumerCount - 1)
            left -= 1
        }
        if left <= 0 { return true }
        unsafe NamedBlock(base: group.address).deallocate(
            size: MemoryLayout<ConsumerGroup.Storage>.size, &storage.pointee.bytes)
        return false
    }

    // MARK: - Moving

    /// The same stream at another address, if its head is better off there.
    func relocated(_ mover: inout BlockMover) -> StreamValue? {
        guard let moved = unsafe mover.relocate(address, size: StreamValue.storageSize) else { return nil }
        return unsafe StreamValue(address: moved)
    }

    /// One step of a walk over the listpacks, then over the pending entries of group after group; returns whether there
    /// is more. The stream may change between steps.
    func relocateParts(_ progress: inout StreamRelocation, _ mover: inout BlockMover) -> Bool {
        if progress.group < 0 {
            let next = unsafe storage.pointee.nodes.relocateLeaf(progress.id, &mover) { _, address, mover in
                var listpack = unsafe Listpack(address: address)
                return unsafe listpack.relocate(&mover) ? listpack.address : nil
            }
            return progress.goOn(next) || groupCount > 0
        }
        guard progress.group < groupCount else { return false }
        let group = group(at: progress.group)
        let next = unsafe group.storage.pointee.pending.relocateLeaf(progress.id, &mover) { id, address, mover in
            guard let moved = unsafe mover.relocate(address, size: PendingEntry.size) else { return nil }
            unsafe PendingEntry(moved).consumer.storage.pointee.pending.replace(id, moved)
            return unsafe moved
        }
        return progress.goOn(next) || progress.group < groupCount
    }
}

/// How far the parts of a stream have been looked at.
struct StreamRelocation {
    /// -1: the listpacks are being looked at.
    var group = -1
    /// Where to go on.
    var id = StreamID.zero

    /// Whether there is more of the same; if not, the next group's turn comes.
    fileprivate mutating func goOn(_ next: StreamID?) -> Bool {
        id = next ?? .zero
        if next == nil { group += 1 }
        return next != nil
    }
}
