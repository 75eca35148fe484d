// The fast path: a command that is whole, ordinary and small.
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
            if unsafe cursor &+ 6 > end || base.load(fromByteOffset: cursor, as: UInt8.self) != 0x24 { break }
            let digits = unsafe base.loadUnaligned(fromByteOffset: cursor &+ 1, as: UInt32.self)
            length = Int(digits & 0xf)
            if digits & 0x00ff_fff0 == 0x000a_0d30 {
                if length > 9 { break }
                cursor &+= 4
            } else if digits & 0xffff_f0f0 == 0x0a0d_3030 {
                if (digits &+ 0x0606) & 0x4040 != 0 || length == 0 { break }
                length = length &* 10 &+ Int((digits &>> 8) & 0xf)
                cursor &+= 5
            } else {
                if (digits &+ 0x0006_0606) & 0x0040_4040 != 0 || digits & 0xfff0_f0f0 != 0x0d30_3030 { break }
                if unsafe length == 0 || base.load(fromByteOffset: cursor &+ 5, as: UInt8.self) != 0x0a { break }
                length = (length &* 10 &+ Int((digits &>> 8) & 0xf)) &* 10 &+ Int((digits &>> 16) & 0xf)
                cursor &+= 6
            }
        }
        if left > 0 || cursor > end { return false }
        arguments.advance(by: count)
        position = cursor
        return true
    }
}
