// What caches of a given capacity reach on a trace, computed without a server: exact LRU and the optimum.

/// How much a cache holds.
package struct CacheCapacity: Equatable, Sendable {
    /// In the unit of the weights.
    package let limit: Int
    /// What an entry weighs beside its key and value, in bytes; nil: an entry weighs 1, whatever its size.
    package let overhead: Int?

    package static func entries(_ count: Int) -> CacheCapacity { CacheCapacity(limit: count, overhead: nil) }

    package static func bytes(_ count: Int, overhead: Int) -> CacheCapacity {
        CacheCapacity(limit: count, overhead: overhead)
    }

    func weight(_ trace: Trace, _ place: Int) -> Int {
        guard let overhead else { return 1 }
        return overhead + trace.nameLength(Int(trace.keys[place])) + Int(trace.sizes[place])
    }
}

package struct CacheBounds: Equatable, Sendable {
    package let capacity: CacheCapacity
    /// Hits of a look-aside cache that evicts what was not asked for the longest.
    package let exactLRUHits: Int
    /// Hits of one that knows the future.
    package let optimumHits: Int

    package init(_ trace: Trace, _ capacity: CacheCapacity) {
        self.capacity = capacity
        exactLRUHits = ExactLRU.hits(trace, capacity)
        optimumHits = Optimum.hits(trace, capacity)
    }
}

/// The least recently asked for goes first; a list through the keys, O(n).
package enum ExactLRU {
    package static func hits(_ trace: Trace, _ capacity: CacheCapacity) -> Int {
        // The list is a ring through a place that is no key; behind it stands what was asked for last.
        let ring = trace.keyCount
        var newer = [Int32](repeating: -1, count: ring + 1)
        var older = newer
        newer[ring] = Int32(ring)
        older[ring] = Int32(ring)
        var weights = [Int](repeating: 0, count: ring)
        var used = 0
        var hits = 0
        func unlink(_ key: Int) {
            older[Int(newer[key])] = older[key]
            newer[Int(older[key])] = newer[key]
            newer[key] = -1
        }
        func linkAsNewest(_ key: Int) {
            let before = older[ring]
            newer[key] = Int32(ring)
            older[key] = before
            newer[Int(before)] = Int32(key)
            older[ring] = Int32(key)
        }
        for place in 0..<trace.count {
            let key = Int(trace.keys[place])
            if newer[key] >= 0 {
                hits += 1
                unlink(key)
                linkAsNewest(key)
                continue
            }
            let weight = capacity.weight(trace, place)
            if weight > capacity.limit { continue }
            while used + weight > capacity.limit {
                let oldest = Int(newer[ring])
                used -= weights[oldest]
                unlink(oldest)
            }
            used += weight
            weights[key] = weight
            linkAsNewest(key)
        }
        return hits
    }
}

/// Belady's optimum (IBM Systems Journal 5(2), 1966): what is asked for latest goes first, be it the one that has just
/// been asked for. No policy has more hits where all entries weigh the same. Where they do not, the true optimum is
/// NP-hard; this is then a good policy that knows the future, not a bound. O(n log n).
package enum Optimum {
    package static func hits(_ trace: Trace, _ capacity: CacheCapacity) -> Int {
        let never = Int32.max
        let next = nextUses(trace, never: never)
        var heldUntil = [Int32](repeating: -1, count: trace.keyCount)
        var weights = [Int](repeating: 0, count: trace.keyCount)
        // Next uses of what is held, latest on top, with some that are past or void: those of keys that were asked for
        // again, which have another next use since, and the evicted.
        var heap = LatestUses()
        var used = 0
        var hits = 0
        for place in 0..<trace.count {
            let key = Int(trace.keys[place])
            let upcoming = next[place]
            if heldUntil[key] >= 0 {
                hits += 1
                if upcoming == never {
                    used -= weights[key]
                    heldUntil[key] = -1
                } else {
                    heldUntil[key] = upcoming
                    heap.insert(upcoming)
                }
                continue
            }
            if upcoming == never { continue }
            let weight = capacity.weight(trace, place)
            // What would be evicted is taken from the heap; it comes back if that does not make room enough.
            var victims: [Int32] = []
            var free = capacity.limit - used
            while free < weight, let latest = heap.latest, latest > upcoming {
                let victim = Int(trace.keys[Int(latest)])
                heap.removeLatest()
                if heldUntil[victim] != latest { continue }
                victims.append(latest)
                free += weights[victim]
            }
            if free < weight {
                for latest in victims { heap.insert(latest) }
                continue
            }
            for latest in victims { heldUntil[Int(trace.keys[Int(latest)])] = -1 }
            used = capacity.limit - free + weight
            heldUntil[key] = upcoming
            weights[key] = weight
            heap.insert(upcoming)
        }
        return hits
    }

    /// For each request the place of the next one for its key.
    private static func nextUses(_ trace: Trace, never: Int32) -> [Int32] {
        var next = [Int32](repeating: never, count: trace.count)
        var upcoming = [Int32](repeating: never, count: trace.keyCount)
        for place in (0..<trace.count).reversed() {
            let key = Int(trace.keys[place])
            next[place] = upcoming[key]
            upcoming[key] = Int32(place)
        }
        return next
    }
}

/// A binary heap of places in a trace, the latest on top.
private struct LatestUses {
    private var places: [Int32] = []

    var latest: Int32? { places.first }

    mutating func insert(_ place: Int32) {
        var hole = places.count
        places.append(place)
        while hole > 0 {
            let parent = (hole - 1) / 2
            if places[parent] >= place { break }
            places[hole] = places[parent]
            hole = parent
        }
        places[hole] = place
    }

    mutating func removeLatest() {
        let last = places.removeLast()
        if places.isEmpty { return }
        var hole = 0
        while true {
            var child = 2 * hole + 1
            if child >= places.count { break }
            if child + 1 < places.count, places[child + 1] > places[child] { child += 1 }
            if places[child] <= last { break }
            places[hole] = places[child]
            hole = child
        }
        places[hole] = last
    }
}
