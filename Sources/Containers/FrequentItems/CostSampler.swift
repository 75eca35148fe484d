// Which of many events to look at closely, so that looking costs a known share of what the events cost.

/// Threshold sampling: Duffield, Lund and Thorup, "Learn More, Sample Less: Control of Volume and Variance in Network
/// Measurement", IEEE Transactions on Information Theory, 2005.
///
/// An event of cost x is taken with probability min(1, x ÷ step) and then stands for max(1, step ÷ x) events like it:
/// sums of anything over the events taken, each times what it stands for, are right on average, and expensive events
/// are never missed. One event is taken for every step of cost, the first at a random place of its step. In every
/// window of time the first events are all taken, so that where little happens nothing is estimated.
@usableFromInline
package struct CostSampler: BitwiseCopyable {
    /// One event is taken for so much cost.
    @usableFromInline package let step: UInt64
    /// So many are taken for nothing in each window, which lasts so long on the clock that `stand` is given.
    package let allowance: Int
    package let window: UInt64

    /// Costs smaller than this pass by: what is left to the next event taken.
    @usableFromInline var left: UInt64 = 0
    private var spare = 0
    private var windowEnd: UInt64 = 0
    private var random: UInt64

    package init(step: UInt64, allowance: Int, window: UInt64, seed: UInt64) {
        (self.step, self.allowance, self.window) = (Swift.max(2, step), allowance, window)
        random = seed | 1
    }

    /// Whether to take an event of this cost. If so, ask `stand` what it stands for.
    @inlinable
    @inline(__always)
    package mutating func takes(_ cost: UInt64) -> Bool {
        if cost < left {
            left &-= cost
            return false
        }
        return true
    }

    /// How many events the one just taken stands for. `now`: any clock that goes on.
    package mutating func stand(_ cost: UInt64, now: UInt64) -> Double {
        let share = left == 0 || cost >= step ? 1 : Double(step) / Double(Swift.max(1, cost))
        if now >= windowEnd {
            windowEnd = now &+ window
            spare = allowance
        }
        if spare > 0 {
            spare &-= 1
            // The last one for nothing: the next one comes at any place of a step.
            left = spare == 0 ? 1 &+ nextRandom() % step : 0
        } else if cost < step {
            // What went beyond the mark counts for the next one: the marks are evenly spaced.
            left = step &- (cost &- Swift.min(left, cost))
        }
        return share
    }

    /// Marsaglia's xorshift, "Xorshift RNGs", 2003.
    private mutating func nextRandom() -> UInt64 {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random
    }
}
