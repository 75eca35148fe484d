// The ranked tree beside a sorted array of pairs.
import Bytes
import Containers
import Testing

/// A tree and what must be in it.
private final class CheckedRanking {
    var tree = RankedTree.create(seed: 7)
    var scores: [String: Double] = [:]

    deinit { while tree.release(limit: 50) {} }

    var sorted: [(score: Double, member: String)] {
        scores.map { ($0.value, $0.key) }.sorted {
            $0.0 != $1.0 ? $0.0 < $1.0 : Array($0.1.utf8).lexicographicallyPrecedes(Array($1.1.utf8))
        }
    }

    func set(_ member: String, _ score: Double) {
        ByteView.withView(member) { view in
            if let element = tree.find(view) {
                tree.update(element, score: score)
            } else {
                tree.insert(view, score: score)
            }
        }
        scores[member] = score
    }

    func remove(_ member: String) {
        let wasThere = ByteView.withView(member) { tree.remove($0) }
        #expect(wasThere == (scores.removeValue(forKey: member) != nil))
    }

    func remove(ranks: Range<Int>) {
        for pair in sorted[ranks] { scores[pair.member] = nil }
        tree.remove(ranks: ranks)
    }

    /// Compares everything that can be asked.
    func check(_ random: inout Random) {
        tree.checkInvariants()
        let wanted = sorted
        #expect(tree.count == wanted.count)
        var position = tree.start
        var seen = 0
        while let element = position.element {
            guard seen < wanted.count else { break }
            if element.member.string != wanted[seen].member || position.score != wanted[seen].score {
                Issue.record("at rank \(seen): \(element.member.string), not \(wanted[seen].member)")
                return
            }
            seen += 1
            position.moveForward()
        }
        #expect(seen == wanted.count)
        position = tree.end
        while position.element != nil {
            seen -= 1
            position.moveBackward()
        }
        #expect(seen == 0)
        for _ in 0..<min(20, wanted.count) {
            let rank = random.below(wanted.count)
            #expect(tree.position(rank: rank).element?.member.string == wanted[rank].member)
            let found = ByteView.withView(wanted[rank].member) { tree.find($0).map { tree.rank(of: $0) } }
            #expect(found == rank)
            let score = wanted[rank].score
            #expect(tree.rank(below: score) == wanted.firstIndex { $0.score >= score } ?? wanted.count)
            #expect(
                tree.rank(below: score, inclusive: true) == wanted.firstIndex { $0.score > score } ?? wanted.count)
        }
    }
}

@Suite struct RankedTreeTests {
    @Test func emptyTree() {
        let ranking = CheckedRanking()
        var random = Random(state: 1)
        ranking.check(&random)
        #expect(ranking.tree.start.element == nil && ranking.tree.end.element == nil)
        #expect(ranking.tree.rank(below: 5) == 0)
    }

    @Test(arguments: [3, 40, 400, 4000])
    func randomChanges(bound: Int) {
        let ranking = CheckedRanking()
        var random = Random(state: UInt64(bound))
        for turn in 0..<60 {
            let removes = turn % 3 == 2
            for _ in 0..<max(10, bound / 4) {
                let member = "member:\(random.below(bound))"
                // Few scores, so that many are equal; infinities among them.
                let score = Double(random.below(bound / 8 + 2)) - 3
                if removes { ranking.remove(member) } else { ranking.set(member, score == -3 ? -.infinity : score) }
            }
            if turn % 10 == 9 && !ranking.scores.isEmpty {
                let start = random.below(ranking.scores.count)
                ranking.remove(ranks: start..<start + random.below(ranking.scores.count - start + 1))
            }
            ranking.check(&random)
        }
    }

    @Test func orderedInsertsFillLeaves() {
        let ranking = CheckedRanking()
        let falling = CheckedRanking()
        var random = Random(state: 5)
        for index in 0..<20000 {
            ranking.set("m\(index)", Double(index))
            falling.set("m\(index)", -Double(index))
        }
        ranking.check(&random)
        falling.check(&random)
        #expect(ranking.tree.fill > 0.99 && falling.tree.fill > 0.99)
    }

    @Test func randomInsertsFillLeavesWell() {
        let ranking = CheckedRanking()
        var random = Random(state: 6)
        for index in 0..<50000 { ranking.set("m\(index)", Double(random.below(1 << 30))) }
        ranking.check(&random)
        #expect(ranking.tree.fill > 0.7)
        while !ranking.scores.isEmpty {
            let start = random.below(ranking.scores.count)
            let most = min(ranking.scores.count - start, 9000)
            ranking.remove(ranks: start..<start + most)
            ranking.check(&random)
        }
    }

    @Test func membersOfEqualScoresAreOrderedByBytes() {
        let ranking = CheckedRanking()
        var random = Random(state: 8)
        for _ in 0..<3000 { ranking.set("\(random.below(1 << 40))", 0) }
        ranking.check(&random)
        let members = ranking.sorted.map(\.member)
        for rank in stride(from: 0, to: members.count, by: 97) {
            ByteView.withView(members[rank]) { member in
                #expect(ranking.tree.rank(below: member) == rank)
                #expect(ranking.tree.rank(below: member, inclusive: true) == rank + 1)
            }
        }
    }

    @Test func longMembersAndCopies() {
        let ranking = CheckedRanking()
        var random = Random(state: 9)
        for length in [0, 1, 253, 254, 255, 256, 1000, 70000] {
            ranking.set(String(repeating: "x", count: length), Double(length % 7))
        }
        ranking.check(&random)
        let copy = CheckedRanking()
        while copy.tree.release(limit: 1) {}
        copy.tree = ranking.tree.copy()
        copy.scores = ranking.scores
        copy.check(&random)
        copy.remove("x")
        copy.check(&random)
        ranking.check(&random)
    }

    @Test func memoryIsCountedWhileItIsFreed() {
        let tree = RankedTree.create(seed: 1)
        for index in 0..<30000 { ByteView.withView("m\(index)") { tree.insert($0, score: Double(index % 777)) } }
        var before = tree.memoryBytes
        var steps = 0
        while tree.release(limit: 100) {
            #expect(tree.memoryBytes < before)
            before = tree.memoryBytes
            steps += 1
        }
        #expect(steps > 50 && before < 150_000)
    }
}
