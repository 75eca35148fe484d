// The fast paths: a command that is whole, ordinary and small.
import Bytes
import Platform

extension RequestParser {
    /// Parses one multibulk command of 1 to 9 arguments, each shorter than 1,000 bytes, all of it in the buffer.
    /// Anything else is left untouched for `resume`, which knows all the rules.
    ///
    /// Lengths are recognised four bytes at a time: a little-endian word is compared with CR, LF and the high nibbles
    /// of the digits at once.
    @usableFromInline
    @inline(never)
    static func nextWhole(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList
    ) -> Bool {
        // The shortest command is "*1\r\n$0\r\n\r\n"; a header and the shortest bulk take 6 bytes.
        var cursor = position
        if end &- cursor < 10 || arguments.free < 9 { return false }
        // "*c\r\n$n\r\n" at once: nearly every command's name has less than ten letters. Adding 6 to a digit sets bit
        // 6 of what is no digit.
        let header = unsafe base.loadUnaligned(fromByteOffset: cursor, as: UInt64.self)
        if header & 0xffff_f0ff_ffff_f0ff != 0x0a0d_3024_0a0d_302a { return false }
        if (header &+ 0x0000_0600_0000_0600) & 0x0000_4000_0000_4000 != 0 { return false }
        var left = Int((header &>> 8) & 0xf)
        if left == 0 { return false }
        var length = Int((header &>> 40) & 0xf)
        let count = left
        var target = unsafe arguments.tail
        cursor &+= 8
        while true {
            unsafe target.storeBytes(of: ByteView(base: base + cursor, count: length), as: ByteView.self)
            cursor &+= length &+ 2
            left &-= 1
            if left == 0 { break }
            unsafe target += ArgumentList.stride
            length = unsafe shortNumber(base, &cursor, end, after: RESPByte.dollar)
            if length < 0 { break }
        }
        if left > 0 || cursor > end { return false }
        arguments.advance(by: count)
        position = cursor
        return true
    }

    /// The same for longer names and up to 999 arguments, at the price of looking at every length by itself.
    static func nextLonger(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList
    ) -> Bool {
        var cursor = position
        let count = unsafe shortNumber(base, &cursor, end, after: RESPByte.asterisk)
        // The shortest bulk takes six bytes: nothing is reserved for what cannot be there.
        if count <= 0 || count &* 6 > end &- cursor { return false }
        arguments.reserve(count)
        var target = unsafe arguments.tail
        for _ in 0..<count {
            let length = unsafe shortNumber(base, &cursor, end, after: RESPByte.dollar)
            if length < 0 { return false }
            unsafe target.storeBytes(of: ByteView(base: base + cursor, count: length), as: ByteView.self)
            unsafe target += ArgumentList.stride
            cursor &+= length &+ 2
        }
        if cursor > end { return false }
        arguments.advance(by: count)
        position = cursor
        return true
    }

    /// The number in a line of a mark and one to three digits at `cursor`, which moves behind it; -1: it is no such
    /// line, or there is less than the next six bytes.
    @inline(__always)
    private static func shortNumber(
        _ base: UnsafeRawPointer, _ cursor: inout Int, _ end: Int, after mark: UInt8
    ) -> Int {
        if unsafe cursor &+ 6 > end || base.load(fromByteOffset: cursor, as: UInt8.self) != mark { return -1 }
        let digits = unsafe base.loadUnaligned(fromByteOffset: cursor &+ 1, as: UInt32.self)
        let first = Int(digits & 0xf)
        if digits & 0x00ff_fff0 == 0x000a_0d30 {
            if first > 9 { return -1 }
            cursor &+= 4
            return first
        }
        if digits & 0xffff_f0f0 == 0x0a0d_3030 {
            if (digits &+ 0x0606) & 0x4040 != 0 || first == 0 { return -1 }
            cursor &+= 5
            return first &* 10 &+ Int((digits &>> 8) & 0xf)
        }
        if (digits &+ 0x0006_0606) & 0x0040_4040 != 0 || digits & 0xfff0_f0f0 != 0x0d30_3030 { return -1 }
        if unsafe first == 0 || base.load(fromByteOffset: cursor &+ 5, as: UInt8.self) != 0x0a { return -1 }
        cursor &+= 6
        return (first &* 10 &+ Int((digits &>> 8) & 0xf)) &* 10 &+ Int((digits &>> 16) & 0xf)
    }
}
