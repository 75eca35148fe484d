// Hashes in a database against a dictionary: conversions, deadlines of fields, and the accounts.
import Bytes
import Containers
import Keyspace
import Platform
import Testing

private struct ModelField: Equatable {
    var value: String
    var deadline: Int64
}

/// Hashes of a fixture's database beside dictionaries that say what must be in them.
private final class Hashes {
    let fixture = Fixture()
    var limits = HashLimits(entries: 8, valueBytes: 20)
    var model: [String: [String: ModelField]] = [:]

    init() { limits.seed = 5 }

    /// Changes the hash at the key, or a new one, and removes the key with the last field.
    func change(_ key: String, _ body: (inout HashValue) -> Void) {
        fixture.withKey(key) { name, hash in
            let database = fixture.database
            var found = database.find(name, hash: hash, now: fixture.now, .write)
            if let found {
                database.change(found) { value in
                    var hash = HashValue(value)
                    body(&hash)
                    value = hash.value
                }
            } else {
                var hash = HashValue.create()
                body(&hash)
                let value = NewValue.external(.hash, hash.value)
                found = self.fixture.withKey(key) { database.set($0, hash: $1, replacing: nil, value) }
            }
            guard let found else { return }
            if HashValue(found.entry.external).count == 0 {
                database.remove(found, hash: hash)
            } else {
                database.noteElementDeadlines(found, hash: hash)
            }
        }
    }

    func set(_ key: String, _ field: String, _ value: String, deadline: Int64?) {
        let now = fixture.now
        change(key) { hash in
            ByteView.withView(field) { field in
                ByteView.withView(value) {
                    let isNew = hash.set(field, $0, deadline: deadline, now: now, limits)
                    #expect(isNew == (model[key]?[field.string] == nil))
                }
            }
        }
        let kept = model[key]?[field]?.deadline ?? .max
        model[key, default: [:]][field] = ModelField(value: value, deadline: deadline ?? kept)
    }

    func remove(_ key: String, _ field: String) {
        let now = fixture.now
        change(key) { hash in
            ByteView.withView(field) {
                #expect(hash.remove($0, now: now) == (model[key]?[field] != nil))
            }
        }
        model[key]?[field] = nil
        if model[key]?.isEmpty == true { model[key] = nil }
    }

    func setDeadline(_ key: String, _ field: String, _ deadline: Int64) {
        guard model[key]?[field] != nil else { return }
        change(key) { hash in ByteView.withView(field) { hash.setDeadline($0, deadline) } }
        model[key]?[field]?.deadline = deadline
    }

    func advance(_ milliseconds: Int64) {
        fixture.now += milliseconds
        for (key, fields) in model {
            let left = fields.filter { $0.value.deadline >= fixture.now }
            model[key] = left.isEmpty ? nil : left
        }
    }

    func contents(_ key: String) -> [String: ModelField]? {
        guard let found = fixture.find(key) else { return nil }
        let hash = HashValue(found.entry.external)
        var contents: [String: ModelField] = [:]
        hash.forEach(now: fixture.now) { name, value in
            let name = name.withBytes { $0.string }
            let deadline = ByteView.withView(name) { hash.find($0, now: fixture.now)?.deadline }
            contents[name] = ModelField(value: value.withBytes { $0.string }, deadline: deadline ?? -1)
        }
        #expect(hash.liveCount(now: fixture.now) == contents.count)
        return contents.isEmpty ? nil : contents
    }

    func check() {
        for key in 0..<6 { #expect(contents("key\(key)") == model["key\(key)"]) }
    }

    /// The memory as it would be if it was counted now.
    var countedBytes: Int {
        var total = 0
        fixture.database.forEach { total += $0.memoryBytes }
        return total
    }
}

@Suite struct HashValueTests {
    @Test(arguments: [1, 2, 3])
    func matchesTheModel(seed: Int) {
        let hashes = Hashes()
        var random = Random(state: UInt64(seed))
        var expired = 0
        for turn in 0..<6000 {
            let key = "key\(random.below(6))"
            let field = "\(random.below(seed == 1 ? 5 : 30))"
            let deadline = hashes.fixture.now + Int64(random.below(50))
            switch random.below(12) {
            case 0..<4: hashes.set(key, field, "\(random.below(1000))", deadline: .max)
            case 4: hashes.set(key, field, "value\(random.below(1000))", deadline: nil)
            case 5: hashes.set(key, field, String(repeating: "v", count: random.below(22)), deadline: deadline)
            case 6..<8: hashes.remove(key, field)
            case 8: hashes.setDeadline(key, field, deadline)
            case 9: hashes.setDeadline(key, field, .max)
            case 10: hashes.advance(Int64(random.below(4)))
            default: if random.below(3) == 0 { hashes.fixture.expireAll() }
            }
            if turn % 50 == 0 {
                hashes.check()
                let bytes = hashes.fixture.database.count == 0 ? 0 : hashes.countedBytes
                #expect(hashes.fixture.usedBytes - hashes.fixture.tableBytes == bytes)
            }
            expired = hashes.fixture.statistics.expiredFields
        }
        #expect(expired > 0)
        #expect(hashes.fixture.bytesWhenEmptied() == 0)
    }

