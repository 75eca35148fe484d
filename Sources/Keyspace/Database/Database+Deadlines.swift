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

    /// Removes what is due in the one segment of the table that is due first.
    func expireSegment(now: Int64) {
        _ = unsafe storage.pointee.contents.table.removeDue(now: now - 1) { address in
            let entry = unsafe Entry(address)
            unsafe storage.pointee.contents.deadlineCount -= 1
            reportExpired(entry)
            release(entry)
            return nil
        }
    }
}
