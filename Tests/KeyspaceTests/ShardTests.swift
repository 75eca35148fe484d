// Whole shards: freeing in slices, exchanging databases, scanning, and watched keys.
import Bytes
import Keyspace
import Platform
import Testing

@Suite struct ShardTests {
    @Test func emptiesInSlices() {
        let fixture = Fixture()
        for number in 0..<5000 { fixture.set("key:\(number)", String(repeating: "v", count: number % 100)) }
        fixture.set("big", String(repeating: "b", count: 3 << 20))
        let full = fixture.usedBytes
        fixture.database.removeAll()
        #expect(fixture.database.count == 0 && fixture.hasDeferred)
        #expect(fixture.usedBytes == full)
        var slices = 0
        while fixture.hasDeferred {
            var steps = 0
            _ = unsafe fixture.shard.pointee.freeDeferred(isOver: {
                steps += 1
                return steps > 2
            })
            slices += 1
        }
        #expect(slices > 3 && fixture.usedBytes == 0)
        #expect(fixture.deferredCount == 0 && fixture.statistics.freedLater == 5002)
    }

    @Test func exchangesDatabases() {
        let fixture = Fixture()
        fixture.set("a", "0", deadline: fixture.now + 10)
        fixture.set("b", "1", in: fixture.other)
        fixture.swap()
        #expect(fixture.get("b") == "1" && fixture.get("a") == nil && fixture.get("a", in: fixture.other) == "0")
        #expect(fixture.database.deadlineCount == 0 && fixture.other.deadlineCount == 1)
    }

    @Test func scansAndChoosesAtRandom() {
        let fixture = Fixture()
        for number in 0..<3000 { fixture.set("key:\(number)", "v") }
        var seen = Set<String>()
        var position: UInt64? = 0
        while let current = position { position = fixture.database.scan(from: current) { seen.insert($0.key.string) } }
        #expect(seen.count == 3000)
        var chosen = Set<String>()
        for _ in 0..<2000 { if let entry = fixture.database.randomEntry() { chosen.insert(entry.key.string) } }
        #expect(chosen.count > 1200 && fixture.other.randomEntry() == nil)
    }

    @Test func tellsWatchers() {
        let fixture = Fixture()
        let flag = AtomicFlag.create()
        defer { flag.release() }

        /// Watches `key`, makes a change, and says whether the flag was set.
        func changes(_ key: String, _ change: () -> Void) -> Bool {
            flag.clear()
            fixture.withKey(key) { fixture.database.watch($0, hash: $1, now: fixture.now, flag: flag) }
            fixture.withKey(key) { fixture.database.watch($0, hash: $1, now: fixture.now, flag: flag) }
            change()
            fixture.withKey(key) { name, _ in fixture.database.unwatch(name, flag: flag) }
            return flag.isSet
        }

        #expect(changes("a") { fixture.set("a", "1") })
        #expect(!changes("a") { fixture.set("b", "1") })
        #expect(!changes("a") { fixture.set("a", "1", in: fixture.other) })
        #expect(!changes("a") { _ = fixture.get("a") })
        #expect(changes("a") { fixture.append("a", "x") })
        #expect(changes("a") { fixture.setDeadline("a", fixture.now + 100) })
        #expect(changes("a") { fixture.remove("a") })
        #expect(!changes("a") { fixture.database.removeAll() })
        #expect(changes("a") { fixture.swap() })
        fixture.swap()
        fixture.set("a", "1")
        #expect(changes("a") { fixture.database.removeAll() })
        fixture.set("a", "1", deadline: fixture.now + 5)
        #expect(
            changes("a") {
                fixture.now += 200
                fixture.expireAll()
            })
        flag.clear()
        fixture.set("a", "1")
        #expect(!flag.isSet)
    }

    @Test func noticesExpirySinceWatched() {
        let fixture = Fixture()
        let flag = AtomicFlag.create()
        defer { flag.release() }

        func isExpiredSince(_ key: String) -> Bool {
            fixture.withKey(key) {
                fixture.database.isExpiredSinceWatched($0, hash: $1, now: fixture.now, flag: flag)
            }
        }

        fixture.set("a", "1", deadline: fixture.now + 5)
        fixture.withKey("a") { fixture.database.watch($0, hash: $1, now: fixture.now, flag: flag) }
        #expect(!isExpiredSince("a"))
        fixture.now += 6
        #expect(isExpiredSince("a"))
        fixture.withKey("a") { name, _ in fixture.database.unwatch(name, flag: flag) }
        fixture.withKey("a") { fixture.database.watch($0, hash: $1, now: fixture.now, flag: flag) }
        #expect(!isExpiredSince("a"))
        fixture.withKey("a") { name, _ in fixture.database.unwatch(name, flag: flag) }
    }
}
