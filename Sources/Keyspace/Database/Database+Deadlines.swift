// Deadlines: setting them, and removing what is past its own.
import Bytes
import Containers
import Platform

extension Database {
    /// Gives the entry a deadline, or takes it away (`Int64.max`). Watchers are touched.
    package func setDeadline(_ found: inout Found, hash: UInt64, to deadline: Int64) {
        let entry = found.entry
        touch(entry.key)
        if entry.header.hasDeadline {
            changeDeadline(of: entry, hash: hash, to: deadline)
        } else if deadline != .max {
            found = rebuild(found, hash: hash, entry.value, deadline: deadline, releasingValue: false)
        }
    }

    /// Changes the deadline of an entry that has the field.
    @usableFromInline
    func changeDeadline(of entry: Entry, hash: UInt64, to deadline: Int64) {
        let hadDeadline = entry.hasDeadline
        if hadDeadline != (deadline != .max) {
            unsafe storage.pointee.contents.deadlineCount += hadDeadline ? -1 : 1
        }
        entry.storeDeadline(deadline)
        if deadline != .max { noteDeadline(deadline, hash: hash) }
    }

    /// Notes that the entry with this hash has a deadline, and whether that is earlier than the shard's home expects.
    @inlinable
    func noteDeadline(_ deadline: Int64, hash: UInt64) {
        unsafe storage.pointee.contents.table.noteDeadline(deadline, hash: hash)
        let shard = unsafe storage.pointee.shard
        if unsafe _slowPath(deadline < shard.pointee.tendingTime),
            unsafe storage.pointee.contents.table.nextDue < shard.pointee.tendingTime
        {
            unsafe shard.pointee.wantsTending = true
        }
    }

    /// Notes when elements of the entry's value are due, if they ever are. To be called after one got a deadline.
    @usableFromInline
    package func noteElementDeadlines(_ found: Found, hash: UInt64) { noteElementDeadlines(found.entry, hash: hash) }

    @usableFromInline
    func noteElementDeadlines(_ entry: Entry, hash: UInt64) {
        let deadline = entry.external.nextDue
        if deadline != .max { noteDeadline(deadline, hash: hash) }
    }

    /// Removes what is due in the one segment of the table that is due first. After `isOver` has said that time is up,
    /// hashes of which only fields are due wait for the next time.
    func expireSegment(now: Int64, isOver: () -> Bool) {
        var isFirst = true
        _ = unsafe storage.pointee.contents.table.removeDue(now: now - 1) { address in
            let entry = unsafe Entry(address)
            if entry.isExpired(now: now) {
                unsafe storage.pointee.contents.deadlineCount -= 1
                reportExpired(entry, now: now)
            } else {
                if !isFirst && isOver() { return now - 1 }
                isFirst = false
                if let next = expireFields(of: entry, now: now) { return next }
            }
            if entry.encoding.isExternal { releaseExternal(entry, inSlices: true) } else { release(entry) }
            return nil
        }
    }

    /// Removes about a thousand fields of a hash that are past their deadline. Returns when more are due, or nil if
    /// none are left: the entry is no longer counted then, and must be removed.
    private func expireFields(of entry: Entry, now: Int64) -> Int64? {
        var hash = HashValue(entry.external)
        let bytes = hash.value.memoryBytes
        let removed = hash.removeDue(now: now, limit: 1024)
        entry.external = hash.value
        account(hash.value.memoryBytes - bytes)
        if removed > 0 {
            touchExpired(entry.key)
            unsafe shard.pointee.statistics.expiredFields += removed
            if let hook = unsafe shard.pointee.onFieldsExpired { hook(self, entry) }
        }
        if hash.count > 0 { return entry.nextDue }
        if entry.hasDeadline { unsafe storage.pointee.contents.deadlineCount -= 1 }
        return nil
    }
}
