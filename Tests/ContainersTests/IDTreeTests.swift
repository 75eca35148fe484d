// The tree of IDs beside a sorted dictionary.
import Containers
import Platform
import Testing

/// A tree and what must be in it. What an ID points to is a number, which nobody looks behind.
private final class CheckedTree {
    var tree = IDTree()
    var bytes = 0
    var model: [StreamID: Int] = [:]

    var sorted: [StreamID] { model.keys.sorted() }

    func insert(_ id: StreamID, _ number: Int) {
        guard let address = unsafe UnsafeMutableRawPointer(bitPattern: number) else { return }
        let isNew = unsafe tree.insert(id, address, &bytes)
        #expect(isNew == (model[id] == nil))
        if isNew { model[id] = number }
    }

    func remove(_ id: StreamID) {
        let address = unsafe tree.remove(id, &bytes)
        #expect(unsafe address.map { Int(bitPattern: $0) } == model.removeValue(forKey: id))
    }

    /// Compares everything that can be asked.
    func check(_ random: inout Random, range: Int) {
        #expect(tree.defect(bytes: bytes) == nil)
        let wanted = sorted
        #expect(tree.count == wanted.count)
        var seen: [StreamID] = []
        var next = tree.firstCursor
        while let cursor = next {
            seen.append(cursor.id)
            var following = cursor
            next = following.advance() ? following : nil
        }
        #expect(seen == wanted)
        var backwards: [StreamID] = []
        next = tree.lastCursor
        while let cursor = next {
            backwards.append(cursor.id)
            var following = cursor
            next = following.retreat() ? following : nil
        }
        #expect(backwards == wanted.reversed())
        for _ in 0..<20 {
            let id = StreamID(UInt64(random.below(range)), UInt64(random.below(3)))
            #expect(unsafe tree.find(id).map { Int(bitPattern: $0) } == model[id])
            #expect(tree.cursor(atOrAfter: id)?.id == wanted.first { $0 >= id })
            #expect(tree.cursor(atOrBefore: id)?.id == wanted.last { $0 <= id })
        }
    }
}

@Suite struct IDTreeTests {
    @Test func randomChanges() {
        var random = Random(state: 11)
        for round in 0..<30 {
            let checked = CheckedTree()
            let range = [4, 50, 400, 5000][round % 4]
            for step in 0..<1500 {
                let id = StreamID(UInt64(random.below(range)), UInt64(random.below(3)))
                let grows = (step / 300) % 2 == 0
                if random.below(10) < (grows ? 7 : 2) { checked.insert(id, step + 1) } else { checked.remove(id) }
                if step % 250 == 249 { checked.check(&random, range: range) }
            }
            for id in checked.sorted { checked.remove(id) }
            #expect(checked.bytes == 0)
            #expect(checked.tree.nodeCount == 0)
        }
    }

    @Test func addingAtTheEndFillsLeaves() {
        let checked = CheckedTree()
        for number in 1...10_000 { checked.insert(StreamID(UInt64(number), 0), number) }
        #expect(checked.tree.defect(bytes: checked.bytes) == nil)
        // 24 bytes a pair, and little more.
        #expect(checked.bytes < 10_000 * 28)
        for number in 1...9_990 { checked.remove(StreamID(UInt64(number), 0)) }
        #expect(checked.tree.defect(bytes: checked.bytes) == nil)
        #expect(checked.bytes < 2000)
        while unsafe checked.tree.removeLast(&checked.bytes) != nil {}
        #expect(checked.bytes == 0)
    }

    @Test func nextAndPrevious() {
        #expect(StreamID(1, .max).next == StreamID(2, 0))
        #expect(StreamID(2, 0).previous == StreamID(1, .max))
        #expect(StreamID.maximum.next == nil)
        #expect(StreamID.zero.previous == nil)
        #expect(StreamID(3, 4) < StreamID(3, 5) && StreamID(2, 9) < StreamID(3, 0))
    }
}
