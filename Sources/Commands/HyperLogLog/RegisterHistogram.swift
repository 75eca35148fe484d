// How many registers hold which value, and the cardinality that this suggests.
import Bytes

struct RegisterHistogram {
    /// One table for each byte of a word, so that equal neighbours do not wait for each other.
    private var counts = [Int32](repeating: 0, count: 8 * 64)

    init() {}

    /// Of a HyperLogLog; nil if it is corrupt.
    init?(_ text: ByteView) {
        if !HyperLogLogFormat.isSparse(text) {
            DenseRegisters.forEachEight(in: text) { _, registers in add(eight: registers) }
            return
        }
        var covered = 0
        SparseRun.forEach(in: text) { run, first in
            covered = first &+ run.length
            if covered > HyperLogLogFormat.registerCount { return false }
            counts[Int(run.value)] += Int32(run.length)
            return true
        }
        if covered != HyperLogLogFormat.registerCount { return nil }
    }

    /// - Precondition: each byte is below 64.
    @inline(__always)
    mutating func add(eight registers: UInt64) {
        if registers == 0 {
            counts[0] &+= 8
            return
        }
        for index in 0..<8 {
            let value = Int(truncatingIfNeeded: registers &>> UInt64(index &* 8)) & 63
            counts[index &* 64 &+ value] &+= 1
        }
    }

    private func count(_ value: Int) -> Double {
        Double((0..<8).reduce(0) { $0 + Int(counts[$1 * 64 + value]) })
    }

    /// The estimate, step by step in the order in which Redis computes it, for the sake of the last bit.
    /// Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6.
    var cardinality: Int64 {
        let registers = Double(HyperLogLogFormat.registerCount)
        let highest = 50
        var sum = registers * Self.tau((registers - count(highest + 1)) / registers)
        for value in stride(from: highest, through: 1, by: -1) { sum = (sum + count(value)) * 0.5 }
        sum += registers * Self.sigma(count(0) / registers)
        // 1 / (2 ln 2), the limit of the bias correction.
        let estimate = 0.721347520444481703680 * registers * registers / sum
        // What the processor makes of numbers that are too large.
        return Int64(exactly: estimate.rounded(.toNearestOrAwayFromZero)) ?? .min
    }

    private static func sigma(_ value: Double) -> Double {
        if value == 1 { return .infinity }
        var (power, weight, sum) = (value, 1.0, value)
        while true {
            let before = sum
            power *= power
            sum += power * weight
            weight += weight
            if sum == before { return sum }
        }
    }

    private static func tau(_ value: Double) -> Double {
        if value == 0 || value == 1 { return 0 }
        var (root, weight, sum) = (value, 1.0, 1 - value)
        while true {
            let before = sum
            root.formSquareRoot()
            weight *= 0.5
            sum -= (1 - root) * (1 - root) * weight
            if sum == before { return sum / 3 }
        }
    }
}
