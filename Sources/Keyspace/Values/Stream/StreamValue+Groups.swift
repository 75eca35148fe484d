// The consumer groups of a stream.
import Bytes
import Containers
import Platform

extension StreamValue {
    package var groupCount: Int { unsafe storage.pointee.groups.count }

    /// Groups in the order of their names.
    package func group(at index: Int) -> ConsumerGroup { unsafe ConsumerGroup(storage.pointee.groups.block(index)) }

    package func group(_ name: ByteView) -> ConsumerGroup? {
        let (index, isFound) = unsafe storage.pointee.groups.find(name)
        return isFound ? group(at: index) : nil
    }

    /// A new group; nil if there is one of that name.
    package func createGroup(_ name: ByteView, _ lastID: StreamID, entriesRead: Int64) -> ConsumerGroup? {
        let (index, isFound) = unsafe storage.pointee.groups.find(name)
        if isFound { return nil }
        let group = unsafe ConsumerGroup.create(name, lastID, entriesRead: entriesRead, &storage.pointee.bytes)
        unsafe storage.pointee.groups.insert(group.address, at: index, &storage.pointee.bytes)
        return group
    }

    /// Removes a group and all that it knows; false if there is none of that name. What takes long to free goes to
    /// `rest`, a stream with that group and nothing else, which the caller is to free.
    package func destroyGroup(_ name: ByteView, leaving rest: inout StreamValue?) -> Bool {
        let (index, isFound) = unsafe storage.pointee.groups.find(name)
        if !isFound { return false }
        let group = group(at: index)
        if group.pendingCount + group.consumerCount > StreamValue.quicklyFreed {
            let bytes = group.memoryBytes
            let detached = StreamValue.create()
            unsafe detached.storage.pointee.groups.insert(group.address, at: 0, &detached.storage.pointee.bytes)
            unsafe detached.storage.pointee.bytes += bytes
            unsafe storage.pointee.bytes -= bytes
            rest = detached
        } else {
            while releasePart(of: group, limit: .max) {}
        }
        unsafe storage.pointee.groups.remove(at: index, &storage.pointee.bytes)
        return true
    }

    /// Pending entries and consumers of a group that is freed in one go.
    private static var quicklyFreed: Int { 256 }

    // MARK: - Consumers

    /// A new consumer; nil if there is one of that name.
    package func createConsumer(_ name: ByteView, in group: ConsumerGroup, now: Int64) -> Consumer? {
        let (index, isFound) = unsafe group.storage.pointee.consumers.find(name)
        if isFound { return nil }
        let consumer = unsafe Consumer.create(name, now: now, &storage.pointee.bytes)
        unsafe group.storage.pointee.consumers.insert(consumer.address, at: index, &storage.pointee.bytes)
        return consumer
    }

    /// Removes a consumer with all its pending entries; returns how many these were, or nil if there is none of that
    /// name.
    package func removeConsumer(_ name: ByteView, of group: ConsumerGroup) -> Int? {
        let (index, isFound) = unsafe group.storage.pointee.consumers.find(name)
        if !isFound { return nil }
        let consumer = group.consumer(at: index)
        let pending = consumer.pendingCount
        while let id = unsafe consumer.storage.pointee.pending.lastCursor?.id { _ = acknowledge(id, group) }
        releaseConsumer(of: group, at: index)
        return pending
    }

    /// Frees a consumer without pending entries.
    func releaseConsumer(of group: ConsumerGroup, at index: Int) {
        let consumer = group.consumer(at: index)
        unsafe group.storage.pointee.consumers.remove(at: index, &storage.pointee.bytes)
        unsafe NamedBlock(base: consumer.address).deallocate(
            size: MemoryLayout<Consumer.Storage>.size, &storage.pointee.bytes)
    }

    // MARK: - Pending entries

    /// Notes that an entry was delivered to a consumer, whoever had it before.
    @inline(__always)
    package func deliver(_ id: StreamID, to consumer: Consumer, of group: ConsumerGroup, now: Int64) {
        let entry = unsafe PendingEntry.create(consumer, now: now, count: 1, &storage.pointee.bytes)
        group.noteDelivery(at: now)
        if unsafe group.storage.pointee.pending.insert(id, entry.address, &storage.pointee.bytes) {
            _ = unsafe consumer.storage.pointee.pending.insert(id, entry.address, &storage.pointee.bytes)
            return
        }
        unsafe entry.deallocate(&storage.pointee.bytes)
        guard let pending = group.pending(id) else { return }
        assign(pending, id, to: consumer)
        pending.deliveryTime = now
        pending.deliveryCount = 1
    }

