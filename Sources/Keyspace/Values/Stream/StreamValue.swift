// A stream: its entries, and what its consumer groups are told.
import Bytes
import Containers
import Platform

/// When the last node of a stream is full.
@usableFromInline
package struct StreamLimits {
    /// `stream-node-max-bytes`; 0: no limit.
    @usableFromInline package var nodeBytes = 4096
    /// `stream-node-max-entries`; 0: no limit.
    @usableFromInline package var nodeEntries = 100

    package init() {}
}

/// The address of a stream: a tree of listpacks by the IDs of their first entries, and the groups by name. It changes
/// its address only in `relocated`. No deinitialiser: the owner calls `release` until it returns false.
@safe
package struct StreamValue {
    @safe
    struct Storage: ~Copyable {
        var nodes = IDTree()
        /// How many nodes have gone: what is known of places in nodes holds only until the next one goes.
        var removedNodes = 0
        var length = 0
        var lastID = StreamID.zero
        var firstID = StreamID.zero
        var maximumDeletedID = StreamID.zero
        var entriesAdded: Int64 = 0
        var groups = NameDirectory()
        /// What the allocator spends on all of it.
        var bytes = Allocator.sizeClass(MemoryLayout<Storage>.size)
    }

    let storage: UnsafeMutablePointer<Storage>

    static var storageSize: Int { MemoryLayout<Storage>.size }

    /// - Precondition: a stream is there.
    @unsafe
    init(address: UnsafeMutableRawPointer) { unsafe storage = unsafe address.assumingMemoryBound(to: Storage.self) }

    /// - Precondition: `value` is that of a stream.
    package init(_ value: ExternalValue) { unsafe self.init(address: value.address) }

    package static func create() -> StreamValue {
        let block = unsafe Allocator.allocate(storageSize).bindMemory(to: Storage.self, capacity: 1)
        unsafe block.initialize(to: Storage())
        return unsafe StreamValue(address: block)
    }

    var address: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(storage) }

    package var value: ExternalValue { unsafe ExternalValue(encoding: .stream, address: address) }

    var memoryBytes: Int { unsafe storage.pointee.bytes }

    /// Whether freeing it takes long enough to be done in slices.
    var isLarge: Bool { unsafe storage.pointee.nodes.count > 64 || storage.pointee.bytes > 1 << 20 }

    var isManyBlocks: Bool { unsafe storage.pointee.nodes.count > 4 || storage.pointee.groups.count > 0 }

    // MARK: - What is known of it

    /// Entries that are not deleted.
    package var length: Int { unsafe storage.pointee.length }

    /// Listpacks.
    package var nodeCount: Int { unsafe storage.pointee.nodes.count }

    /// Nodes of the tree, and listpacks.
    package var treeNodeCount: Int { unsafe storage.pointee.nodes.nodeCount + storage.pointee.nodes.count }

    /// The highest ID there has been.
    package var lastID: StreamID {
        get { unsafe storage.pointee.lastID }
        nonmutating set { unsafe storage.pointee.lastID = newValue }
    }

    /// The first entry's ID, or zero.
    package var firstID: StreamID { unsafe storage.pointee.firstID }

    /// The highest ID of an entry that was deleted by name, or zero.
    package var maximumDeletedID: StreamID {
        get { unsafe storage.pointee.maximumDeletedID }
        nonmutating set { unsafe storage.pointee.maximumDeletedID = newValue }
    }

    /// All entries there have been.
    package var entriesAdded: Int64 {
        get { unsafe storage.pointee.entriesAdded }
        nonmutating set { unsafe storage.pointee.entriesAdded = newValue }
    }

    // MARK: - Reading

    /// A walk over the entries of a range.
    @inline(__always)
    package func entries(from start: StreamID, to end: StreamID, forward: Bool = true) -> StreamCursor {
        unsafe StreamCursor(storage.pointee.nodes, from: start, to: end, isForward: forward)
    }

    /// The entry with this ID.
    package func entry(_ id: StreamID) -> StreamEntry? {
        if id > lastID || length == 0 { return nil }
        var cursor = entries(from: id, to: id)
        return cursor.advance() ? cursor.entry : nil
    }

    /// The entry at either end.
    package func edge(first: Bool) -> StreamEntry? {
        if length == 0 { return nil }
        var cursor = entries(from: .zero, to: .maximum, forward: first)
        return cursor.advance() ? cursor.entry : nil
    }

    /// The last entry's ID, or zero if there is none.
    package var lastEntryID: StreamID { edge(first: false)?.id ?? .zero }

    // MARK: - Adding

    /// Adds an entry behind all others, whose names and values have `bytes` bytes together.
    /// - Precondition: `id` is above `lastID`, `bytes` at most `StreamNode.largestEntry`.
    package func append<Fields: StreamFields>(_ id: StreamID, _ fields: Fields, bytes: Int, _ limits: StreamLimits) {
        if let last = unsafe storage.pointee.nodes.lastCursor {
            var node = unsafe StreamNode(address: last.address, firstID: last.id)
            if node.accepts(bytes: bytes, maximumBytes: limits.nodeBytes, maximumEntries: limits.nodeEntries) {
                change(&node) { $0.append(id, fields) }
                note(added: id)
                return
            }
        }
        let node = StreamNode.create(id, fields)
        unsafe storage.pointee.bytes += node.listpack.memoryBytes
        _ = unsafe storage.pointee.nodes.insert(id, node.listpack.address, &storage.pointee.bytes)
        note(added: id)
    }

    private func note(added id: StreamID) {
        unsafe storage.pointee.length &+= 1
        unsafe storage.pointee.entriesAdded &+= 1
        unsafe storage.pointee.lastID = id
        if unsafe storage.pointee.length == 1 { unsafe storage.pointee.firstID = id }
    }

    /// Lets `body` change a node, which may move it, and accounts for it.
    @inline(__always)
    func change(_ node: inout StreamNode, _ body: (inout StreamNode) -> Void) {
        let before = node.listpack
        let bytes = before.memoryBytes
        body(&node)
        unsafe storage.pointee.bytes &+= node.listpack.memoryBytes &- bytes
        if unsafe node.listpack.address != before.address {
            unsafe storage.pointee.nodes.replace(node.firstID, node.listpack.address)
        }
    }
}
