// Putting values into a database, changing them and taking them out.
import Bytes
import Containers
import Platform

extension Database {
    /// Sets the key to a value and its deadline (`Int64.max`: none), whatever it held. `found` is what `find`
    /// returned for this key just before. The entry is reused in place if the new value fits. Watchers are touched.
    @inlinable
    @inline(__always)
    @discardableResult
    package func set(
        _ key: ByteView, hash: UInt64, replacing found: Found?, _ value: NewValue, deadline: Int64 = .max
    ) -> Found {
        if unsafe _slowPath(storage.pointee.observedCount != 0) { touch(key) }
        if let found { return overwrite(found, hash: hash, value, deadline: deadline) }
        let entry = unsafe Entry.create(
            key, value, deadline: deadline,
            access: shard.pointee.accessClock.isSpecial ? admit(hash) : shard.pointee.accessClock.stampBits)
        return add(entry, hash: hash, deadline: deadline)
    }

    /// The access bits of a new entry.
    @usableFromInline
    @inline(never)
    func admit(_ hash: UInt64) -> UInt64 {
        let shard = unsafe self.shard
        return unsafe shard.pointee.accessClock.admit(ghostHash(hash)) { unsafe shard.evictableCount }
    }

    /// What evicted entries are remembered by: other databases have other entries of the same keys.
    func ghostHash(_ hash: UInt64) -> UInt64 { hash ^ UInt64(index) &* 0xD6E8_FEB8_6659_FD93 }

    /// Adds an entry under a key that is not there; its external value is accounted for already, or changes hands now.
    @inlinable
    func add(_ entry: Entry, hash: UInt64, deadline: Int64) -> Found {
        var bytes = Allocator.sizeClass(entry.size)
        if _slowPath(entry.encoding.isExternal) { bytes &+= entry.external.memoryBytes }
        account(bytes)
        let slot = unsafe storage.pointee.contents.table.insert(hash: hash, entry: entry.base)
        if _slowPath(entry.encoding.isExternal) { noteElementDeadlines(entry, hash: hash) }
        if _slowPath(deadline != .max) {
            unsafe storage.pointee.contents.deadlineCount &+= 1
            noteDeadline(deadline, hash: hash)
        }
        if unsafe _slowPath(shard.pointee.reportsAdditions) { reportAdded(entry) }
        return Found(slot: slot, entry: entry)
    }

    @usableFromInline
    @inline(never)
    func reportAdded(_ entry: Entry) {
        if let hook = unsafe shard.pointee.onAdded { hook(self, entry) }
    }

    @inlinable
    func overwrite(_ found: Found, hash: UInt64, _ value: NewValue, deadline: Int64) -> Found {
        let entry = found.entry
        let header = entry.header
        // All of the header that the value decides: type, encoding and length.
        let changing: UInt64 = 0xFFFF_00FF
        let new = Entry.Header(
            type: value.type, encoding: value.encoding, valueLength: value.bytes.count, keyLength: 0,
            hasDeadline: false)
        let isExternal = entry.encoding.isExternal || value.encoding.isExternal
        if _slowPath(isExternal) || !header.hasDeadline && deadline != .max {
            return rebuild(found, hash: hash, value, deadline: deadline, releasingValue: true)
        }
        if (header.bits ^ new.bits) & changing != 0 {
            let wanted = entry.valueOffset &+ value.length
            guard Allocator.sizeClass(wanted) == Allocator.sizeClass(entry.size) else {
                return rebuild(found, hash: hash, value, deadline: deadline, releasingValue: true)
            }
            entry.header = Entry.Header(bits: header.bits & ~changing | new.bits & changing)
        }
        if header.hasDeadline { changeDeadline(of: entry, hash: hash, to: deadline) }
        unsafe value.write(to: entry.valueAddress)
        return found
    }

