// What a consumer group is made of: the group, its consumers, and the entries that they have not acknowledged.
import Bytes
import Containers
import Platform

/// The address of a group. It belongs to its stream, which changes it: see `StreamValue`.
@safe
package struct ConsumerGroup {
    @safe
    struct Storage: ~Copyable {
        let nameBase: UnsafeRawPointer
        let nameCount: Int
        var lastID: StreamID
        /// Where `lastID` was read, if it was, and how many nodes the stream had lost by then.
        var resumption: (place: StreamResumption, removedNodes: Int)?
        /// The entries that have been read up to `lastID`; -1: nobody knows.
        var entriesRead: Int64
        /// All pending entries.
        var pending = IDTree()
        /// No pending entry was delivered before.
        var earliestDelivery = Int64.max
        var consumers = NameDirectory()
    }

    let storage: UnsafeMutablePointer<Storage>

    init(_ address: UnsafeMutableRawPointer) { unsafe storage = unsafe address.assumingMemoryBound(to: Storage.self) }

    static func create(_ name: ByteView, _ lastID: StreamID, entriesRead: Int64, _ bytes: inout Int) -> ConsumerGroup {
        let block = NamedBlock.create(name, size: MemoryLayout<Storage>.size, &bytes)
        let head = block.name
        let group = unsafe ConsumerGroup(block.base)
        unsafe group.storage.initialize(
            to: Storage(
                nameBase: head.base, nameCount: head.count, lastID: lastID, entriesRead: entriesRead))
        return group
    }

    var address: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(storage) }

    package var name: ByteView { unsafe NamedBlock(base: address).name }

    package var lastID: StreamID {
        get { unsafe storage.pointee.lastID }
        nonmutating set {
            unsafe storage.pointee.lastID = newValue
            unsafe storage.pointee.resumption = nil
        }
    }

    /// The entries that the group has read, those before its beginning included; -1: nobody knows.
    package var entriesRead: Int64 {
        get { unsafe storage.pointee.entriesRead }
        nonmutating set { unsafe storage.pointee.entriesRead = newValue }
    }

    package var consumerCount: Int { unsafe storage.pointee.consumers.count }

    /// Consumers in the order of their names.
    package func consumer(at index: Int) -> Consumer { unsafe Consumer(storage.pointee.consumers.block(index)) }

    package func consumer(_ name: ByteView) -> Consumer? {
        let (index, isFound) = unsafe storage.pointee.consumers.find(name)
        return isFound ? consumer(at: index) : nil
    }

    /// What the allocator spends on all of it; a look at every consumer.
    var memoryBytes: Int {
        var bytes = unsafe NamedBlock(base: address).memoryBytes(size: MemoryLayout<Storage>.size)
        unsafe bytes += storage.pointee.pending.memoryBytes + storage.pointee.consumers.memoryBytes
        bytes += pendingCount * Allocator.sizeClass(PendingEntry.size)
        for index in 0..<consumerCount { bytes += consumer(at: index).memoryBytes }
        return bytes
    }

    // MARK: - Pending entries

    package var pendingCount: Int { unsafe storage.pointee.pending.count }

    package func pending(_ id: StreamID) -> PendingEntry? {
        unsafe storage.pointee.pending.find(id).map { unsafe PendingEntry($0) }
    }

    /// The first pending entry from `id` on.
    package func pending(atOrAfter id: StreamID) -> PendingCursor? {
        unsafe storage.pointee.pending.cursor(atOrAfter: id).map { PendingCursor($0) }
    }

    /// A time before which no pending entry was delivered; `.max` as long as there has never been one.
    package var earliestDelivery: Int64 {
        get { unsafe storage.pointee.earliestDelivery }
        nonmutating set { unsafe storage.pointee.earliestDelivery = newValue }
    }

    /// Notes that an entry counts as delivered at a time.
    @inline(__always)
    package func noteDelivery(at time: Int64) {
        if time < earliestDelivery { earliestDelivery = time }
    }

    package var lastPendingID: StreamID? { unsafe storage.pointee.pending.lastCursor?.id }
}

