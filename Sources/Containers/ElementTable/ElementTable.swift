// The elements of a big hash or set: one allocation each, in a hash table.
import Bytes
import Platform

/// The address of a table of elements. It has no deinitialiser: the owner calls `release` until it is done. Copies of
/// the struct are the same table, which never moves.
///
/// Names and values that are passed in must not be views of the table's own elements.
@safe
@usableFromInline
package struct ElementTable {
    @safe
    @usableFromInline
    struct Storage: ~Copyable {
        @usableFromInline var table: HashTable<ElementPolicy>
        /// What all elements take, as the allocator rounds them.
        @usableFromInline var elementBytes = 0
        /// What is still to be freed, once that has begun.
        @usableFromInline var detached: UnsafeMutablePointer<DetachedSegments>?

        @usableFromInline
        init(seed: UInt64) {
            table = HashTable(seed: seed)
            unsafe detached = nil
        }
    }

    @usableFromInline let storage: UnsafeMutablePointer<Storage>

    /// - Precondition: a table is there that `create` made.
    @inlinable
    @inline(__always)
    @unsafe
    package init(address: UnsafeMutableRawPointer) {
        unsafe storage = unsafe address.assumingMemoryBound(to: Storage.self)
    }

    @inlinable package var address: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(storage) }

    @usableFromInline static var storageSize: Int { Allocator.sizeClass(MemoryLayout<Storage>.size) }

    /// An empty table, with room for about so many elements. `seed` is the key of the hash of names.
    package static func create(seed: UInt64, capacity: Int = 0) -> ElementTable {
        let block = unsafe Allocator.allocate(storageSize)
        let storage = unsafe block.bindMemory(to: Storage.self, capacity: 1)
        unsafe storage.initialize(to: Storage(seed: seed))
        unsafe storage.pointee.table.reserve(capacity)
        return unsafe ElementTable(address: block)
    }

    // MARK: - Size

    /// Elements, those past their deadline included.
    @inlinable package var count: Int { unsafe storage.pointee.table.count }

    /// What the table and all its elements take.
    @inlinable
    package var memoryBytes: Int {
        let own = unsafe storage.pointee.elementBytes &+ storage.pointee.table.memoryBytes
        let detached = unsafe storage.pointee.detached
        return own &+ ElementTable.storageSize
            &+ (unsafe _slowPath(detached != nil) ? unsafe detached.unsafelyUnwrapped.pointee.memoryBytes : 0)
    }

    /// The key of the hash.
    @inlinable package var seed: UInt64 { unsafe storage.pointee.table.seed }

    /// The hash of a name, as the other methods take it.
    @inlinable
    @inline(__always)
    package func hash(_ name: ByteView) -> UInt64 { KeyHash.hash(name, seed: seed) }

    // MARK: - Finding

    /// An element that was found, and where. Valid until the next change of the table.
    @safe
    @usableFromInline
    package struct Found {
        @usableFromInline let slot: HashSlot

        @inlinable
        @inline(__always)
        init(_ slot: HashSlot) { self.slot = slot }

        @inlinable
        package var element: Element {
            @inline(__always) get { unsafe Element(slot.entry) }
        }
    }

    /// The element with that name, past its deadline or not.
    @inlinable
    @inline(__always)
    package func find(_ name: ByteView, hash: UInt64) -> Found? {
        guard let slot = unsafe storage.pointee.table.find(hash: hash, key: name) else { return nil }
        return Found(slot)
    }

    @inlinable
    package func find(_ name: ByteView) -> Found? { find(name, hash: hash(name)) }

    // MARK: - Changing

    /// Adds an element whose name is not in the table yet. `value` is nil for a member of a set.
    @inlinable
    package func insert(_ name: ByteView, hash: UInt64, value: ByteView? = nil, deadline: Int64 = .max) {
        let flags = Element.flags(name: name, value: value, deadline: deadline)
        let element = Element.create(flags, name: name, value: value, deadline: deadline)
        unsafe storage.pointee.elementBytes &+= element.memoryBytes
        unsafe storage.pointee.table.insert(hash: hash, entry: element.base)
        if _slowPath(deadline != .max) { unsafe storage.pointee.table.noteDeadline(deadline, hash: hash) }
    }

    /// Gives an element another value and deadline, in place if it has the same size class. `found` stays valid.
    @inlinable
    package func replace(_ found: Found, hash: UInt64, value: ByteView, deadline: Int64 = .max) {
        let old = found.element
        let flags = old.flags
        let isLong = value.count > 255
        let hasDeadline = deadline != .max
        if _fastPath(
            (flags & Element.longValue != 0) == isLong && (flags & Element.hasDeadline != 0) == hasDeadline
                && flags & Element.hasValue != 0)
        {
            let offset = Element.nameOffset(flags) &+ old.nameLength(flags)
            if Allocator.sizeClass(offset &+ value.count) == old.memoryBytes {
                old.write(flags, nameLength: old.nameLength(flags), valueLength: value.count, deadline)
                unsafe ByteMemory.copy(old.base + offset, value.base, value.count)
                if hasDeadline { unsafe storage.pointee.table.noteDeadline(deadline, hash: hash) }
                return
            }
        }
        rebuild(found, hash: hash, value: value, deadline: deadline)
    }

    @usableFromInline
    func rebuild(_ found: Found, hash: UInt64, value: ByteView?, deadline: Int64) {
        let old = found.element
        let name = old.name
        let flags = Element.flags(name: name, value: value, deadline: deadline)
        let element = Element.create(flags, name: name, value: value, deadline: deadline)
        unsafe storage.pointee.elementBytes &+= element.memoryBytes &- old.memoryBytes
        unsafe found.slot.replace(with: element.base)
        old.deallocate()
        if deadline != .max { unsafe storage.pointee.table.noteDeadline(deadline, hash: hash) }
    }

    /// Gives an element a deadline, or takes it away (`Int64.max`). `found` stays valid.
    package func setDeadline(_ found: Found, hash: UInt64, _ deadline: Int64) {
        let element = found.element
        let flags = element.flags
        if deadline == element.deadline { return }
        if flags & Element.hasDeadline == 0 || deadline == .max {
            let value = flags & Element.hasValue != 0 ? element.value : nil
            rebuild(found, hash: hash, value: value, deadline: deadline)
        } else {
            let offset = Element.nameOffset(flags) - 8
            unsafe element.base.storeBytes(of: deadline, toByteOffset: offset, as: Int64.self)
            unsafe storage.pointee.table.noteDeadline(deadline, hash: hash)
        }
    }

    /// Removes an element and frees it.
    @inlinable
    package func remove(_ found: Found, hash: UInt64) {
        let element = found.element
        unsafe storage.pointee.table.remove(found.slot, hash: hash)
        unsafe storage.pointee.elementBytes &-= element.memoryBytes
        element.deallocate()
    }

    /// Removes the element with that name; returns whether there was one.
    @inlinable
    package func remove(_ name: ByteView) -> Bool {
        let hash = hash(name)
        guard let found = find(name, hash: hash) else { return false }
        remove(found, hash: hash)
        return true
    }
}
