// When or how often an entry was used: the 24 bits that eviction and OBJECT look at.

/// With an LRU policy the 24 bits are a clock of seconds, and 7 bits more a fraction of the second: a cache that turns
/// over within seconds would not know its old entries from its new ones by seconds alone. With an LFU policy they are
/// 16 bits of minutes, when the counter was last looked at, and 8 bits of a logarithmic counter. With an S3-FIFO
/// policy they are what `S3FIFO` makes of them.
/// https://redis.io/docs/latest/develop/reference/eviction/
@usableFromInline
package struct AccessClock {
    /// What is noted of uses.
    @usableFromInline
    package enum Kind {
        case time, frequency, experience
    }

    /// What an entry gets when it is used: the clock's seconds, or with LFU the minutes in the upper 16 bits.
    @usableFromInline var stamp: UInt32 = 0
    /// The same with the fraction, where they stand in an entry's header.
    @usableFromInline var stampBits: UInt64 = 0
    /// The bits of an entry for which another use changes nothing; all of them if there is no such entry.
    @usableFromInline var settledBits: UInt64 = 0
    /// When `stamp` was made.
    @usableFromInline var time: Int64 = 0
    @usableFromInline package private(set) var kind = Kind.time
    /// What an S3-FIFO policy goes by.
    package internal(set) var experience = S3FIFO()
    /// Whether uses are not noted at the moment, for a client that said CLIENT NO-TOUCH ON.
    @usableFromInline package internal(set) var leavesNoTrace = false
    /// Uses are not just timed.
    @usableFromInline var isSpecial = false
    /// The larger, the more accesses saturate the counter.
    package var logarithmFactor = 10
    /// Minutes after which an unused counter loses one; 0: never.
    package var decayMinutes = 1
    @usableFromInline var random: UInt64 = 0x2545_F491_4F6C_DD1D

    /// The counter of a new entry, so that it is not evicted before it had a chance.
    @usableFromInline static var initialCounter: UInt32 { 5 }

    /// A 128th of a second, about.
    @usableFromInline static var tickMilliseconds: Int64 { 8 }

    package init() {}

    /// Sets the time, in milliseconds since the epoch; to be called whenever the shard is run.
    @inlinable
    package mutating func advance(to now: Int64) {
        if _slowPath(now &- time >= AccessClock.tickMilliseconds || now < time) { restamp(now) }
    }

    @usableFromInline
    @inline(never)
    mutating func restamp(_ now: Int64) {
        time = now
        let seconds = UInt64(max(0, now)) / 1000
        stamp =
            kind == .frequency
            ? UInt32(truncatingIfNeeded: seconds / 60 & 0xFFFF) << 8 : UInt32(truncatingIfNeeded: seconds & 0xFF_FFFF)
        let fraction = kind == .frequency ? 0 : UInt64(max(0, now)) % 1000 * 128 / 1000
        stampBits = UInt64(stamp) << 40 | fraction << 9
        settle()
    }

    private mutating func settle() {
        switch kind {
        case .time: settledBits = stampBits
        case .frequency: settledBits = .max
        case .experience: settledBits = UInt64(experience.saturated) << 40
        }
    }

    /// Chooses between LRU, LFU and S3-FIFO. The bits that entries have from before say something wrong until they are
    /// used the next time.
    package mutating func setKind(_ new: Kind, now: Int64) {
        if kind == .experience && new != .experience { experience.deallocate() }
        kind = new
        if new == .experience { experience.prepare() }
        isSpecial = new != .time || leavesNoTrace
        restamp(now)
    }

    /// Chooses whether uses are noted; set anew whenever another client's commands run.
    @inlinable
    @inline(__always)
    package mutating func setLeavesNoTrace(_ leaves: Bool) {
        if _fastPath(leaves == leavesNoTrace) { return }
        leavesNoTrace = leaves
        isSpecial = leaves || kind != .time
    }

    /// What a new entry starts with, if `experience` has no say.
    @usableFromInline
    var initial: UInt64 {
        kind == .frequency ? stampBits | UInt64(AccessClock.initialCounter) &<< 40 : stampBits
    }

    /// What a new entry starts with. `count`: entries in the shard.
    mutating func admit(_ hash: UInt64, count: () -> Int) -> UInt64 {
        if kind != .experience { return initial }
        let access = experience.admit(hash, count: count)
        settledBits = UInt64(experience.saturated) << 40
        return UInt64(access) << 40
    }

    /// Notes a use of the entry.
    @inlinable
    @inline(__always)
    mutating func note(_ entry: Entry) {
        if entry.accessBits == settledBits { return }
        if isSpecial {
            noteSpecially(entry)
        } else {
            entry.accessBits = settledBits
        }
    }

    @usableFromInline
    @inline(never)
    mutating func noteSpecially(_ entry: Entry) {
        if leavesNoTrace { return }
        if kind == .experience {
            entry.accessBits = UInt64(experience.use(entry.access)) &<< 40
        } else {
            count(entry)
        }
    }

    /// The logarithmic counter after decay; with S3-FIFO the uses, 7 at most.
    package func frequency(of entry: Entry) -> Int {
        if kind == .experience { return S3FIFO.uses(entry.access) }
        let counter = Int(entry.access & 0xFF)
        if decayMinutes == 0 { return counter }
        let minutes = Int((stamp >> 8 &- entry.access >> 8) & 0xFFFF)
        return max(0, counter - minutes / decayMinutes)
    }

    /// Seconds since the entry was used, with LRU.
    package func idleSeconds(of entry: Entry) -> Int {
        kind == .experience ? 0 : Int((stamp &- entry.access) & 0xFF_FFFF)
    }

    /// What eviction goes by, the lower the sooner: with LFU the counter after decay, with LRU the ticks from the epoch
    /// to the last use, with S3-FIFO what is expected of the entry.
    func score(of entry: Entry) -> Int64 {
        switch kind {
        case .time: break
        case .frequency: return Int64(frequency(of: entry))
        // The bits of positive numbers are in the order of the numbers.
        case .experience: return Int64(experience.worth(entry.access).bitPattern)
        }
        let now = Int64(stampBits >> 9 & 127) + time / 1000 * 128
        let idle = (ticks(stampBits) - ticks(entry.accessBits)) & 0x7FFF_FFFF
        return now - idle
    }

    /// Ticks of the 31 bits of an LRU clock.
    private func ticks(_ bits: UInt64) -> Int64 { Int64((bits >> 40) * 128 + (bits >> 9) % 128) }

    /// Adds one to the counter, the less likely the higher it is.
    @usableFromInline
    mutating func count(_ entry: Entry) {
        var counter = frequency(of: entry)
        if counter < 255 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            let base = max(0, counter - Int(AccessClock.initialCounter))
            let chance = 1 / (Double(base) * Double(logarithmFactor) + 1)
            if Double(random >> 11) / Double(1 << 53) < chance { counter += 1 }
        }
        entry.access = stamp & 0xFFFF00 | UInt32(counter)
    }
}
