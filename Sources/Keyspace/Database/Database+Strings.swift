// Changing string values in place.
import Bytes
import Containers
import Platform

extension Database {
    /// Replaces an integer by another one, in place.
    /// - Precondition: the entry's encoding is `integer`.
    @inlinable
    package func setInteger(_ found: Found, _ value: Int64) {
        precondition(found.entry.encoding == .integer, "not an integer")
        if unsafe _slowPath(storage.pointee.observedCount != 0) { touch(found.entry.key) }
        unsafe found.entry.valueAddress.storeBytes(of: value, as: Int64.self)
    }

    /// Replaces the value and keeps the deadline: for what INCR and the like compute.
    @inlinable
    package func replaceValue(_ found: inout Found, hash: UInt64, _ value: NewValue) {
        if unsafe _slowPath(storage.pointee.observedCount != 0) { touch(found.entry.key) }
        found = overwrite(found, hash: hash, value, deadline: found.entry.deadline)
    }

    /// Makes the string a raw one of `length` bytes that may be written: it keeps its bytes, further ones are zero. A
    /// string that grows gets spare room, so that many small appends cost little. Unless `touching`, the caller touches
    /// the watchers if it turns out that something changes.
    /// - Precondition: the entry is a string; `length` is within the limits of the server.
    package func writableString(
        _ found: inout Found, hash: UInt64, length: Int, touching: Bool = true
    ) -> MutableBytes {
        if unsafe touching && storage.pointee.observedCount != 0 { touch(found.entry.key) }
        let entry = found.entry
        if entry.encoding == .retained { return resizeRetained(found, length) }
        let oldLength = entry.stringLength
        if length > ValueEncoding.growthLimit && length > oldLength || length > ValueEncoding.rawLimit {
            let spare = min(length, 1 << 20)
            let bytes = RetainedBytes.create(capacity: length + spare)
            entry.withString { unsafe ByteMemory.copy(bytes.start, $0.base, min($0.count, length)) }
            bytes.setCount(length)
            unsafe Database.clear(bytes.start, from: oldLength, to: length)
            found = overwrite(found, hash: hash, .retained(bytes), deadline: entry.deadline)
            return unsafe MutableBytes(base: bytes.start, count: length)
        }
        if entry.encoding == .integer || length != oldLength || entry.encoding == .embedded {
            resizeInEntry(&found, hash: hash, length: length, oldLength: oldLength)
        }
        return unsafe MutableBytes(base: found.entry.valueAddress, count: length)
    }

    /// The same of a string that keeps its length; nobody is told of a change.
    package func writableString(_ found: inout Found, hash: UInt64) -> MutableBytes {
        let entry = found.entry
        if entry.encoding == .retained {
            let bytes = entry.retainedBytes
            if bytes.isUnique { return unsafe MutableBytes(base: bytes.start, count: bytes.count) }
        }
        return writableString(&found, hash: hash, length: entry.stringLength, touching: false)
    }

    /// Gives a string in the entry another length; new bytes are zero.
    func resizeInEntry(_ found: inout Found, hash: UInt64, length: Int, oldLength: Int) {
        let entry = found.entry
        let prefix = entry.valueOffset
        let fits = Allocator.sizeClass(prefix + length) == Allocator.sizeClass(entry.size)
        if fits && entry.encoding != .integer {
            let header = Entry.Header(
                type: .string, encoding: .raw, valueLength: length, keyLength: 0, hasDeadline: entry.header.hasDeadline)
            let kept: UInt64 = 0xFFFF_FFFF_0000_FE00
            entry.header = Entry.Header(bits: header.bits & ~kept | entry.header.bits & kept)
        } else {
            unsafe withUnsafeTemporaryAllocation(byteCount: max(1, length), alignment: 8) { scratch in
                let start = unsafe scratch.baseAddress.unsafelyUnwrapped
                entry.withString { unsafe ByteMemory.copy(start, $0.base, min($0.count, length)) }
                let bytes = unsafe ByteView(base: start, count: length)
                found = rebuild(
                    found, hash: hash, .bytes(bytes, isRaw: true), deadline: entry.deadline, releasingValue: true)
            }
        }
        unsafe Database.clear(found.entry.valueAddress, from: oldLength, to: length)
    }

    func resizeRetained(_ found: Found, _ length: Int) -> MutableBytes {
        let entry = found.entry
        var bytes = unsafe RetainedBytes(address: entry.external.address)
        let oldLength = bytes.count
        // Nothing is written but the bytes themselves.
        if length == oldLength && bytes.isUnique { return unsafe MutableBytes(base: bytes.start, count: length) }
        let before = bytes.memoryBytes
        let room = length <= bytes.capacity ? length : length + min(length, 1 << 20)
        bytes = bytes.writable(capacity: max(room, oldLength))
        bytes.setCount(length)
        unsafe Database.clear(bytes.start, from: oldLength, to: length)
        unsafe entry.valueAddress.storeBytes(of: bytes.address, as: UnsafeMutableRawPointer.self)
        account(bytes.memoryBytes - before)
        return unsafe MutableBytes(base: bytes.start, count: length)
    }

    static func clear(_ start: UnsafeMutableRawPointer, from: Int, to: Int) {
        if to > from { unsafe (start + from).initializeMemory(as: UInt8.self, repeating: 0, count: to - from) }
    }
}