    @Test func manyTablesThatGoTogetherAreFreedOneByOne() {
        for expires in [true, false] {
            let hashes = Hashes()
            let fixture = hashes.fixture
            for number in 0..<200 {
                for field in 0..<20 { hashes.set("key\(number)", "field\(field)", "value", deadline: .max) }
                if expires { fixture.setDeadline("key\(number)", fixture.now + 10) }
            }
            fixture.now += 3000
            if expires {
                fixture.expireAll()
                #expect(fixture.statistics.expired == 200 && fixture.statistics.expiredLate == 200)
                #expect(fixture.statistics.longestDelay == 2990)
            } else {
                fixture.database.removeAll()
            }
            #expect(fixture.database.count == 0)
            // The entries of a dropped table go with its segment, the hashes behind them one at a time.
            var steps = 0
            _ = unsafe fixture.shard.pointee.freeDeferred(isOver: {
                steps += 1
                return steps > 50
            })
            #expect(fixture.deferredCount > 100)
            fixture.freeAll()
            #expect(fixture.deferredCount == 0 && fixture.bytesWhenEmptied() == 0)
        }
    }

    @Test func fewDueFieldsInEachPartOfALargeHashAreRemovedInSlices() {
        let hashes = Hashes()
        let fixture = hashes.fixture
        for field in 0..<20_000 {
            hashes.set("key", "field\(field)", "value", deadline: fixture.now + (field % 100 == 0 ? 10 : 1_000_000))
        }
        fixture.now += 2000
        var slices = 0
        var most = 0
        repeat {
            var checks = 0
            let before = fixture.statistics.expiredFields
            _ = unsafe fixture.shard.pointee.expireDue(
                now: fixture.now,
                isOver: {
                    checks += 1
                    return checks > 1
                })
            most = max(most, fixture.statistics.expiredFields - before)
            slices += 1
        } while fixture.nextDue < fixture.now && slices < 1000
        // Some fifty segments with four due fields each.
        #expect(fixture.statistics.expiredFields == 200)
        #expect(slices > 3 && most < 100)
    }

    @Test func conversions() {
        let hashes = Hashes()
        let fixture = hashes.fixture
        hashes.set("a", "f", "1", deadline: .max)
        #expect(fixture.encoding("a") == "listpack")
        hashes.set("a", "g", "1", deadline: fixture.now + 5)
        #expect(fixture.encoding("a") == "listpackex" && fixture.nextDue == fixture.now + 5)
        for number in 0..<7 { hashes.set("a", "\(number)", "1", deadline: .max) }
        #expect(fixture.encoding("a") == "hashtable")
        hashes.set("b", "f", String(repeating: "x", count: 21), deadline: .max)
        #expect(fixture.encoding("b") == "hashtable")
        hashes.advance(20)
        fixture.expireAll()
        #expect(fixture.find("a").map { HashValue($0.entry.external).count } == 8)
    }

    @Test func theKeyGoesWithItsLastField() {
        let hashes = Hashes()
        let fixture = hashes.fixture
        for number in 0..<20_000 { hashes.set("a", "field\(number)", "v", deadline: fixture.now + 10) }
        hashes.set("b", "f", "v", deadline: fixture.now + 10)
        hashes.set("c", "f", "v", deadline: .max)
        hashes.advance(5)
        fixture.expireAll()
        #expect(fixture.database.count == 3)
        hashes.advance(6)
        fixture.expireAll()
        #expect(fixture.database.count == 1 && fixture.statistics.expiredFields == 20_001)
        #expect(fixture.statistics.expired == 0 && fixture.nextDue == .max)
    }

    @Test func dueFieldsMoveWithTheirHash() {
        let hashes = Hashes()
        let fixture = hashes.fixture
        hashes.set("a", "f", "v", deadline: fixture.now + 10)
        fixture.withKey("a") { name, hash in
            guard let found = fixture.database.find(name, hash: hash, now: fixture.now) else { return }
            let taken = fixture.database.take(found, hash: hash)
            _ = fixture.withKey("b") { fixture.other.insert(taken, as: $0, hash: $1, replacing: nil) }
        }
        hashes.advance(11)
        fixture.expireAll()
        #expect(fixture.other.count == 0 && fixture.database.count == 0)
    }

    @Test func walksGoThroughAllFields() {
        let hashes = Hashes()
        for number in 0..<1000 { hashes.set("a", "field\(number)", "v", deadline: .max) }
        guard let found = hashes.fixture.find("a") else { return }
        let hash = HashValue(found.entry.external)
        var seen: [String] = []
        var position: UInt64? = 0
        while let current = position {
            position = hash.scan(from: current, now: hashes.fixture.now) { name, _ in
                seen.append(name.withBytes { $0.string })
            }
        }
        #expect(seen.count == 1000 && Set(seen).count == 1000)
    }
}
