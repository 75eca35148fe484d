// Registers as runs of equal ones: how the runs are written, and how one is changed.
import Bytes
import Keyspace

/// A run of registers. `00llllll`: 1 to 64 zeros. `01llllll llllllll`: 1 to 16,384 zeros. `1vvvvvll`: 1 to 4 registers
/// that hold 1 to 32.
struct SparseRun {
    static var longestValueRun: Int { 4 }
    static var longestShortZeroRun: Int { 64 }
    static var highestValue: UInt8 { 32 }

    /// 0 for both kinds of zeros.
    let value: UInt8
    let length: Int
    /// The bytes it takes.
    let size: Int

    /// The run at an offset of the string. A second byte that is missing counts as 0.
    @inline(__always)
    init(_ text: ByteView, _ offset: Int) {
        let byte = text[offset]
        if byte & 0x80 != 0 {
            value = byte &>> 2 & 31 &+ 1
            length = Int(byte & 3) &+ 1
            size = 1
        } else {
            value = 0
            if byte & 0x40 == 0 {
                length = Int(byte) &+ 1
                size = 1
            } else {
                let low = offset &+ 1 < text.count ? Int(text[offset &+ 1]) : 0
                length = (Int(byte & 63) &<< 8 | low) &+ 1
                size = 2
            }
        }
    }

    static func byte(value: UInt8, length: Int) -> UInt8 {
        0x80 | (value &- 1) &<< 2 | UInt8(truncatingIfNeeded: length &- 1)
    }

    /// Calls `body` with each run and the number of its first register, as long as it wants more.
    @inline(__always)
    static func forEach(in text: ByteView, _ body: (SparseRun, Int) -> Bool) {
        var offset = HyperLogLogFormat.headerBytes
        var first = 0
        while offset < text.count {
            let run = SparseRun(text, offset)
            if !body(run, first) { return }
            offset &+= run.size
            first &+= run.length
        }
    }
}

/// Up to five bytes that replace a run.
struct SparseReplacement {
    private var bytes: UInt64 = 0
    private(set) var count = 0

    private mutating func append(_ byte: UInt8) {
        bytes |= UInt64(byte) &<< UInt64(count &* 8)
        count &+= 1
    }

    private mutating func append(value: UInt8, length: Int) {
        if length == 0 { return }
        if value > 0 { return append(SparseRun.byte(value: value, length: length)) }
        if length > SparseRun.longestShortZeroRun {
            append(0x40 | UInt8(truncatingIfNeeded: (length &- 1) &>> 8))
            append(UInt8(truncatingIfNeeded: length &- 1))
        } else {
            append(UInt8(truncatingIfNeeded: length &- 1))
        }
    }

    /// The run with another value at one of its registers.
    init(of run: SparseRun, position: Int, value: UInt8) {
        append(value: run.value, length: position)
        append(value: value, length: 1)
        append(value: run.value, length: run.length &- position &- 1)
    }

    /// Where the string ends within the bytes, the rest is left out.
    func write(to target: MutableBytes, at offset: Int) {
        for index in 0..<min(count, max(0, target.count - offset)) {
            target[offset + index] = UInt8(truncatingIfNeeded: bytes &>> UInt64(index &* 8))
        }
    }
}
