// What big hashes, sets and sorted sets are made of: tables of elements and ranked trees.
import Benchmark
import Bytes
import Containers

/// A table of elements with names and values of sixteen bytes.
@safe
private final class ElementTableSubject {
    private let names: MemberNames
    private let table = ElementTable.create(seed: 1)
    private let count: Int
    private var draw = Draw()
    private var position: UInt64 = 0

    /// Of `names`, the first half is in it.
    init(count: Int) {
        self.count = count
        names = MemberNames(count: count * 2)
        for number in 0..<count { insert(names[number]) }
    }

    deinit { while table.release(limit: 1000) {} }

    private func insert(_ name: ByteView) { table.insert(name, hash: table.hash(name), value: names[0]) }

    @inline(never)
    func find() -> Int { table.find(names[draw.next(below: count)])?.element.value.count ?? 0 }

    @inline(never)
    func insertAndRemove() -> Bool {
        let name = names[count + draw.next(below: count)]
        insert(name)
        return table.remove(name)
    }

    /// Goes on with the scan until it has seen so many elements, over and over.
    @inline(never)
    func scan(atLeast wanted: Int) -> Int {
        var seen = 0
        while seen < wanted { position = table.scan(from: position) { _ in seen &+= 1 } ?? 0 }
        return seen
    }
}

/// A tree of members of sixteen bytes, whose scores are all different and in no order.
@safe
private final class RankedTreeSubject {
    private let names: MemberNames
    private let tree = RankedTree.create(seed: 1)
    private let count: Int
    private var draw = Draw()

    /// Of `names`, the first half is in it.
    init(count: Int) {
        self.count = count
        names = MemberNames(count: count * 2)
        for number in 0..<count { tree.insert(names[number], score: Double(number * 61_803 % count)) }
    }

    deinit { while tree.release(limit: 1000) {} }

    @inline(never)
    func insertAndRemove() -> Bool {
        let name = names[count + draw.next(below: count)]
        tree.insert(name, score: Double(draw.next(below: count)) + 0.5)
        return tree.remove(name)
    }

    @inline(never)
    func rank() -> Int { tree.find(names[draw.next(below: count)]).map { tree.rank(of: $0) } ?? 0 }

    @inline(never)
    func rescore() {
        guard let element = tree.find(names[draw.next(below: count)]) else { return }
        tree.update(element, score: Double(draw.next(below: count)))
    }

    @inline(never)
    func range() -> Int {
        var position = tree.position(rank: draw.next(below: count - 100))
        var length = 0
        for _ in 0..<100 {
            length &+= position.element?.member.count ?? 0
            position.moveForward()
        }
        return length
    }
}

func collectionBenchmarks() {
    // Larger than the inner caches, as those are that get such a table.
    let elements = ElementTableSubject(count: 100_000)
    repeated("element table hit") { elements.find() }
    repeated("element table insert and remove") { elements.insertAndRemove() }
    Benchmark("element table scan of 1,000 elements") { _ in blackHole(elements.scan(atLeast: 1000)) }
    let tree = RankedTreeSubject(count: 100_000)
    repeated("ranked tree insert and remove") { tree.insertAndRemove() }
    repeated("ranked tree rank") { tree.rank() }
    repeated("ranked tree range of 100") { tree.range() }
    repeated("ranked tree new score") { tree.rescore() }
}
