// Listpacks, intsets and quicklists.
import Benchmark
import Bytes
import Containers

/// A listpack of so many texts like "element:57".
@safe
private final class ListpackSubject {
    private var list = Listpack.create()
    private var text = ByteBuffer()
    private var middle = 0

    init(count: Int) {
        for number in 0..<count {
            text.truncate(to: 0)
            text.append("element:\(number)")
            list.append(text.view)
        }
        middle = list.seek(count / 2) ?? list.start
    }

    deinit {
        list.release()
        text.deallocate()
    }

    /// The text is that of the last element.
    @inline(never)
    func findLast() -> Bool { list.contains(text.view) }

    @inline(never)
    func walk() -> Int {
        var position = list.start
        let end = list.end
        var bytes = 0
        while position < end {
            bytes &+= list.element(position).textLength
            position = list.next(position)
        }
        return bytes
    }

    @inline(never)
    func insertAndDelete() {
        list.insert(text.view, at: middle)
        list.delete(middle)
    }
}

/// A set of so many even numbers.
@safe
private final class IntegerSetSubject {
    private var set = IntegerSet.create()
    private let count: Int64
    private var cursor: Int64 = 0

    init(count: Int64) {
        self.count = count
        for number in 0..<count { _ = set.insert(number * 2) }
    }

    deinit { set.release() }

    /// A number in an order that caches cannot guess.
    private func drawn() -> Int64 {
        cursor = (cursor &+ 61_803) % count
        return cursor &* 2
    }

    @inline(never)
    func contains() -> Bool { set.contains(drawn()) }

    @inline(never)
    func insertAndRemove() -> Bool {
        let odd = drawn() &+ 1
        return set.insert(odd) && set.remove(odd)
    }
}

/// A quicklist of so many texts of sixteen bytes.
@safe
private final class QuicklistSubject {
    private let list = Quicklist.create()
    private let limit = NodeLimit(directive: -2)
    private var text = ByteBuffer()

    init(count: Int) {
        text.append("0123456789abcdef")
        for _ in 0..<count { list.append(text.view, limit) }
    }

    deinit {
        while list.release(limit: 256) {}
        text.deallocate()
    }

    @inline(never)
    func passThrough() {
        list.append(text.view, limit)
        list.removeFirst()
    }

    @inline(never)
    func pushBothWays() {
        list.prepend(text.view, limit)
        list.removeFirst()
    }

    @inline(never)
    func walk() -> Int {
        var bytes = 0
        var cursor = list.firstCursor
        while var current = cursor {
            bytes &+= current.element.textLength
            cursor = current.advance() ? current : nil
        }
        return bytes
    }

    @inline(never)
    func seekMiddle() -> Bool { list.cursor(at: list.count / 2) != nil }
}

func listBenchmarks() {
    let small = ListpackSubject(count: 128)
    repeated("listpack find the last of 128") { small.findLast() }
    repeated("listpack walk over 128") { small.walk() }
    repeated("listpack insert and delete amid 128") { small.insertAndDelete() }
    let integers = IntegerSetSubject(count: 512)
    repeated("intset contains, of 512") { integers.contains() }
    repeated("intset insert and remove, of 512") { integers.insertAndRemove() }
    let long = QuicklistSubject(count: 10_000)
    repeated("quicklist append and remove the first") { long.passThrough() }
    repeated("quicklist prepend and remove the first") { long.pushBothWays() }
    Benchmark("quicklist walk over 10,000") { _ in blackHole(long.walk()) }
    repeated("quicklist seek the middle of 10,000") { long.seekMiddle() }
}
