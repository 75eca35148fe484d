// The fast path: a command that is whole, ordinary and small.
import Bytes
import Platform

extension RequestParser {
    /// Parses one multibulk command of 1 to 9 arguments, each shorter than 1,000 bytes, all of it in the buffer.
    /// Anything else is left untouched for `resume`, which knows all the rules.
    @inline(__always)
    mutating func nextWhole(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList
    ) -> Bool {
        // "*d\r\n$d\r\n\r\n" at least; the loads below stay inside.
        if end &- position < 10 { return false }
        var place = unsafe base + position
        let limit = unsafe base + end
        let header = unsafe place.loadUnaligned(as: UInt32.self)
        let argumentCount = Int((header &>> 8) & 0xff) &- 48
        if header & 0xffff_00ff != 0x0a0d_002a || UInt(bitPattern: argumentCount &- 1) >= 9 { return false }
        unsafe place += 4
        let start = arguments.count
        arguments.reserve(9)
        var left = argumentCount
        repeat {
            // A bulk takes at least "$d\r\n\r\n", 6 bytes.
            if unsafe limit - place < 6 { break }
            let word = unsafe place.loadUnaligned(as: UInt32.self)
            var length = Int((word &>> 8) & 0xff) &- 48
            if word & 0xffff_00ff == 0x0a0d_0024 {
                if UInt(bitPattern: length) > 9 { break }
                unsafe place += 4
            } else {
                let more = unsafe place.loadUnaligned(fromByteOffset: 2, as: UInt32.self)
                let second = Int(more & 0xff) &- 48
                if word & 0xff != 0x24 || UInt(bitPattern: length &- 1) >= 9 || UInt(bitPattern: second) > 9 { break }
                length = length &* 10 &+ second
                if (more &>> 8) & 0xffff == 0x0a0d {
                    unsafe place += 5
                } else {
                    let third = Int((more &>> 8) & 0xff) &- 48
                    if more &>> 16 != 0x0a0d || UInt(bitPattern: third) > 9 { break }
                    length = length &* 10 &+ third
                    unsafe place += 6
                }
            }
            if unsafe limit - place < length &+ 2 { break }
            unsafe arguments.appendReserved(ByteView(base: place, count: length))
            unsafe place += length &+ 2
            left &-= 1
        } while left > 0
        if left > 0 {
            arguments.truncate(to: start)
            return false
        }
        position = unsafe place - base
        return true
    }
}
