// The table of elements against a dictionary: names and values of all lengths, deadlines, walks, freeing.
import Bytes
import Containers
import Platform
import Testing

private struct ModelElement: Equatable {
    var value: [UInt8]
    var deadline: Int64
}

/// A table beside a dictionary that says what must be in it.
private final class CheckedElements {
    var table = ElementTable.create(seed: 99)
    var model: [[UInt8]: ModelElement] = [:]
    var random: Random

    init(state: UInt64) { random = Random(state: state) }

    func bytes(_ lengths: [Int]) -> [UInt8] {
        let length = lengths[random.below(lengths.count)]
        return (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    func name(_ number: Int) -> [UInt8] {
        let lengths = [0, 1, 2, 5, 8, 13, 17, 40, 70, 254, 255, 256, 300]
        var state = Random(state: UInt64(number))
        let length = number == 0 ? 0 : max(2, lengths[number % lengths.count])
        return (0..<length).map { $0 < 2 ? UInt8(truncatingIfNeeded: number >> ($0 * 8)) : UInt8(state.below(256)) }
    }

    func step(names: Int) {
        let name = name(random.below(names))
        let value = bytes([0, 1, 3, 9, 30, 60, 100, 254, 255, 256, 257, 1000])
        let deadline = random.below(3) == 0 ? Int64(random.below(1000)) : .max
        ByteView.withView(name) { name in
            let hash = table.hash(name)
            let found = table.find(name, hash: hash)
            #expect((found != nil) == (model[name.bytes] != nil))
            switch (random.below(5), found) {
            case (0, let found?):
                table.remove(found, hash: hash)
                model[name.bytes] = nil
            case (1, let found?):
                table.setDeadline(found, hash: hash, deadline)
                model[name.bytes]?.deadline = deadline
            case (_, let found?):
                ByteView.withView(value) { table.replace(found, hash: hash, value: $0, deadline: deadline) }
                #expect(found.element.value == table.find(name)?.element.value ?? .empty)
                model[name.bytes] = ModelElement(value: value, deadline: deadline)
            case (_, nil):
                ByteView.withView(value) { table.insert(name, hash: hash, value: $0, deadline: deadline) }
                model[name.bytes] = ModelElement(value: value, deadline: deadline)
            }
        }
    }

    static func contents(of table: ElementTable) -> [[UInt8]: ModelElement] {
        var contents: [[UInt8]: ModelElement] = [:]
        table.forEach { element in
            let isNew = contents.updateValue(
                ModelElement(value: element.value.bytes, deadline: element.deadline), forKey: element.name.bytes)
            #expect(isNew == nil)
        }
        return contents
    }

    func check() {
        #expect(table.isConsistent())
        #expect(CheckedElements.contents(of: table) == model)
        #expect(table.count == model.count)
    }
}

@Suite struct ElementTableTests {
    @Test(arguments: [3, 40, 900])
    func matchesTheModel(names: Int) {
        let checked = CheckedElements(state: UInt64(names))
        for turn in 0..<20_000 {
            checked.step(names: names)
            if turn % 2500 == 0 { checked.check() }
        }
        checked.check()
        let copy = checked.table.copy()
        while checked.table.release(limit: 10) {}
        checked.table = copy
        checked.check()
        while copy.release(limit: .max) {}
    }

    @Test func membersHaveNoValue() {
        let table = ElementTable.create(seed: 1)
        ByteView.withView("member:000001") { table.insert($0, hash: table.hash($0)) }
        let empty = ElementTable.create(seed: 1)
        // Thirteen bytes, a byte of flags and one for the length, in a block of sixteen, and the smallest segment.
        #expect(table.memoryBytes - empty.memoryBytes == 16 + 128 + 8)
        ByteView.withView("member:000001") { name in
            #expect(table.find(name)?.element.value.isEmpty == true)
            #expect(table.remove(name))
            #expect(!table.remove(name))
        }
        #expect(table.count == 0 && table.isConsistent())
        while table.release(limit: 1) {}
        while empty.release(limit: 1) {}
    }

    @Test func removesWhatIsDue() {
        let checked = CheckedElements(state: 5)
        for _ in 0..<5000 { checked.step(names: 3000) }
        var now: Int64 = 0
        while checked.table.nextDue != .max {
            now += 100
            while checked.table.nextDue <= now { _ = checked.table.removeDue(now: now) }
        }
        checked.model = checked.model.filter { $0.value.deadline == .max }
        checked.check()
        while checked.table.release(limit: 100) {}
    }

    @Test func isFreedInSlices() {
        let table = ElementTable.create(seed: 3)
        for number in 0..<100_000 {
            ByteView.withView("field:\(number)") { table.insert($0, hash: table.hash($0), value: $0) }
        }
        var bytes = table.memoryBytes
        var slices = 0
        while table.release(limit: 1000) {
            let left = table.memoryBytes
            #expect(left < bytes && bytes - left < 200_000)
            bytes = left
            slices += 1
        }
        #expect(slices > 50)
    }

    @Test func randomElementsAreFair() {
        let table = ElementTable.create(seed: 17)
        for number in 0..<2000 { ByteView.withView("\(number)") { table.insert($0, hash: table.hash($0)) } }
        var random = Random(state: 2)
        var counts: [[UInt8]: Int] = [:]
        for _ in 0..<200_000 {
            guard let element = table.randomElement({ random.next() }) else { break }
            counts[element.name.bytes, default: 0] += 1
        }
        // 1999 degrees of freedom: the mean is 1999, the standard deviation 63.
        let square = counts.values.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
        #expect(counts.count == 2000 && square > 1700 && square < 2300)
        while table.release(limit: .max) {}
    }
}
