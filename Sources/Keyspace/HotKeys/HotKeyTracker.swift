// What a shard knows of its hot keys while somebody tracks them.
import Bytes
import Containers
import Platform

/// What to track, and how.
package struct HotKeyRequest {
    package var countsTime = false
    package var countsBytes = false
    /// How many keys will be asked for.
    package var count = 10
    /// One command in so many is looked at.
    package var sampleRatio = 1
    /// The cycle counter at which tracking is over; `UInt64.max`: when it is stopped.
    package var endCycles = UInt64.max

    package init() {}
}

/// Lives in raw memory beside its shard, from `start` to `discard`, and is used by whoever holds the shard.
///
/// Looking at a command costs some 300 cycles: it is done once for 65,536 cycles that commands take, and for the first
/// 256 commands in 16 million cycles (some 5 ms). Both are less than half a percent.
@safe
@usableFromInline
package struct HotKeyTracker: ~Copyable {
    package let request: HotKeyRequest
    @usableFromInline var sampler: CostSampler
    /// What all commands with keys took together.
    @usableFromInline package var totalCycles: UInt64 = 0
    private var time: SpaceSaving
    private var bytes: SpaceSaving
    private var untilSample = 0
    private var random: UInt64

    /// Longer keys are not tracked: their copies would be what takes the memory.
    private static var longestKey: Int { 64 << 10 }

    init(_ request: HotKeyRequest, seed: UInt64) {
        self.request = request
        random = seed | 1
        sampler = CostSampler(step: 1 << 16, allowance: 256, window: 1 << 24, seed: seed)
        // Ten counters for a key asked for, so that the tail does not crowd it out.
        time = SpaceSaving(capacity: request.countsTime ? request.count * 10 : 1, seed: seed)
        bytes = SpaceSaving(capacity: request.countsBytes ? request.count * 10 : 1, seed: ~seed)
    }

    mutating func deallocate() {
        time.deallocate()
        bytes.deallocate()
    }

    /// Counts a command with keys. True: look at it closely, with `note`.
    @inlinable
    @inline(__always)
    package mutating func takes(cycles: UInt64, replyBytes: Int) -> Bool {
        totalCycles &+= cycles
        return sampler.takes(cycles &+ UInt64(truncatingIfNeeded: replyBytes))
    }

    /// How many commands the one taken stands for; 0: it is left out. `now`: the cycle counter.
    package mutating func weight(cycles: UInt64, replyBytes: Int, now: UInt64) -> Double {
        let stands = sampler.stand(cycles &+ UInt64(truncatingIfNeeded: replyBytes), now: now)
        guard request.sampleRatio > 1 else { return stands }
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random % UInt64(request.sampleRatio) == 0 ? stands : 0
    }

    /// Adds to what a key has cost.
    package mutating func note(_ key: ByteView, hash: UInt64, cycles: Double, bytes: Double) {
        if key.count > Self.longestKey { return }
        if request.countsTime { time.add(key, hash: hash, weight: Self.whole(cycles)) }
        if request.countsBytes { self.bytes.add(key, hash: hash, weight: Self.whole(bytes)) }
    }

    private static func whole(_ weight: Double) -> UInt64 { UInt64(Swift.max(0, Swift.min(weight, 1e15)).rounded()) }

    /// The keys that took most cycles, the first ones first.
    package func byTime() -> [SpaceSaving.Item] { time.heaviest(request.count) }

    /// The keys that took most bytes of requests and replies.
    package func byBytes() -> [SpaceSaving.Item] { bytes.heaviest(request.count) }
}

extension Shard {
    /// Starts tracking anew.
    package mutating func startHotKeys(_ request: HotKeyRequest) {
        discardHotKeys()
        let tracker = UnsafeMutablePointer<HotKeyTracker>.allocate(capacity: 1)
        unsafe tracker.initialize(to: HotKeyTracker(request, seed: nextRandom()))
        unsafe hotKeys = unsafe tracker
        tracksHotKeys = true
    }

    /// Ends tracking; what is known stays.
    package mutating func stopHotKeys() { tracksHotKeys = false }

    /// Gives the tracker's memory back.
    package mutating func discardHotKeys() {
        tracksHotKeys = false
        guard let tracker = unsafe hotKeys else { return }
        unsafe tracker.pointee.deallocate()
        unsafe tracker.deinitialize(count: 1)
        unsafe tracker.deallocate()
        unsafe hotKeys = nil
    }
}
