// What a replay has counted.

package struct ReplayResult: Equatable, Sendable {
    package var trace = ""
    package var seconds = 0.0
    package var hits = 0
    package var misses = 0
    /// Bytes of the values that were hit and missed.
    package var hitBytes = 0
    package var missedBytes = 0
    /// Misses whose values the server has stored.
    package var stored = 0
    /// Replies that were errors: of GETs, which count as misses, and of SETs.
    package var errors = 0
    package var firstError: String?
    /// Looks at INFO in the course of the replay, the first one before it and the last one after it.
    package var samples: [ReplaySample] = []
    /// What INFO says before and after; nil if it says nothing.
    package var info: InfoChanges?

    package var requests: Int { hits + misses }
    package var hitRatio: Double { requests > 0 ? Double(hits) / Double(requests) : 0 }

    package var byteHitRatio: Double {
        let bytes = hitBytes + missedBytes
        return bytes > 0 ? Double(hitBytes) / Double(bytes) : 0
    }

    package var evictions: Int? { info?.difference("evicted_keys").map { Int($0) } }
    package var mostUsedMemory: Int? { samples.map(\.usedMemory).max() }

    /// Keys that the server held in the second half of the replay, on the average.
    package var keysHeld: Double? {
        let late = samples.suffix((samples.count + 1) / 2)
        return late.isEmpty ? nil : Double(late.reduce(0) { $0 + $1.keys }) / Double(late.count)
    }
}

/// One look at INFO.
package struct ReplaySample: Equatable, Sendable {
    package let usedMemory: Int
    package let keys: Int

    init?(_ snapshot: InfoSnapshot) {
        guard let memory = snapshot.number("used_memory"), let keys = snapshot.number("keys") else { return nil }
        usedMemory = Int(memory)
        self.keys = Int(keys)
    }
}
