// Entries and databases: values of all sizes, deadlines, moves, and the accounts.
import Bytes
import Keyspace
import Platform
import Testing

@Suite struct DatabaseTests {
    @Test func keepsStringsOfAllSizes() {
        let fixture = Fixture()
        for keyLength in [0, 1, 7, 16, 254, 255, 256, 70_000] {
            let key = String(repeating: "k", count: keyLength)
            for valueLength in [0, 1, 44, 45, 1000, 32_768, 32_769, 200_000, 3] {
                let value = String(repeating: "v", count: valueLength)
                fixture.set(key, value)
                #expect(fixture.get(key) == value)
            }
            fixture.set(key, "x", deadline: fixture.now + 5)
            #expect(fixture.get(key) == "x")
            fixture.set(key, String(repeating: "y", count: 40_000), deadline: fixture.now + 5)
            fixture.set(key, "-17")
            #expect(fixture.get(key) == "-17" && fixture.find(key)?.entry.hasDeadline == false)
            #expect(fixture.remove(key) && fixture.get(key) == nil)
        }
        #expect(fixture.bytesWhenEmptied() == 0 && fixture.database.deadlineCount == 0)
    }

    @Test(arguments: [
        ("12", "int"), ("-9223372036854775808", "int"), ("9223372036854775808", "embstr"), ("012", "embstr"),
        ("", "embstr"), ("a", "embstr"), (String(repeating: "a", count: 44), "embstr"),
        (String(repeating: "a", count: 45), "raw"), (String(repeating: "a", count: 40_000), "raw"),
    ])
    func namesTheEncoding(value: String, name: String) {
        let fixture = Fixture()
        fixture.set("key", value)
        #expect(fixture.encoding("key") == name)
        fixture.append("key", "")
        fixture.append("key", "z")
        #expect(fixture.encoding("key") == "raw" && fixture.get("key") == value + "z")
    }

    @Test func growsByAppending() {
        let fixture = Fixture()
        var expected = "7"
        fixture.set("key", expected, deadline: fixture.now + 100)
        for step in 0..<400 {
            let suffix = String(repeating: "\(step % 10)", count: step)
            fixture.append("key", suffix)
            expected += suffix
        }
        #expect(fixture.get("key") == expected && fixture.find("key")?.entry.deadline == fixture.now + 100)
        fixture.withKey("key") { name, hash in
            guard var found = fixture.database.find(name, hash: hash, now: fixture.now) else { return }
            _ = fixture.database.writableString(&found, hash: hash, length: 3)
            #expect(found.entry.withString { $0.string } == String(expected.prefix(3)))
            let bytes = fixture.database.writableString(&found, hash: hash, length: 6)
            #expect(bytes[3] == 0 && bytes[5] == 0)
        }
        fixture.remove("key")
        #expect(fixture.bytesWhenEmptied() == 0)
    }

    @Test func sharedLongStringsAreCopiedBeforeTheyChange() {
        let fixture = Fixture()
        let value = String(repeating: "s", count: 50_000)
        fixture.set("key", value)
        guard let entry = fixture.find("key")?.entry else { return }
        let shared = unsafe RetainedBytes(address: entry.external.address)
        shared.retain()
        fixture.append("key", "!")
        #expect(shared.view.count == 50_000 && shared.isUnique)
        #expect(fixture.get("key") == value + "!")
        fixture.remove("key")
        #expect(fixture.bytesWhenEmptied() == 0)
        shared.release()
    }

