// Sorted set values in both forms beside a sorted array, and their memory.
import Bytes
import Containers
import Keyspace
import Testing

@Suite struct SortedSetValueTests {
    /// Small limits, so that both forms and the change between them are seen.
    private static func limits(_ entries: Int) -> SortedSetLimits {
        var limits = SortedSetLimits()
        limits.entries = entries
        limits.valueBytes = 20
        return limits
    }

    private static func members(_ set: SortedSetValue, reversed: Bool = false) -> [String] {
        var found: [String] = []
        if set.count == 0 { return found }
        var cursor = set.cursor(rank: reversed ? set.count - 1 : 0, reversed: reversed)
        for place in 1...set.count {
            found.append("\(cursor.member.withBytes { $0.string })=\(cursor.score)")
            if place < set.count { cursor.advance() }
        }
        return found
    }

    @Test(arguments: [0, 4, 30, 1000])
    func behavesLikeASortedArray(entries: Int) {
        let limits = Self.limits(entries)
        var set = SortedSetValue.create(memberLength: 1, limits: limits, seed: 3)
        defer { set.release() }
        var model: [String: Double] = [:]
        var random: UInt64 = UInt64(entries) + 1
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        for _ in 0..<2000 {
            let member = "\(next(60))"
            if next(3) == 0 {
                let removed = ByteView.withView(member) { set.remove($0) }
                #expect(removed == (model.removeValue(forKey: member) != nil))
            } else {
                let score = Double(next(12)) / 2
                ByteView.withView(member) { set.set($0, score: score, limits: limits, seed: 3) }
                model[member] = score
            }
            #expect(set.count == model.count)
        }
        let wanted = model.sorted {
            $0.value != $1.value ? $0.value < $1.value : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        #expect(Self.members(set) == wanted.map { "\($0.key)=\($0.value)" })
        #expect(Self.members(set, reversed: true) == wanted.reversed().map { "\($0.key)=\($0.value)" })
        for (rank, pair) in wanted.enumerated() {
            let found = ByteView.withView(pair.key) { set.rank(of: $0) }
            #expect(found?.rank == rank && found?.score == pair.value)
        }
        for low in stride(from: -1.0, to: 7, by: 0.5) {
            var range = ScoreRange(minimum: low, maximum: low + 1.5)
            range.excludesMinimum = low.truncatingRemainder(dividingBy: 1) == 0
            let ranks = set.ranks(range)
            let inside = wanted.filter {
                (range.excludesMinimum ? $0.value > low : $0.value >= low) && $0.value <= low + 1.5
            }
            #expect(ranks.count == inside.count)
            if let first = inside.first { #expect(wanted[ranks.lowerBound].key == first.key) }
        }
    }

    @Test func convertsAtItsLimits() {
        let limits = Self.limits(4)
        var set = SortedSetValue.create(memberLength: 1, limits: limits, seed: 3)
        defer { set.release() }
        for index in 0..<4 { ByteView.withView("m\(index)") { set.set($0, score: 1, limits: limits, seed: 3) } }
        #expect(set.value.encoding == .listpack)
        ByteView.withView("m3") { set.set($0, score: 2, limits: limits, seed: 3) }
        #expect(set.value.encoding == .listpack)
        ByteView.withView("m4") { set.set($0, score: 1, limits: limits, seed: 3) }
        #expect(set.value.encoding == .sortedTree)
        #expect(Self.members(set) == ["m0=1.0", "m1=1.0", "m2=1.0", "m4=1.0", "m3=2.0"])
        let long = SortedSetValue.create(memberLength: 21, limits: limits, seed: 3)
        #expect(long.value.encoding == .sortedTree)
        long.release()
    }

    @Test func aTreeBecomesCompactOnlyIfItMay() {
        func tree(_ members: [String]) -> RankedTree {
            let tree = RankedTree.create(seed: 1)
            for member in members { ByteView.withView(member) { tree.insert($0, score: -0.0) } }
            return tree
        }
        let limits = Self.limits(2)
        let few = SortedSetValue.create(taking: tree(["b", "a"]), limits: limits)
        #expect(few.value.encoding == .listpack && Self.members(few) == ["a=0.0", "b=0.0"])
        few.release()
        let many = SortedSetValue.create(taking: tree(["b", "a", "c"]), limits: limits)
        #expect(many.value.encoding == .sortedTree)
        many.release()
        let long = SortedSetValue.create(taking: tree([String(repeating: "x", count: 21)]), limits: limits)
        #expect(long.value.encoding == .sortedTree)
        long.release()
    }
}