/// The address of a consumer. Times are in milliseconds since the Unix epoch.
@safe
package struct Consumer: Equatable {
    @safe
    struct Storage: ~Copyable {
        let nameBase: UnsafeRawPointer
        let nameCount: Int
        var seenTime: Int64
        var activeTime: Int64 = -1
        /// Its share of the group's pending entries.
        var pending = IDTree()
    }

    let storage: UnsafeMutablePointer<Storage>

    init(_ address: UnsafeMutableRawPointer) { unsafe storage = unsafe address.assumingMemoryBound(to: Storage.self) }

    static func create(_ name: ByteView, now: Int64, _ bytes: inout Int) -> Consumer {
        let block = NamedBlock.create(name, size: MemoryLayout<Storage>.size, &bytes)
        let head = block.name
        let consumer = unsafe Consumer(block.base)
        unsafe consumer.storage.initialize(to: Storage(nameBase: head.base, nameCount: head.count, seenTime: now))
        return consumer
    }

    var address: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(storage) }

    /// What the allocator spends on it, without what it shares with its group.
    var memoryBytes: Int {
        unsafe NamedBlock(base: address).memoryBytes(size: MemoryLayout<Storage>.size)
            + storage.pointee.pending.memoryBytes
    }

    package static func == (left: Consumer, right: Consumer) -> Bool { unsafe left.storage == right.storage }

    package var name: ByteView { unsafe NamedBlock(base: address).name }

    /// When it last asked for something.
    package var seenTime: Int64 {
        get { unsafe storage.pointee.seenTime }
        nonmutating set { unsafe storage.pointee.seenTime = newValue }
    }

    /// When it last got something; -1: never.
    package var activeTime: Int64 {
        get { unsafe storage.pointee.activeTime }
        nonmutating set { unsafe storage.pointee.activeTime = newValue }
    }

    package var pendingCount: Int { unsafe storage.pointee.pending.count }

    package func pending(atOrAfter id: StreamID) -> PendingCursor? {
        unsafe storage.pointee.pending.cursor(atOrAfter: id).map { PendingCursor($0) }
    }
}

/// The address of what is known of a pending entry; its group and its consumer share it.
@safe
package struct PendingEntry {
    @safe
    struct Storage {
        var deliveryTime: Int64
        var deliveryCount: Int64
        var consumer: UnsafeMutableRawPointer
    }

    let storage: UnsafeMutablePointer<Storage>

    static var size: Int { MemoryLayout<Storage>.size }

    init(_ address: UnsafeMutableRawPointer) { unsafe storage = unsafe address.assumingMemoryBound(to: Storage.self) }

    static func create(_ consumer: Consumer, now: Int64, count: Int64, _ bytes: inout Int) -> PendingEntry {
        let entry = unsafe PendingEntry(Allocator.allocate(size))
        unsafe entry.storage.initialize(
            to: Storage(deliveryTime: now, deliveryCount: count, consumer: consumer.address))
        bytes += Allocator.sizeClass(size)
        return entry
    }

    func deallocate(_ bytes: inout Int) {
        unsafe Allocator.deallocate(address, size: PendingEntry.size)
        bytes -= Allocator.sizeClass(PendingEntry.size)
    }

    var address: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(storage) }

    package var consumer: Consumer { unsafe Consumer(storage.pointee.consumer) }

    /// When it was last delivered, in milliseconds since the Unix epoch.
    package var deliveryTime: Int64 {
        get { unsafe storage.pointee.deliveryTime }
        nonmutating set { unsafe storage.pointee.deliveryTime = newValue }
    }

    package var deliveryCount: Int64 {
        get { unsafe storage.pointee.deliveryCount }
        nonmutating set { unsafe storage.pointee.deliveryCount = newValue }
    }
}

/// Where a pending entry stands among those of its group or consumer; valid until these change.
@safe
package struct PendingCursor {
    private var cursor: IDCursor

    init(_ cursor: IDCursor) { self.cursor = cursor }

    package var id: StreamID { cursor.id }
    package var entry: PendingEntry { unsafe PendingEntry(cursor.address) }

    /// Moves to the next one; false if there is none.
    package mutating func advance() -> Bool { cursor.advance() }
}
