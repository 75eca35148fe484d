// How busy each shard is: what it has run, and for how long, so that skew is seen.
import Keyspace
import Platform

/// Counters by shard, each shard's on a cache line of its own; written by whoever holds the shard, read by any thread.
@safe
struct ShardLoads {
    /// Counters in a cache line.
    private static var stride: Int { 8 }
    private let tallies: UnsafeMutablePointer<Tally>
    let count: Int

    init(count: Int) {
        self.count = count
        unsafe tallies = .allocate(capacity: count * Self.stride)
        for index in 0..<count * Self.stride { unsafe (tallies + index).initialize(to: Tally()) }
    }

    /// A shard that is held has run commands, or shares of commands.
    @inline(__always)
    func add(_ shard: Int, commands: Int, cycles: UInt64) {
        let row = unsafe tallies + shard &* Self.stride
        unsafe row[0].add(commands)
        unsafe row[1].add(Int(truncatingIfNeeded: cycles))
    }

    /// Since the start or the last CONFIG RESETSTAT.
    func current(_ shard: Int) -> ShardLoad {
        unsafe ShardLoad(
            commands: tallies[shard * Self.stride].current, cycles: tallies[shard * Self.stride + 1].current)
    }

    func reset() {
        for index in 0..<count * Self.stride { unsafe tallies[index].reset() }
    }
}

struct ShardLoad {
    var commands = 0
    /// Cycles for which somebody ran its commands.
    var cycles = 0
}

/// The loads of the last seconds.
final class ShardLoadSampler: @unchecked Sendable {
    private let lock = Mutex()
    private var samples: [(milliseconds: Int64, loads: [ShardLoad])] = []

    /// Notes the loads of this moment; more than two a second are not kept.
    func note(_ milliseconds: Int64, _ loads: ShardLoads) {
        lock.withLock {
            if let last = samples.last, milliseconds - last.milliseconds < 500 { return }
            samples.append((milliseconds, (0..<loads.count).map { loads.current($0) }))
            if samples.count > 5 { samples.removeFirst(samples.count - 5) }
        }
    }

    /// The counters begin at 0 again.
    func reset() { lock.withLock { samples = [] } }

    /// Commands and cycles a second of a shard, over the last two seconds or so.
    func rates(of shard: Int) -> (commands: Double, cycles: Double) {
        lock.withLock {
            guard let first = samples.first, let last = samples.last, last.milliseconds > first.milliseconds else {
                return (0, 0)
            }
            let seconds = Double(last.milliseconds - first.milliseconds) / 1000
            return (
                Double(last.loads[shard].commands - first.loads[shard].commands) / seconds,
                Double(last.loads[shard].cycles - first.loads[shard].cycles) / seconds
            )
        }
    }
}
