// What the subjects of several benchmarks are made of: numbers drawn in no order, and names.
import Bytes

/// The finalizer of SplitMix64.
@inline(__always)
func mixed(_ value: UInt64) -> UInt64 {
    var word = (value ^ value &>> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word &>> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word &>> 31
}

/// Numbers in an order that caches cannot guess, the same in every run.
struct Draw {
    private var cursor: UInt64 = 0

    /// From 0 to `count` - 1.
    @inline(__always)
    mutating func next(below count: Int) -> Int {
        cursor &+= 1
        return Int(truncatingIfNeeded: mixed(cursor).multipliedFullWidth(by: UInt64(count)).high)
    }
}

/// Different names of sixteen bytes, one behind the other in one block.
@safe
final class MemberNames {
    let count: Int
    private var block = ByteBuffer()

    init(count: Int) {
        self.count = count
        for number in 0..<count { block.append(RequestText.key(number)) }
    }

    deinit { block.deallocate() }

    subscript(number: Int) -> ByteView {
        @inline(__always) get { block.view[number &* 16..<number &* 16 &+ 16] }
    }
}
