// Eviction: who goes, who must not, and what is left of the accounts.
import Bytes
import Keyspace
import Platform
import Testing

extension Fixture {
    func evicts(by policy: EvictionPolicy, samples: Int = 5) {
        unsafe shard.pointee.eviction.setPolicy(policy)
        unsafe shard.pointee.eviction.samples = samples
        unsafe shard.pointee.accessClock.setKind(policy.accessKind, now: now)
    }

    /// Evicts `bytes`; returns how many keys went.
    @discardableResult
    func evict(_ bytes: Int, sparing isSpared: (ByteView) -> Bool = { _ in false }) -> Int {
        let before = statistics.evicted
        _ = unsafe shard.evict(bytes, sparing: isSpared, until: { false })
        return statistics.evicted - before
    }

    var evictableCount: Int { unsafe shard.evictableCount }

    func advance(_ milliseconds: Int64) {
        now += milliseconds
        unsafe shard.pointee.accessClock.advance(to: now)
    }

    /// Those of the keys `prefix`0… that are there.
    func present(_ prefix: String, _ count: Int) -> [Int] {
        (0..<count).filter { number in
            withKey("\(prefix)\(number)") { database.find($0, hash: $1, now: now, .peek) } != nil
        }
    }
}

@Suite struct EvictionTests {
    @Test(arguments: EvictionPolicy.allCases)
    func volatilePoliciesKeepPersistentKeys(_ policy: EvictionPolicy) {
        let fixture = Fixture()
        fixture.evicts(by: policy)
        for number in 0..<3000 {
            fixture.set("p\(number)", "value")
            fixture.set("v\(number)", "value", deadline: fixture.now + 100_000 + Int64(number * 31 % 3000))
        }
        let evicted = fixture.evict(.max)
        let isVolatile = policy.isVolatile
        #expect(evicted == (policy == .noEviction ? 0 : isVolatile ? 3000 : 6000))
        #expect(fixture.database.count == 6000 - evicted && fixture.evictableCount == 0)
        #expect(fixture.database.deadlineCount == (policy == .noEviction ? 3000 : 0))
        if isVolatile { #expect(fixture.present("p", 3000).count == 3000) }
        #expect(fixture.bytesWhenEmptied() == 0)
    }

    @Test func leastRecentlyUsedGoFirst() {
        let fixture = Fixture()
        fixture.evicts(by: .allKeysLRU)
        for number in 0..<10_000 {
            fixture.set("k\(number)", "value")
            fixture.advance(1)
        }
        let evicted = fixture.evict(fixture.usedBytes / 4)
        let left = fixture.present("k", 10_000)
        // Of the oldest quarter little is left, of the newest half hardly anything is gone.
        #expect(evicted > 1500)
        #expect(left.count { $0 < 1500 } < 150)
        #expect(left.count { $0 >= 5000 } > 4990)
    }

    @Test func whatIsUsedWithinTheSameSecondCounts() {
        let fixture = Fixture()
        fixture.evicts(by: .allKeysLRU, samples: 10)
        for number in 0..<1000 { fixture.set("k\(number)", "value") }
        fixture.advance(100)
        for number in 500..<1000 { _ = fixture.get("k\(number)") }
        fixture.advance(100)
        let bytes = fixture.usedBytes / 4
        fixture.evict(bytes)
        #expect(fixture.present("k", 1000).count { $0 >= 500 } > 490)
    }

    @Test func leastFrequentlyUsedGoFirst() {
        let fixture = Fixture()
        fixture.evicts(by: .allKeysLFU)
        for number in 0..<2000 { fixture.set("k\(number)", "value") }
        for _ in 0..<50 { for number in 0..<200 { _ = fixture.get("k\(number)") } }
        fixture.evict(fixture.usedBytes / 2)
        #expect(fixture.present("k", 200).count > 195)
    }

    @Test func earliestDeadlinesGoFirst() {
        let fixture = Fixture()
        fixture.evicts(by: .volatileTTL)
        for number in 0..<5000 { fixture.set("k\(number)", "value", deadline: fixture.now + Int64(number) * 1000 + 1) }
        var evicted = 0
        while evicted < 1000 { evicted += fixture.evict(1) }
        let left = fixture.present("k", 5000)
        #expect(left.count { $0 < 700 } < 20)
        #expect(left.count { $0 >= 1500 } == 3500)
        // What was evicted is not waited for, and the rest expires when it is due.
        fixture.now += 5_000_000
        fixture.expireAll()
        #expect(fixture.database.count == 0 && fixture.bytesWhenEmptied() == 0)
    }

    @Test func candidatesThatWereUsedStay() {
        let fixture = Fixture()
        fixture.evicts(by: .allKeysLRU, samples: 64)
        for number in 0..<30 { fixture.set("k\(number)", "value") }
        fixture.advance(1000)
        // Fills the pool with all of them but for the one that goes.
        fixture.evict(1)
        let left = fixture.present("k", 30)
        for number in left.dropFirst(10) { _ = fixture.get("k\(number)") }
        while fixture.database.count > 19 { fixture.evict(1) }
        #expect(fixture.present("k", 30) == Array(left.dropFirst(10)))
    }

    @Test func sparesWhatIsInUse() {
        let fixture = Fixture()
        fixture.evicts(by: .allKeysRandom)
        for number in 0..<20 { fixture.set("k\(number)", "value") }
        for _ in 0..<20 { fixture.evict(.max, sparing: { $0 == "k7" || $0 == "k8" }) }
        #expect(fixture.present("k", 20) == [7, 8])
    }

    @Test func aboutAsMuchGoesAsMust() {
        let fixture = Fixture()
        fixture.evicts(by: .allKeysLRU)
        for number in 0..<2000 { fixture.set("k\(number)", String(repeating: "x", count: 100)) }
        let before = fixture.usedBytes - fixture.tableBytes
        fixture.evict(10_000)
        let freed = before - (fixture.usedBytes - fixture.tableBytes)
        #expect(freed >= 10_000 && freed < 10_400)
    }

    /// Random changes, evictions and policies against nothing but the accounts.
    @Test(arguments: 1...6)
    func accountsStayRight(_ seed: Int) {
        var random = Random(state: UInt64(seed))
        let fixture = Fixture()
        let policies = EvictionPolicy.allCases
        for _ in 0..<20_000 {
            let key = "k\(random.below(3000))"
            switch random.below(12) {
            case 0...5:
                let deadline = random.below(2) == 0 ? Int64.max : fixture.now + Int64(random.below(20_000))
                let size = random.below(20) == 0 ? 40_000 : random.below(200)
                let target = random.below(4) == 0 ? fixture.other : fixture.database
                fixture.set(key, String(repeating: "y", count: size), deadline: deadline, in: target)
            case 6: _ = fixture.get(key)
            case 7: fixture.remove(key)
            case 8: fixture.evict(random.below(2000))
            case 9: fixture.advance(Int64(random.below(50)))
            case 10:
                if random.below(50) == 0 { fixture.swap() }
                _ = fixture.expire(isOver: random.below(2) == 0)
            default:
                if random.below(20) == 0 { fixture.evicts(by: policies[random.below(policies.count)]) }
            }
        }
        #expect(fixture.evictableCount >= 0)
        fixture.evicts(by: .allKeysRandom)
        fixture.evict(.max)
        #expect(fixture.database.count == 0 && fixture.other.count == 0)
        fixture.freeAll()
        #expect(fixture.database.deadlineCount == 0 && fixture.bytesWhenEmptied() == 0)
    }
}
