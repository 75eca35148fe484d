// Putting elements into a listpack and taking them out.
import Bytes
import Platform

extension Listpack {
    // MARK: - Adding

    /// - Precondition: here and wherever something is added: `isSafeToAdd(entry.size)`, or the list stays below 4 GiB.
    @usableFromInline
    package mutating func append(_ entry: ListpackEntry) {
        let end = self.end
        unsafe entry.write(to: grow(to: end &+ entry.size &+ 1) + end)
        unsafe base.storeBytes(of: Listpack.endByte, toByteOffset: end &+ entry.size, as: UInt8.self)
        adjustStoredCount(by: 1)
    }

    /// Appends as many as `count` elements of together `bytes` bytes, growing the block once: `body` writes them.
    @inline(__always)
    mutating func append(count: Int, bytes: Int, _ body: (inout ListpackTail) -> Void) {
        let end = self.end
        let block = unsafe grow(to: end &+ bytes &+ 1)
        var tail = unsafe ListpackTail(place: block + end, left: bytes)
        body(&tail)
        precondition(tail.left == 0, "elements of another length than was said")
        unsafe block.storeBytes(of: Listpack.endByte, toByteOffset: end &+ bytes, as: UInt8.self)
        adjustStoredCount(by: count)
    }

    @inlinable
    package mutating func append(_ text: ByteView) { append(ListpackEntry(text)) }

    @inlinable
    package mutating func append(integer: Int64) { append(ListpackEntry(integer: integer)) }

    @inlinable
    package mutating func prepend(_ entry: ListpackEntry) { insert(entry, at: Listpack.headerSize) }

    @inlinable
    package mutating func prepend(_ text: ByteView) { prepend(ListpackEntry(text)) }

    /// Inserts before the element at `position`, or at the end; the new element is then at `position`.
    @usableFromInline
    package mutating func insert(_ entry: ListpackEntry, at position: Int) {
        splice(checked(position), removing: 0, inserting: entry.size)
        unsafe entry.write(to: base + position)
        adjustStoredCount(by: 1)
    }

    @inlinable
    package mutating func insert(_ text: ByteView, at position: Int) { insert(ListpackEntry(text), at: position) }

    /// Inserts behind the element at `position`; returns where the new element is.
    @inlinable
    @discardableResult
    package mutating func insert(_ entry: ListpackEntry, after position: Int) -> Int {
        let place = next(position)
        insert(entry, at: place)
        return place
    }

    @inlinable
    @discardableResult
    package mutating func insert(_ text: ByteView, after position: Int) -> Int {
        insert(ListpackEntry(text), after: position)
    }

    /// Puts another element in the place of one.
    @usableFromInline
    package mutating func replace(_ position: Int, _ entry: ListpackEntry) {
        let old = next(position) &- position
        if old != entry.size { splice(position, removing: old, inserting: entry.size) }
        unsafe entry.write(to: base + position)
    }

    @inlinable
    package mutating func replace(_ position: Int, _ text: ByteView) { replace(position, ListpackEntry(text)) }

    @inlinable
    package mutating func replace(_ position: Int, integer: Int64) {
        replace(position, ListpackEntry(integer: integer))
    }

    /// Appends all elements of another list.
    package mutating func append(contentsOf other: Listpack) { insert(contentsOf: other, at: end) }

    /// Puts all elements of another list before those of this one.
    package mutating func prepend(contentsOf other: Listpack) { insert(contentsOf: other, at: Listpack.headerSize) }

    private mutating func insert(contentsOf other: Listpack, at position: Int) {
        let length = other.end &- Listpack.headerSize
        let count = count &+ other.count
        splice(position, removing: 0, inserting: length)
        unsafe (base + position).copyMemory(from: other.base + Listpack.headerSize, byteCount: length)
        setStoredCount(count)
    }

    // MARK: - Removing

