// Going through the elements of a table, choosing one at random, removing what is due, copying and freeing.
import Bytes
import Platform

extension ElementTable {
    /// Calls `body` with every element. It must not change the table.
    @inlinable
    package func forEach(_ body: (Element) -> Void) {
        unsafe storage.pointee.table.forEach { unsafe body(Element($0)) }
    }

    /// One step of a walk by hash position, with the guarantee of `HashTable.scan`. `body` must not change the table.
    @inlinable
    package func scan(from position: UInt64, _ body: (Element) -> Void) -> UInt64? {
        unsafe storage.pointee.table.scan(from: position) { unsafe body(Element($0)) }
    }

    /// An element chosen at random, all of them equally likely; nil if the table is empty.
    @inlinable
    package func randomElement(_ random: () -> UInt64) -> Element? {
        guard let entry = unsafe storage.pointee.table.randomEntry(random) else { return nil }
        return unsafe Element(entry)
    }

    /// When `removeDue` has something to do next, in the unit of the deadlines; `Int64.max`: never.
    @inlinable package var nextDue: Int64 { unsafe storage.pointee.table.nextDue }

    /// Removes elements whose deadline is `now` or earlier, of one segment of the table; returns how many. `nextDue`
    /// tells whether there may be more.
    package func removeDue(now: Int64) -> Int {
        var removed = 0
        var bytes = 0
        _ = unsafe storage.pointee.table.removeDue(now: now) { entry in
            let element = unsafe Element(entry)
            bytes += element.memoryBytes
            removed += 1
            element.deallocate()
            return nil
        }
        unsafe storage.pointee.elementBytes -= bytes
        return removed
    }

    /// Another table with the same elements.
    package func copy() -> ElementTable {
        let copy = ElementTable.create(seed: seed, capacity: count)
        forEach { element in
            let value = element.flags & Element.hasValue != 0 ? element.value : nil
            copy.insert(element.name, hash: copy.hash(element.name), value: value, deadline: element.deadline)
        }
        return copy
    }

    /// Frees about `limit` elements, or all and the table itself if there are no more; returns whether there is more.
    /// After the first call the table may only be asked for `memoryBytes` and released further.
    package func release(limit: Int) -> Bool {
        var left = limit
        if unsafe storage.pointee.detached == nil {
            var segments = unsafe storage.pointee.table.detach()
            if releaseSegments(&segments, &left) {
                let block = unsafe Allocator.allocate(MemoryLayout<DetachedSegments>.size)
                    .bindMemory(to: DetachedSegments.self, capacity: 1)
                unsafe block.initialize(to: segments)
                unsafe storage.pointee.detached = unsafe block
                return true
            }
        } else if let block = unsafe storage.pointee.detached {
            if unsafe releaseSegments(&block.pointee, &left) { return true }
            unsafe Allocator.deallocate(
                UnsafeMutableRawPointer(block), size: MemoryLayout<DetachedSegments>.size)
        }
        unsafe Allocator.deallocate(address, size: ElementTable.storageSize)
        return false
    }

    private func releaseSegments(_ segments: inout DetachedSegments, _ left: inout Int) -> Bool {
        var bytes = 0
        var isMore = true
        while isMore && left > 0 {
            let before = segments.count
            isMore = unsafe segments.releaseSegment { entry in
                let element = unsafe Element(entry)
                bytes += element.memoryBytes
                element.deallocate()
            }
            left -= before - segments.count + 1
        }
        unsafe storage.pointee.elementBytes -= bytes
        return isMore
    }

    /// The same table at another address, if its head is better off there.
    package func relocated(_ mover: inout BlockMover) -> ElementTable? {
        guard let moved = unsafe mover.relocate(address, size: ElementTable.storageSize) else { return nil }
        return unsafe ElementTable(address: moved)
    }

    /// One step of moving the elements out of sparse pages; returns whether there is more.
    package func relocateElements(_ walk: inout RelocationWalk, _ mover: inout BlockMover) -> Bool {
        unsafe storage.pointee.table.relocateEntries(&walk, &mover) { entry, mover in
            unsafe mover.relocate(entry, size: Element(entry).memoryBytes)
        }
    }

    /// For tests: whether the structure is sound and the sizes add up.
    package func isConsistent() -> Bool {
        unsafe storage.pointee.table.checkInvariants()
        var bytes = 0
        forEach { bytes += $0.memoryBytes }
        return unsafe bytes == storage.pointee.elementBytes
    }
}
