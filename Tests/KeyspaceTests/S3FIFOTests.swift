// S3-FIFO on request sequences, against exact LRU and LFU.
import Testing

@testable import Keyspace

struct S3FIFOTests {
    /// A cache of keys that are numbers, evicting the least expected of a few that are looked at.
    private struct Cache {
        let capacity: Int
        var policy = S3FIFO()
        var access: [Int: UInt32] = [:]
        var keys: [Int] = []
        var random: UInt64 = 1

        init(capacity: Int) {
            self.capacity = capacity
            policy.prepare()
        }

        mutating func next() -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return random >> 33
        }

        static func hash(_ key: Int) -> UInt64 { (UInt64(key) &+ 1) &* 0x9E37_79B9_7F4A_7C15 &* 0xBF58_476D_1CE4_E5B9 }

        mutating func request(_ key: Int) -> Bool {
            if let bits = access[key] {
                if bits != policy.saturated { access[key] = policy.use(bits) }
                return true
            }
            if keys.count == capacity { evict() }
            let count = keys.count
            access[key] = policy.admit(Self.hash(key)) { count }
            keys.append(key)
            return false
        }

        private mutating func evict() {
            var place = 0
            var least = Float.infinity
            for _ in 0..<16 {
                let candidate = Int(next()) % keys.count
                let worth = policy.worth(access[keys[candidate]] ?? 0)
                if worth < least { (place, least) = (candidate, worth) }
            }
            let key = keys[place]
            keys[place] = keys[keys.count - 1]
            keys.removeLast()
            policy.noteEviction(Self.hash(key), access: access.removeValue(forKey: key) ?? 0)
        }
    }

    private func hitRatio(_ requests: [Int], capacity: Int) -> Double {
        var cache = Cache(capacity: capacity)
        defer { cache.policy.deallocate() }
        let hits = requests.count { cache.request($0) }
        return 100 * Double(hits) / Double(requests.count)
    }

    /// The same of a cache that evicts what has the lowest score: the last use, or the number of uses.
    private func exactHitRatio(_ requests: [Int], capacity: Int, byUses: Bool) -> Double {
        var score: [Int: Int] = [:]
        var hits = 0
        for (time, key) in requests.enumerated() {
            if score[key] != nil {
                hits += 1
            } else if score.count == capacity, let coldest = score.min(by: { $0.value < $1.value }) {
                score[coldest.key] = nil
            }
            score[key] = byUses ? (score[key] ?? 0) + 1 : time
        }
        return 100 * Double(hits) / Double(requests.count)
    }

    private func zipf(_ count: Int, keys: Int, drift: (Int) -> Int = { _ in 0 }) -> [Int] {
        var sums: [Double] = []
        for rank in 1...keys { sums.append((sums.last ?? 0) + 1 / Double(rank)) }
        var random = SeededGenerator(state: 7)
        return (0..<count).map { place in
            let choice = Double.random(in: 0..<sums[keys - 1], using: &random)
            var (low, high) = (0, keys - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > choice { high = middle } else { low = middle + 1 }
            }
            return low + drift(place)
        }
    }

    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ state >> 29) &* 0x9E37_79B9_7F4A_7C15
        }
    }

    @Test func isAsGoodAsLFUWherePopularityIsConstant() {
        let requests = zipf(60_000, keys: 4_000)
        let own = hitRatio(requests, capacity: 200)
        #expect(own > exactHitRatio(requests, capacity: 200, byUses: false) + 4)
        #expect(own > exactHitRatio(requests, capacity: 200, byUses: true) - 2)
    }

    @Test func isAsGoodAsLRUWherePopularityMoves() {
        let requests = zipf(60_000, keys: 4_000) { $0 / 40 }
        let own = hitRatio(requests, capacity: 200)
        #expect(own > exactHitRatio(requests, capacity: 200, byUses: false) - 0.5)
        #expect(own > exactHitRatio(requests, capacity: 200, byUses: true) + 4)
    }

    @Test func hitsInLoopsThatDoNotFit() {
        #expect(hitRatio((0..<60_000).map { $0 % 600 }, capacity: 400) > 40)
    }

    @Test func isNotWashedAwayByScans() {
        let wanted = zipf(60_000, keys: 4_000)
        let requests = wanted.enumerated().map { place, key in place % 4 == 0 ? 10_000 + place : key }
        let own = hitRatio(requests, capacity: 200)
        #expect(own > exactHitRatio(requests, capacity: 200, byUses: false) + 4)
    }

    @Test func takesTwoBytesAnEntry() {
        var cache = Cache(capacity: 20_000)
        defer { cache.policy.deallocate() }
        for key in 0..<60_000 { _ = cache.request(key) }
        #expect(cache.policy.memoryBytes < 20_000 * 2 + 8_192)
    }
}
