// The fast path: a command that is whole, ordinary and small.
import Bytes
import Platform

extension RequestParser {
    /// Parses one multibulk command of 1 to 9 arguments, each shorter than 1,000 bytes, all of it in the buffer.
    /// Anything else is left untouched for `resume`, which knows all the rules.
    ///
    /// Lengths are recognised four bytes at a time: a little-endian word is compared with CR, LF and the high nibbles
    /// of the digits at once.
    @inline(__always)
    func nextWhole(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList
    ) -> Bool {
        // The shortest command is "*1\r\n$0\r\n\r\n"; a header and the shortest bulk take 6 bytes.
        if end &- position < 10 || arguments.free < 9 { return false }
        var place = unsafe base + position
        let limit = unsafe base + end
        // "*c\r\n$n\r\n" at once: nearly every command's name has less than ten letters.
        let header = unsafe place.loadUnaligned(as: UInt64.self)
        if header & 0xffff_f0ff_ffff_f0ff != 0x0a0d_3024_0a0d_302a { return false }
        let argumentCount = Int((header &>> 8) & 0xf)
        let nameLength = Int((header &>> 40) & 0xf)
        if argumentCount &- 1 > 8 || nameLength > 9 || argumentCount == 0 { return false }
        let target = unsafe arguments.tail
        unsafe place += 8
        unsafe target.storeBytes(of: ByteView(base: place, count: nameLength), as: ByteView.self)
        unsafe place += nameLength &+ 2
        var offset = ArgumentList.stride
        let stop = argumentCount &* ArgumentList.stride
        while offset != stop {
            if unsafe place + 6 > limit || place.load(as: UInt8.self) != 0x24 { return false }
            let digits = unsafe place.loadUnaligned(fromByteOffset: 1, as: UInt32.self)
            var length = Int(digits & 0xf)
            if digits & 0x00ff_fff0 == 0x000a_0d30 {
                if length > 9 { return false }
                unsafe place += 4
            } else if digits & 0xffff_f0f0 == 0x0a0d_3030 {
                if (digits &+ 0x0606) & 0x4040 != 0 || length == 0 { return false }
                length = length &* 10 &+ Int((digits &>> 8) & 0xf)
                unsafe place += 5
            } else {
                if (digits &+ 0x0006_0606) & 0x0040_4040 != 0 || digits & 0x00f0_f0f0 != 0x0030_3030 { return false }
                if unsafe length == 0 || digits &>> 24 != 0x0d || place.load(fromByteOffset: 5, as: UInt8.self) != 0x0a
                {
                    return false
                }
                length = (length &* 10 &+ Int((digits &>> 8) & 0xf)) &* 10 &+ Int((digits &>> 16) & 0xf)
                unsafe place += 6
            }
            unsafe target.storeBytes(of: ByteView(base: place, count: length), toByteOffset: offset, as: ByteView.self)
            unsafe place += length &+ 2
            offset &+= ArgumentList.stride
        }
        if unsafe place > limit { return false }
        arguments.advance(by: argumentCount)
        position = unsafe place - base
        return true
    }
}
