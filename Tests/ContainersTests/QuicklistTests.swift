// Quicklists against an array, with their memory and the shape of their nodes.
import Bytes
import Containers
import Testing

/// A quicklist beside an array that says what must be in it.
private struct CheckedList {
    var list = Quicklist.create()
    var model: [[UInt8]] = []
    let limit: NodeLimit

    func texts(forward: Bool) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var cursor = forward ? list.firstCursor : list.lastCursor
        while var current = cursor {
            found.append(current.element.withBytes { $0.bytes })
            cursor = current.move(forward: forward) ? current : nil
        }
        return found
    }

    /// Whether the elements, their number, the nodes and the memory are what they should be.
    func check() {
        #expect(texts(forward: true) == model && texts(forward: false) == model.reversed())
        #expect(list.count == model.count)
        var nodes = 0
        var elements = 0
        var memory = 48
        var next = list.first
        while let node = next {
            nodes += 1
            elements += node.count
            memory += 32 + (node.isLarge ? node.large.memoryBytes : node.listpack.memoryBytes)
            if !node.isLarge { #expect(node.listpack.count == node.count && Listpack.isValid(node.listpack.bytes)) }
            #expect(node.count > 0 && node.isLarge == (node.isLarge && limit.isLarge(node.large.count)))
            next = node.next
        }
        #expect(nodes == list.nodeCount && elements == list.count && memory == list.memoryBytes)
    }

    mutating func change(_ random: inout Random) {
        let large = random.below(30) == 0
        let text = large ? [UInt8](repeating: 76, count: limit.bytes + 1 + random.below(900)) : random.text()
        let index = model.isEmpty ? 0 : random.below(model.count)
        let after = random.below(2) == 0
        ByteView.withView(text) { view in
            guard !model.isEmpty else { return append(view) }
            switch random.below(model.count > 1500 ? 12 : 9) {
            case 0, 1: append(view)
            case 2, 3:
                list.prepend(view, limit)
                model.insert(text, at: 0)
            case 4, 5:
                list.insert(view, at: list.cursor(at: index)!, after: after, limit)
                model.insert(text, at: after ? index + 1 : index)
            case 6:
                list.replace(list.cursor(at: index)!, view, limit)
                model[index] = text
            case 7:
                if after { list.removeFirst() } else { list.removeLast() }
                model.remove(at: after ? 0 : model.count - 1)
            case 8, 9: removeSome(index, 1 + random.below(4), forward: after)
            default:
                let count = random.below(1 + model.count / 2)
                list.removeRange(index: index, count: count)
                model.removeSubrange(index..<min(model.count, index + count))
            }
        }
    }

    private mutating func append(_ view: ByteView) {
        list.append(view, limit)
        model.append(view.bytes)
    }

    private mutating func removeSome(_ index: Int, _ count: Int, forward: Bool) {
        var cursor = list.cursor(at: index)!
        var place = index
        for _ in 0..<count {
            let isMore = list.remove(&cursor, forward: forward)
            model.remove(at: place)
            if !forward { place -= 1 }
            #expect(isMore == model.indices.contains(place))
            guard isMore else { return }
            #expect(cursor.element.withBytes { $0.bytes } == model[place])
        }
    }
}

@Suite struct QuicklistTests {
    @Test(arguments: [-2, -1, -5, 1, 4, 100], 0..<4 as Range<UInt64>)
    func operationsEqualTheModel(directive: Int, seed: UInt64) {
        var random = Random(state: seed)
        var checked = CheckedList(limit: NodeLimit(directive: directive))
        for step in 0..<2500 {
            checked.change(&random)
            if step % 250 == 0 { checked.check() }
        }
        checked.check()
        let copy = checked.list.copy()
        #expect(copy.memoryBytes <= checked.list.memoryBytes && copy.count == checked.list.count)
        var rounds = 1
        while copy.release(limit: 16) { rounds += 1 }
        #expect(rounds > 1 || checked.list.nodeCount < 3)
        for index in stride(from: -1, through: checked.model.count, by: 7) {
            let text = checked.list.cursor(at: index).map { $0.element.withBytes { $0.bytes } }
            #expect(text == (checked.model.indices.contains(index) ? checked.model[index] : nil))
        }
        while checked.list.release(limit: .max) {}
    }

    @Test func nodesAreFilled() {
        let limit = NodeLimit(directive: -2)
        let list = Quicklist.create()
        let text = [UInt8](repeating: 97, count: 100)
        ByteView.withView(text) { view in
            for _ in 0..<8000 { list.append(view, limit) }
            for _ in 0..<8000 { list.prepend(view, limit) }
        }
        // 102 bytes an element, 79 in a node of 8 KiB.
        #expect(list.nodeCount <= 204 && list.memoryBytes < 16000 * 106)
        while list.release(limit: 256) {}
    }

    @Test func limitsAreThoseOfTheDirective() {
        let bytes = [-1, -2, -3, -4, -5, -9].map { NodeLimit(directive: $0).bytes }
        #expect(bytes == [4096, 8192, 16384, 32768, 65536, 65536])
        #expect([0, 1, 128].map { NodeLimit(directive: $0).count } == [1, 1, 128])
        #expect(NodeLimit(directive: 3).isLarge(8193) && !NodeLimit(directive: 3).isLarge(8192))
        #expect(NodeLimit(directive: 4).isSmallAgain(bytes: 8000, count: 2))
        #expect(!NodeLimit(directive: 4).isSmallAgain(bytes: 10, count: 3))
        #expect(NodeLimit(directive: -1).isSmallAgain(bytes: 2048, count: 1000))
    }
}
