// Many bulks written one after another.
import Bytes
import Platform

/// Bulks on their way into room that was reserved once, so that nothing is checked but that room. To be ended by
/// `ReplyWriter.finish`; nothing else may be written meanwhile.
@safe
@usableFromInline
package struct BulkRun {
    @usableFromInline var target: UnsafeMutableRawPointer
    @usableFromInline let end: UnsafeMutableRawPointer

    @inlinable
    init(_ target: UnsafeMutableRawPointer, room: Int) {
        unsafe self.target = unsafe target
        unsafe end = unsafe target + room
    }

    /// The room that a bulk may take beside its text; an integer takes at most that with a text of ten bytes.
    @inlinable package static var overhead: Int { 24 }

    /// The room that must be left when there is nothing more to write.
    @inlinable package static var slack: Int { 32 }

    @inlinable
    @inline(__always)
    package mutating func append(_ text: ByteView) {
        let length = text.count
        precondition(unsafe end - target >= length &+ BulkRun.overhead, "more than was reserved")
        if length < 10 {
            unsafe target.storeBytes(of: 0x0a0d_3024 &+ UInt32(truncatingIfNeeded: length) &<< 8, as: UInt32.self)
            unsafe target += 4
        } else if length < 100 {
            let digits = UInt64(IntegerText.pair(UInt64(length)))
            unsafe target.storeBytes(of: 0x0a_0d00_0024 | digits &<< 8, as: UInt64.self)
            unsafe target += 5
        } else {
            unsafe target.storeBytes(of: RESPByte.dollar, as: UInt8.self)
            let digits = unsafe IntegerText.write(Int64(length), to: target + 1)
            unsafe target.storeBytes(of: 0x0a0d, toByteOffset: 1 &+ digits, as: UInt16.self)
            unsafe target += digits &+ 3
        }
        unsafe ByteMemory.copy(target, text.base, length)
        unsafe target.storeBytes(of: 0x0a0d, toByteOffset: length, as: UInt16.self)
        unsafe target += length &+ 2
    }

    /// The decimal text of `value`.
    @inlinable
    @inline(__always)
    package mutating func append(integer value: Int64) {
        precondition(unsafe end - target >= BulkRun.slack, "more than was reserved")
        // As if it had one digit of length; nearly all have.
        let length = unsafe IntegerText.write(value, to: target + 4)
        if length < 10 {
            unsafe target.storeBytes(of: 0x0a0d_3024 &+ UInt32(truncatingIfNeeded: length) &<< 8, as: UInt32.self)
            unsafe target += 4
        } else {
            _ = unsafe IntegerText.write(value, to: target + 5)
            let header = 0x0a_0d00_0024 | UInt64(IntegerText.pair(UInt64(length))) &<< 8
            unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: header), as: UInt32.self)
            unsafe target.storeBytes(of: 0x0a, toByteOffset: 4, as: UInt8.self)
            unsafe target += 5
        }
        unsafe target.storeBytes(of: 0x0a0d, toByteOffset: length, as: UInt16.self)
        unsafe target += length &+ 2
    }
}

extension ReplyWriter {
    /// Makes room for at most `count` bulks of `bytes` bytes in all.
    @inlinable
    package func beginRun(bytes: Int, count: Int) -> BulkRun {
        let room = bytes &+ count &* BulkRun.overhead &+ BulkRun.slack
        return unsafe BulkRun(place(room), room: room)
    }

    /// Counts in what was written.
    @inlinable
    package func finish(_ run: BulkRun) {
        unsafe advance(run.target - place(0))
    }
}
