// Pseudo-random numbers: fast, seedable, one source a thread.

/// A 64-bit counter through a mixing function (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
package struct RandomSource {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }

    /// A number from 0 to `bound` - 1; `bound` > 0. The bias, `bound` / 2^64, is of no concern here.
    package mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: bound)).high)
    }

    /// A number from 0 to just below 1.
    package mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }
}
