// Defragmentation that moves every block: nothing may be lost, and nothing may be where it was freed.
import Bytes
import Containers
import Keyspace
import Platform
import Testing

@Suite struct DefragmentationTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
        }
    }

    /// One whole pass, of slices that end after every step.
    private func pass(_ fixture: Fixture, _ mover: inout BlockMover, between: () -> Void = {}) {
        var isMore = true
        while isMore {
            var isFirst = true
            isMore = unsafe fixture.shard.pointee.defragment(&mover) {
                defer { isFirst = false }
                return !isFirst
            }
            between()
        }
    }

    private func text(_ number: Int, _ length: Int) -> String {
        let word = "\(number)-"
        return String(String(repeating: word, count: length / word.count + 1).prefix(length))
    }

    @Test func stringsStayWhatTheyAre() {
        let fixture = Fixture()
        var random = Random(state: 1)
        var model: [String: String] = [:]
        var mover = BlockMover(movesAll: true)
        for number in 0..<3000 {
            let key = "key:\(Int.random(in: 0..<1200, using: &random))"
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                fixture.remove(key)
                model[key] = nil
            case 1 where model[key] != nil && (model[key]?.count ?? 0) < 3000:
                fixture.append(key, text(number, 700))
                model[key]? += text(number, 700)
            default:
                let value = text(number, Int.random(in: 0..<1500, using: &random))
                fixture.set(key, value, deadline: number % 3 == 0 ? 2_000_000 : .max)
                model[key] = value
            }
            if number % 500 == 499 { pass(fixture, &mover) }
        }
        pass(fixture, &mover)
        #expect(mover.movedCount > model.count)
        #expect(fixture.database.count == model.count)
        for (key, value) in model { #expect(fixture.get(key) == value) }
        // Deadlines are still found after the segments have moved.
        fixture.now = 3_000_000
        unsafe _ = fixture.shard.pointee.expireDue(now: fixture.now) { false }
        #expect(fixture.database.deadlineCount == 0)
        #expect(fixture.bytesWhenEmptied() == 0)
    }

    @Test func keysMayGoBetweenSlices() {
        let fixture = Fixture()
        for number in 0..<5000 { fixture.set("key:\(number)", text(number, 40)) }
        var mover = BlockMover(movesAll: true)
        var next = 0
        pass(fixture, &mover) {
            for _ in 0..<200 where next < 4900 {
                fixture.remove("key:\(next)")
                next += 1
            }
        }
        for number in next..<5000 { #expect(fixture.get("key:\(number)") == text(number, 40)) }
        #expect(fixture.database.count == 5000 - next)
        #expect(fixture.bytesWhenEmptied() == 0)
    }

    private func put(_ fixture: Fixture, _ key: String, _ type: ValueType, _ value: ExternalValue) {
        fixture.withKey(key) { name, hash in
            _ = fixture.database.set(name, hash: hash, replacing: nil, .external(type, value))
        }
    }

    private func value(_ fixture: Fixture, _ key: String) throws -> ExternalValue {
        try #require(fixture.find(key)).entry.external
    }

    @Test(arguments: [3, 200, 5000])
    func setsAndHashes(count: Int) throws {
        let fixture = Fixture()
        var set = SetValue.emptyTable(seed: 5)
        var hash = HashValue.create()
        var limits = HashLimits()
        limits.seed = 5
        for number in 0..<count {
            ByteView.withView("member:\(number)") { name in
                _ = set.insert(name, SetLimits(integers: 1, listpackEntries: 1, listpackValue: 1), seed: 5)
                ByteView.withView(text(number, 30)) { _ = hash.set(name, $0, deadline: nil, now: 0, limits) }
            }
        }
        put(fixture, "set", .set, set.value)
        put(fixture, "hash", .hash, hash.value)
        var mover = BlockMover(movesAll: true)
        pass(fixture, &mover)
        #expect(mover.movedCount > (count > 512 ? 2 * count : 3))
        let movedSet = SetValue(try value(fixture, "set"))
        let movedHash = HashValue(try value(fixture, "hash"))
        #expect(movedSet.count == count && movedHash.count == count)
        for number in 0..<count {
            ByteView.withView("member:\(number)") { name in
                #expect(movedSet.contains(name))
                #expect(movedHash.find(name, now: 0)?.value.withBytes { $0.string } == text(number, 30))
            }
        }
        #expect(fixture.bytesWhenEmptied() == 0)
    }

    @Test(arguments: [1, 62, 63, 3000])
    func sortedSets(count: Int) throws {
        let fixture = Fixture()
        let tree = RankedTree.create(seed: 9)
        for number in 0..<count {
            ByteView.withView("member:\(number * 7919 % count)") { tree.insert($0, score: Double(number / 3)) }
        }
        let before = members(tree)
        put(fixture, "ranking", .sortedSet, SortedSetValue(tree).value)
        var mover = BlockMover(movesAll: true)
        for _ in 0..<2 { pass(fixture, &mover) }
        let moved = unsafe RankedTree(address: try value(fixture, "ranking").address)
        moved.checkInvariants()
        #expect(members(moved) == before && mover.movedCount > 2 * count)
        for number in 0..<count { #expect(ByteView.withView("member:\(number)") { moved.remove($0) }) }
        ByteView.withView("last") { moved.insert($0, score: 1) }
        moved.checkInvariants()
    }

    private func members(_ tree: RankedTree) -> [String] {
        var found: [String] = []
        var position = tree.start
        while let element = position.element {
            found.append("\(element.member.string)=\(position.score)")
            position.moveForward()
        }
        return found
    }

    @Test func lists() throws {
        let fixture = Fixture()
        let limit = NodeLimit(directive: 8)
        let list = Quicklist.create()
        var model: [String] = []
        for number in 0..<2000 {
            let element = text(number, number % 97 == 0 ? 10_000 : 20)
            ByteView.withView(element) { list.append($0, limit) }
            model.append(element)
        }
        put(fixture, "list", .list, unsafe ExternalValue(encoding: .quicklist, address: list.address))
        var mover = BlockMover(movesAll: true)
        // The node at which the walk would go on is taken away between two slices.
        pass(fixture, &mover) {
            if let value = try? value(fixture, "list"), model.count > 1000 {
                unsafe Quicklist(address: value.address).removeRange(index: 0, count: 300)
                model.removeFirst(300)
            }
        }
        let moved = unsafe Quicklist(address: try value(fixture, "list").address)
        var found: [String] = []
        var cursor = moved.firstCursor
        while var current = cursor {
            found.append(current.element.withBytes { $0.string })
            cursor = current.move(forward: true) ? current : nil
        }
        #expect(found == model && moved.count == model.count)
    }
}