    @Test func agreesWithAModel() {
        let fixture = Fixture()
        var random = Random(state: 9)
        var model: [String: (value: String, deadline: Int64)] = [:]
        for step in 0..<60_000 {
            fixture.now += 1
            let key = "key:\(random.below(3000))"
            if let old = model[key], old.deadline < fixture.now { model[key] = nil }
            switch random.below(8) {
            case 0, 1, 2:
                let value = random.below(2) == 0 ? "\(step)" : String(repeating: "v", count: random.below(90))
                let deadline = random.below(3) == 0 ? fixture.now + Int64(random.below(4000)) : .max
                fixture.set(key, value, deadline: deadline)
                model[key] = (value, deadline)
            case 3: #expect(fixture.remove(key) == (model.removeValue(forKey: key) != nil))
            case 4:
                fixture.append(key, "ab")
                model[key]?.value += "ab"
            case 5:
                let deadline = random.below(2) == 0 ? fixture.now + Int64(random.below(4000)) : .max
                fixture.setDeadline(key, deadline)
                model[key]?.deadline = deadline
            case 6 where step % 16 == 0: fixture.expireAll()
            default: #expect(fixture.get(key) == model[key]?.value)
            }
        }
        fixture.now += 1200
        fixture.expireAll()
        model = model.filter { $0.value.deadline >= fixture.now }
        var seen: [String: String] = [:]
        fixture.database.forEach { entry in
            if !entry.isExpired(now: fixture.now) { seen[entry.key.string] = entry.withString { $0.string } }
        }
        #expect(seen == model.mapValues { $0.value })
        #expect(fixture.database.deadlineCount >= model.values.count { $0.deadline != .max })
        var bytes = 0
        fixture.database.forEach { bytes += $0.memoryBytes }
        #expect(bytes < fixture.usedBytes)
        fixture.database.removeAll()
        fixture.freeAll()
        #expect(fixture.usedBytes == 0 && fixture.database.deadlineCount == 0)
    }

    @Test func expiresLazilyAndActively() {
        let fixture = Fixture()
        var names: [String] = []
        unsafe fixture.shard.pointee.onExpired = { names.append("\($0.index) \($1.key.string)") }
        fixture.set("soon", "1", deadline: fixture.now + 10)
        fixture.set("later", "1", deadline: fixture.now + 500)
        fixture.set("never", "1")
        fixture.set("elsewhere", "1", deadline: fixture.now + 20, in: fixture.other)
        fixture.now += 10
        #expect(fixture.get("soon") != nil)
        fixture.now += 1
        #expect(fixture.get("soon") == nil && names == ["0 soon"])
        #expect(!fixture.expire(isOver: false))
        fixture.now += 600
        #expect(fixture.expire(isOver: true))
        fixture.expireAll()
        #expect(names == ["0 soon", "0 later", "1 elsewhere"])
        #expect(fixture.database.count == 1 && fixture.other.count == 0 && fixture.statistics.expired == 3)
        #expect(fixture.nextDue == .max && fixture.database.deadlineCount == 0)
    }

    @Test func movesEntries() {
        let fixture = Fixture()
        let long = String(repeating: "l", count: 100_000)
        fixture.set("a", long, deadline: fixture.now + 50)
        fixture.set("b", "old")
        let before = fixture.usedBytes
        fixture.withKey("a") { source, sourceHash in
            fixture.withKey("b") { target, targetHash in
                guard let found = fixture.database.find(source, hash: sourceHash, now: fixture.now) else { return }
                let taken = fixture.database.take(found, hash: sourceHash)
                let old = fixture.database.find(target, hash: targetHash, now: fixture.now)
                fixture.database.insert(taken, as: target, hash: targetHash, replacing: old)
            }
        }
        #expect(fixture.get("a") == nil && fixture.get("b") == long)
        #expect(fixture.find("b")?.entry.deadline == fixture.now + 50 && fixture.usedBytes < before)
        fixture.remove("b")
        #expect(fixture.bytesWhenEmptied() == 0 && fixture.database.deadlineCount == 0)
    }

    @Test func countsHitsAndMisses() {
        let fixture = Fixture()
        fixture.set("a", "1")
        _ = fixture.get("a")
        _ = fixture.get("b")
        fixture.withKey("a") { _ = fixture.database.find($0, hash: $1, now: fixture.now, .peek) }
        #expect(fixture.statistics.keyspaceHits == 1 && fixture.statistics.keyspaceMisses == 1)
        unsafe fixture.shard.pointee.accessClock.advance(to: fixture.now + 7000)
        guard let entry = fixture.withKey("a", { fixture.database.find($0, hash: $1, now: fixture.now, .peek) })?.entry
        else { return }
        #expect(fixture.idleSeconds(entry) == 7)
        _ = fixture.get("a")
        #expect(fixture.idleSeconds(entry) == 0)
    }
}