    /// A pending entry that was never delivered.
    package func createPending(_ id: StreamID, for consumer: Consumer, of group: ConsumerGroup, now: Int64)
        -> PendingEntry
    {
        let entry = unsafe PendingEntry.create(consumer, now: now, count: 1, &storage.pointee.bytes)
        let isNew = unsafe group.storage.pointee.pending.insert(id, entry.address, &storage.pointee.bytes)
        precondition(isNew, "the entry is pending already")
        group.noteDelivery(at: now)
        _ = unsafe consumer.storage.pointee.pending.insert(id, entry.address, &storage.pointee.bytes)
        return entry
    }

    /// Gives a pending entry to a consumer.
    package func assign(_ entry: PendingEntry, _ id: StreamID, to consumer: Consumer) {
        let old = entry.consumer
        if old == consumer { return }
        _ = unsafe old.storage.pointee.pending.remove(id, &storage.pointee.bytes)
        _ = unsafe consumer.storage.pointee.pending.insert(id, entry.address, &storage.pointee.bytes)
        unsafe entry.storage.pointee.consumer = unsafe consumer.address
    }

    /// Forgets that an entry is pending; false if it was not.
    @inline(__always)
    package func acknowledge(_ id: StreamID, _ group: ConsumerGroup) -> Bool {
        guard let address = unsafe group.storage.pointee.pending.remove(id, &storage.pointee.bytes) else {
            return false
        }
        let entry = unsafe PendingEntry(address)
        _ = unsafe entry.consumer.storage.pointee.pending.remove(id, &storage.pointee.bytes)
        unsafe entry.deallocate(&storage.pointee.bytes)
        return true
    }

    // MARK: - How far a group has come

    /// Whether entries with IDs from `start` on may have been deleted by name.
    package func mayHaveGaps(from start: StreamID) -> Bool {
        if length == 0 || maximumDeletedID == .zero { return false }
        if firstID > maximumDeletedID { return false }
        return start <= maximumDeletedID
    }

    /// The number of entries up to `id` that there have ever been; -1: nobody knows.
    package func entriesUpTo(_ id: StreamID) -> Int64 {
        if entriesAdded == 0 { return 0 }
        if length == 0 && id <= lastID { return entriesAdded }
        if id == lastID { return entriesAdded }
        if id > lastID { return -1 }
        if maximumDeletedID == .zero || maximumDeletedID < firstID {
            if id < firstID { return entriesAdded &- Int64(length) }
            if id == firstID { return entriesAdded &- Int64(length) &+ 1 }
        }
        return -1
    }

    /// A walk over the entries that a group has not read. It goes on where the last one ended, as far as that is known:
    /// entries can only be searched one by one from the beginning of their node.
    @inline(__always)
    package func unread(by group: ConsumerGroup) -> StreamCursor {
        if let resumption = unsafe group.storage.pointee.resumption,
            unsafe resumption.removedNodes == storage.pointee.removedNodes
        {
            return unsafe StreamCursor(storage.pointee.nodes, behind: group.lastID, resumption.place)
        }
        return entries(from: group.lastID.next ?? .maximum, to: .maximum)
    }

    /// Notes where a walk stands after the last entry that the group has read.
    @inline(__always)
    package func keepPlace(of cursor: StreamCursor, for group: ConsumerGroup) {
        guard cursor.entry?.id == group.lastID, let place = cursor.resumption else { return }
        unsafe group.storage.pointee.resumption = unsafe (place, storage.pointee.removedNodes)
    }

    /// Notes that a group has read up to an entry.
    @inline(__always)
    package func advance(_ group: ConsumerGroup, to id: StreamID) {
        if group.entriesRead != -1 && !mayHaveGaps(from: id) {
            group.entriesRead &+= 1
        } else if entriesAdded != 0 {
            group.entriesRead = entriesUpTo(id)
        }
        group.lastID = id
    }

    /// How many entries a group has not read yet; nil: nobody knows.
    package func lag(of group: ConsumerGroup) -> Int64? {
        if entriesAdded == 0 { return 0 }
        if group.entriesRead != -1 && !mayHaveGaps(from: group.lastID) { return entriesAdded &- group.entriesRead }
        let read = entriesUpTo(group.lastID)
        return read == -1 ? nil : entriesAdded &- read
    }
}
