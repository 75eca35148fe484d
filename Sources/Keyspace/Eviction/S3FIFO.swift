// What the s3fifo policies know of a shard's entries, and what they expect of them.
import Containers

/// S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023) lets new entries prove
/// themselves in a small queue, keeps those that were used in a main one, and takes an entry that comes back soon after
/// it was evicted, which a ghost queue of fingerprints tells, into the main one at once. Here the queues are no lists:
/// an entry's 24 access bits say how often it was used, 0 (it is on probation) to 7, and when it was last; and which of
/// the queues gives the next victim, and from which end, is not fixed but learned: see `HitDensity`. The time as a
/// ghost counts as a part of an entry's life there, so that the shard sees what keeping it would have gained.
///
/// Time is counted in insertions, in ticks of about a hundredth of the shard's entries, as that is how fast room is
/// asked for.
package struct S3FIFO {
    package private(set) var ghost = GhostTable()
    private var density = HitDensity()

    /// The tick of now; 21 bits of it are an entry's stamp.
    private var tick: UInt32 = 0
    /// Insertions to come in this tick.
    private var tickRest = 0
    /// A tick has 2 to the power of this insertions.
    private var tickShift = 0
    /// Entries in the shard, as of the last tick.
    private var count = 0
    /// Insertions to come before the densities are worked out anew.
    private var learningRest = 0
    /// For every number of uses, how old entries are when they are evicted, a moving average.
    private var lossAge = SIMD8<Float>(repeating: S3FIFO.lifetime)

    /// How many ticks it takes to insert as many entries as there are: this to twice as many.
    private static var lifetime: Float { 64 }
    /// Entries remembered for 100 that there are: with two bytes each.
    private static var ghostPercent: Int { 95 }
    private static var ageMask: UInt32 { 0x1F_FFFF }

    package init() {}

    /// Begins to learn; to be called before the rest.
    package mutating func prepare() {
        if !density.isReady { density.prepare(lifetime: Int(S3FIFO.lifetime)) }
    }

    /// Forgets everything and gives its memory back.
    package mutating func deallocate() {
        ghost.deallocate()
        density.deallocate()
        let tick = self.tick
        self = S3FIFO()
        self.tick = tick
    }

    package var memoryBytes: Int { ghost.memoryBytes + (density.isReady ? HitDensity.memoryBytes : 0) }

    // MARK: - The access bits of an entry

    /// The number of uses, at most 7.
    package static func uses(_ access: UInt32) -> Int { Int(access & 7) }

    /// The bits of what was used often and just now: another use changes nothing.
    package var saturated: UInt32 { (tick & S3FIFO.ageMask) << 3 | 7 }

    /// Ticks since the last use.
    private func age(_ access: UInt32) -> UInt32 { (tick &- access >> 3) & S3FIFO.ageMask }

    /// The bits after a use.
    package mutating func use(_ access: UInt32) -> UInt32 {
        density.noteHit(uses: S3FIFO.uses(access), age: age(access))
        return stamp(uses: S3FIFO.uses(access) + 1)
    }

    private func stamp(uses: Int) -> UInt32 {
        (tick & S3FIFO.ageMask) << 3 | UInt32(truncatingIfNeeded: min(uses, HitDensity.maximumUses))
    }

    // MARK: - Coming and going

    /// The bits of a new entry, which is the better off if it has not been gone for long. `count` counts the
    /// entries in the shard that may be evicted.
    package mutating func admit(_ hash: UInt64, count: () -> Int) -> UInt32 {
        advance(count: count)
        guard let ghost = ghost.recall(hash) else { return stamp(uses: 0) }
        density.noteHit(uses: ghost.mark, age: ageInGhost(mark: ghost.mark, insertions: ghost.age))
        return stamp(uses: ghost.mark + 1)
    }

    /// To be called for an entry that is evicted.
    package mutating func noteEviction(_ hash: UInt64, access: UInt32) {
        let wanted = count * S3FIFO.ghostPercent / 100
        if ghost.setCount == 0 || abs(ghost.capacity - wanted) > wanted / 4 + GhostTable.ways {
            ghost.resize(for: wanted)
        }
        let uses = S3FIFO.uses(access)
        lossAge[uses] += (Float(age(access)) - lossAge[uses]) / 64
        if let mark = ghost.remember(hash, mark: uses) {
            density.noteLoss(uses: mark, age: ageInGhost(mark: mark, insertions: ghost.capacity))
        }
    }

    /// How long an entry has not been used that was evicted so many insertions ago.
    private func ageInGhost(mark: Int, insertions: Int) -> UInt32 {
        UInt32(min(1e6, max(0, lossAge[mark]))) &+ UInt32(truncatingIfNeeded: min(insertions >> tickShift, 1 << 20))
    }

    /// The hits to be expected of an entry for the time that it stays: what has least of it should go first.
    package func worth(_ access: UInt32) -> Float {
        density.density(uses: S3FIFO.uses(access), age: age(access))
    }

    private mutating func advance(count entries: () -> Int) {
        tickRest -= 1
        learningRest -= 1
        if tickRest <= 0 {
            count = entries()
            // A tick of another length than before makes older stamps look older or younger than they are, but leaves
            // them in order.
            tickShift = max(
                0,
                Int.bitWidth - 1 - Int(S3FIFO.lifetime).trailingZeroBitCount
                    - max(1, count).leadingZeroBitCount)
            tickRest = 1 << tickShift
            tick &+= 1
        }
        if learningRest <= 0 {
            density.learn()
            learningRest = max(1024, count / 10)
        }
    }
}