    /// Replaces the entry by a new one with the same key. Unless `releasingValue`, the old entry's external value is
    /// the new one's, or has been dealt with by the caller.
    @usableFromInline
    func rebuild(
        _ found: Found, hash: UInt64, _ value: NewValue, deadline: Int64, releasingValue: Bool
    ) -> Found {
        let old = found.entry
        let oldDeadline = old.deadline
        let entry = Entry.create(old.key, value, deadline: deadline, access: old.accessBits)
        unsafe found.slot.replace(with: entry.base)
        var bytes = Allocator.sizeClass(entry.size)
        if releasingValue {
            if entry.encoding.isExternal { bytes += entry.external.memoryBytes }
            release(old)
        } else {
            bytes -= Allocator.sizeClass(old.size)
            unsafe Allocator.deallocate(old.base, size: old.size)
        }
        account(bytes)
        if (oldDeadline != .max) != (deadline != .max) {
            unsafe storage.pointee.contents.deadlineCount += deadline != .max ? 1 : -1
        }
        if deadline != .max { noteDeadline(deadline, hash: hash) }
        if entry.encoding.isExternal { noteElementDeadlines(entry, hash: hash) }
        return Found(slot: found.slot, entry: entry)
    }

    /// Removes an entry and frees it, a large value in slices. Watchers are touched.
    @inlinable
    package func remove(_ found: Found, hash: UInt64) {
        if unsafe _slowPath(storage.pointee.observedCount != 0) { touch(found.entry.key) }
        detach(found, hash: hash)
        release(found.entry)
    }

    /// Takes an entry out of the table.
    @inlinable
    func detach(_ found: Found, hash: UInt64) {
        if found.entry.hasDeadline { unsafe storage.pointee.contents.deadlineCount &-= 1 }
        unsafe storage.pointee.contents.table.remove(found.slot, hash: hash)
    }

    @inlinable
    func release(_ entry: Entry) {
        if _slowPath(entry.encoding.isExternal) { return releaseExternal(entry) }
        let size = entry.size
        account(0 &- Allocator.sizeClass(size))
        unsafe Allocator.deallocate(entry.base, size: size)
    }

    @usableFromInline
    func releaseExternal(_ entry: Entry, inSlices: Bool = false) {
        let bytes = unsafe Shard.free(entry, queue: &shard.pointee.deferred, inSlices: inSlices)
        if unsafe shard.pointee.hasDeferred { unsafe shard.pointee.wantsTending = true }
        account(-bytes)
    }

    // MARK: - Moving

    /// Takes an entry out of the database without freeing anything, to be put elsewhere by `insert` — in this or any
    /// other database or shard. Watchers are touched.
    package func take(_ found: Found, hash: UInt64) -> TakenEntry {
        touch(found.entry.key)
        detach(found, hash: hash)
        account(-found.entry.memoryBytes)
        return TakenEntry(entry: found.entry)
    }

    /// Puts a taken entry's value under `key`, which may be another one than before, with the entry's deadline or
    /// another. `found` is what `find` returned for this key just before: it is replaced.
    @discardableResult
    package func insert(
        _ taken: TakenEntry, as key: ByteView, hash: UInt64, replacing found: Found?, deadline: Int64? = nil
    ) -> Found {
        let old = taken.entry
        let result = set(key, hash: hash, replacing: found, old.value, deadline: deadline ?? old.deadline)
        result.entry.accessBits = old.accessBits
        unsafe Allocator.deallocate(old.base, size: old.size)
        return result
    }

    // MARK: - All at once

    /// Empties the database; the memory is given back in slices by `Shard.freeDeferred`. Watchers of the keys that
    /// existed are touched.
    package func removeAll() {
        touchAllObserved(andIn: nil)
        unsafe storage.pointee.contents.deadlineCount = 0
        let segments = unsafe storage.pointee.contents.table.detach()
        unsafe shard.pointee.freeLater(segments)
    }
}

/// An entry on its way from one place to another. It must be inserted somewhere, or it leaks.
@safe
package struct TakenEntry {
    let entry: Entry

    package var type: ValueType { entry.type }
    package var deadline: Int64 { entry.deadline }
}
