// All registers of a HyperLogLog in memory of their own, a byte each: for merging and counting.
import Bytes
import Keyspace
import Platform

struct RegisterArray: ~Copyable {
    /// Eight registers to a word, the first one the lowest byte.
    private var words: [UInt64]

    static var groupCount: Int { HyperLogLogFormat.registerCount / 8 }

    init() { words = Array(repeating: 0, count: Self.groupCount) }

    func group(_ index: Int) -> UInt64 { words[index] }

    subscript(register: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[register &>> 3] &>> UInt64((register & 7) &* 8))
    }

    mutating func raise(_ register: Int, to value: UInt8) {
        if self[register] >= value { return }
        let shift = UInt64((register & 7) &* 8)
        words[register &>> 3] = words[register &>> 3] & ~(0xFF &<< shift) | UInt64(value) &<< shift
    }

    /// Raises each register to what it is in a HyperLogLog; false if that is corrupt.
    mutating func raise(by text: ByteView) -> Bool {
        if HyperLogLogFormat.isSparse(text) { return raise(bySparse: text) }
        DenseRegisters.forEachEight(in: text) { group, registers in
            words[group] = Self.maximum(words[group], registers)
        }
        return true
    }

    private mutating func raise(bySparse text: ByteView) -> Bool {
        var covered = 0
        SparseRun.forEach(in: text) { run, first in
            covered = first &+ run.length
            if covered > HyperLogLogFormat.registerCount { return false }
            if run.value > 0 {
                for register in first..<covered { raise(register, to: run.value) }
            }
            return true
        }
        return covered == HyperLogLogFormat.registerCount
    }

    /// The larger one of each two bytes, all of which are below 128.
    @inline(__always)
    static func maximum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let highBits: UInt64 = 0x8080_8080_8080_8080
        let isLeftLarger = ((left | highBits) &- right) & highBits
        let mask = (isLeftLarger &>> 7) &* 0xFF
        return left & mask | right & ~mask
    }

    func histogram() -> RegisterHistogram {
        var histogram = RegisterHistogram()
        for word in words { histogram.add(eight: word) }
        return histogram
    }
}