    /// Removes one element; the next one, or the end, is then at `position`.
    @usableFromInline
    package mutating func delete(_ position: Int) {
        splice(position, removing: next(position) &- position, inserting: 0)
        adjustStoredCount(by: -1)
    }

    /// Removes up to `count` elements from `position` on; returns how many there were.
    @discardableResult
    package mutating func delete(_ position: Int, count: Int) -> Int {
        var end = position
        var found = 0
        while found < count && !isEnd(end) {
            end = next(end)
            found &+= 1
        }
        splice(position, removing: end &- position, inserting: 0)
        adjustStoredCount(by: -found)
        return found
    }

    /// Removes up to `count` elements from the one with that index on (negative: from the end); returns how many there
    /// were.
    @discardableResult
    package mutating func deleteRange(index: Int, count: Int) -> Int {
        guard count > 0, let position = seek(index) else { return 0 }
        let stored = storedCount
        let first = index < 0 ? index &+ stored : index
        if stored != Listpack.unknownCount && stored &- first <= count {
            truncate(at: position, count: first)
            return stored &- first
        }
        return delete(position, count: count)
    }

    /// Drops the element at `position` and all behind it; `count` elements remain.
    private mutating func truncate(at position: Int, count: Int) {
        unsafe base.storeBytes(of: Listpack.endByte, toByteOffset: position, as: UInt8.self)
        shrink(to: position &+ 1)
        setStoredCount(count)
    }

    /// Cuts the list in two: this one keeps the first `index` elements, the others are returned.
    package mutating func split(index: Int) -> Listpack {
        guard index < count, let position = seek(index) else { return .create() }
        let length = end &- position
        var tail = Listpack.create()
        tail.splice(Listpack.headerSize, removing: 0, inserting: length)
        unsafe (tail.base + Listpack.headerSize).copyMemory(from: base + position, byteCount: length)
        tail.setStoredCount(count &- index)
        truncate(at: position, count: index)
        return tail
    }

    // MARK: - Memory

    /// Replaces `removed` bytes at `position` by as many as `inserted`, to be written by the caller.
    private mutating func splice(_ position: Int, removing removed: Int, inserting inserted: Int) {
        let total = totalBytes
        precondition(position >= Listpack.headerSize && position &+ removed < total, "outside the listpack")
        let change = inserted &- removed
        if change > 0 { _ = unsafe grow(to: total &+ change) }
        if change != 0 {
            let source = unsafe base + (position &+ removed)
            unsafe (base + (position &+ inserted)).copyMemory(
                from: source, byteCount: total &- position &- removed)
        }
        if change < 0 { shrink(to: total &+ change) }
    }

    /// Makes the list `total` bytes long; returns where it now is.
    @inline(__always)
    private mutating func grow(to total: Int) -> UnsafeMutableRawPointer {
        precondition(total <= Int(UInt32.max), "a listpack of that size cannot be")
        let size = Allocator.sizeClass(total)
        if size != memoryBytes { unsafe base = unsafe Allocator.reallocate(base, to: size) }
        setTotalBytes(total)
        return unsafe base
    }

    /// Cuts the block, whose contents already end there.
    private mutating func shrink(to total: Int) {
        let size = Allocator.sizeClass(total)
        if size != memoryBytes { unsafe base = unsafe Allocator.reallocate(base, to: size) }
        setTotalBytes(total)
    }
}

/// Where elements are written that a list has been made longer for.
@safe
struct ListpackTail {
    fileprivate var place: UnsafeMutableRawPointer
    /// The bytes that are still to be written.
    fileprivate(set) var left: Int

    @inline(__always)
    mutating func write(_ entry: ListpackEntry) {
        let size = entry.size
        precondition(size <= left, "elements of another length than was said")
        unsafe entry.write(to: place)
        unsafe place += size
        left &-= size
    }

    @inline(__always)
    mutating func write(_ text: ByteView) { write(ListpackEntry(text)) }

    @inline(__always)
    mutating func write(integer: Int64) { write(ListpackEntry(integer: integer)) }
}
