// The items of a weighted stream that weigh most, with a fixed number of counters.
import Bytes
import Platform

/// Unbiased Space-Saving: Daniel Ting, "Data Sketches for Disaggregated Subset Sum and Frequent Item Estimation",
/// SIGMOD 2018, after Metwally, Agrawal and El Abbadi's Space-Saving (ICDT 2005).
///
/// While there are fewer items than counters all of them are counted exactly. After that an item without a counter
/// adds its weight to the smallest one, and takes that counter over with a probability of weight ÷ sum: a long tail of
/// items that come once costs an addition and hardly ever a copy. Each counter also keeps what its item itself has
/// added since it took it over; that never says too much of an item, so it is what `heaviest` goes by.
///
/// In raw memory: an update allocates only to keep the bytes of a new item. No deinitialiser: the owner calls
/// `deallocate()`.
package struct SpaceSaving {
    struct Counter: BitwiseCopyable {
        var hash: UInt64
        /// Everything that was ever added to this counter.
        var sum: UInt64
        /// What the item itself has added.
        var own: UInt64
        var place: Int
        var key: ItemBytes
    }

    package let capacity: Int
    private var counters = RawArray<Counter>()
    /// The counters' numbers as a binary heap, the smallest sum first.
    private var heap = RawArray<Int32>()
    /// Open addressing by hash: a counter's number, or -1.
    private var index = RawArray<Int32>()
    private let mask: Int
    private var random: UInt64

    /// - Precondition: `capacity` is positive.
    package init(capacity: Int, seed: UInt64) {
        precondition(capacity > 0, "a sketch needs a counter")
        self.capacity = capacity
        random = seed | 1
        var size = 4
        while size < capacity * 2 { size *= 2 }
        mask = size - 1
        for _ in 0..<size { index.append(-1) }
    }

    package mutating func deallocate() {
        for number in 0..<counters.count { counters[number].key.deallocate() }
        counters.deallocate()
        heap.deallocate()
        index.deallocate()
    }

    /// Adds to what an item weighs. `hash` is always the same for the same bytes.
    package mutating func add(_ item: ByteView, hash: UInt64, weight: UInt64) {
        if weight == 0 { return }
        if let number = find(item, hash) {
            counters[number].sum &+= weight
            counters[number].own &+= weight
            sink(counters[number].place)
            return
        }
        if counters.count < capacity {
            let number = counters.count
            counters.append(Counter(hash: hash, sum: weight, own: weight, place: number, key: ItemBytes(item)))
            heap.append(Int32(truncatingIfNeeded: number))
            enter(number)
            rise(number)
            return
        }
        let number = Int(heap[0])
        let sum = counters[number].sum &+ weight
        counters[number].sum = sum
        if nextRandom() % Swift.max(sum, 1) < weight {
            leave(number)
            counters[number].key.deallocate()
            counters[number].key = ItemBytes(item)
            counters[number].hash = hash
            counters[number].own = weight
            enter(number)
        }
        sink(0)
    }

    /// An item and what it is known to weigh at least.
    package struct Item {
        package let bytes: [UInt8]
        package let weight: UInt64
    }

    /// At most `count` items, the heaviest first.
    package func heaviest(_ count: Int) -> [Item] {
        let order = (0..<counters.count).sorted { counters[$0].own > counters[$1].own }
        return order.prefix(count).map { Item(bytes: Array(counters[$0].key.view), weight: counters[$0].own) }
    }

    /// What all updates together have added.
    package var total: UInt64 { (0..<counters.count).reduce(0) { $0 &+ counters[$1].sum } }

    // MARK: The index

    private func find(_ item: ByteView, _ hash: UInt64) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let number = Int(index[slot])
            if number < 0 { return nil }
            if counters[number].hash == hash && counters[number].key.view == item { return number }
            slot = (slot &+ 1) & mask
        }
    }

    private mutating func enter(_ number: Int) {
        var slot = Int(truncatingIfNeeded: counters[number].hash) & mask
        while index[slot] >= 0 { slot = (slot &+ 1) & mask }
        index[slot] = Int32(truncatingIfNeeded: number)
    }

    /// Takes a counter out of the index; those that were pushed on by it move back.
    private mutating func leave(_ number: Int) {
        var hole = Int(truncatingIfNeeded: counters[number].hash) & mask
        while Int(index[hole]) != number { hole = (hole &+ 1) & mask }
        var slot = hole
        while true {
            slot = (slot &+ 1) & mask
            let other = Int(index[slot])
            if other < 0 { break }
            let home = Int(truncatingIfNeeded: counters[other].hash) & mask
            // It may move if the hole lies between its home and where it is.
            if (slot &- home) & mask >= (slot &- hole) & mask {
                index[hole] = index[slot]
                hole = slot
            }
        }
        index[hole] = -1
    }

    // MARK: The heap

    private mutating func put(_ number: Int32, at place: Int) {
        heap[place] = number
        counters[Int(number)].place = place
    }

    /// The sum at a place has grown.
    private mutating func sink(_ start: Int) {
        var place = start
        let number = heap[place]
        let sum = counters[Int(number)].sum
        while true {
            var child = place &* 2 &+ 1
            if child >= heap.count { break }
            if child &+ 1 < heap.count && counters[Int(heap[child &+ 1])].sum < counters[Int(heap[child])].sum {
                child &+= 1
            }
            if counters[Int(heap[child])].sum >= sum { break }
            put(heap[child], at: place)
            place = child
        }
        put(number, at: place)
    }

    /// A new sum at the end of the heap.
    private mutating func rise(_ start: Int) {
        var place = start
        let number = heap[place]
        let sum = counters[Int(number)].sum
        while place > 0 {
            let parent = (place &- 1) / 2
            if counters[Int(heap[parent])].sum <= sum { break }
            put(heap[parent], at: place)
            place = parent
        }
        put(number, at: place)
    }

    /// Marsaglia's xorshift, "Xorshift RNGs", 2003.
    private mutating func nextRandom() -> UInt64 {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random
    }
}

/// A copy of an item's bytes, in one block.
@safe
struct ItemBytes: BitwiseCopyable {
    private let base: UnsafeMutableRawPointer
    private let count: Int

    init(_ view: ByteView) {
        count = view.count
        unsafe base = Allocator.allocate(Swift.max(1, count))
        if count > 0 { unsafe base.copyMemory(from: view.base, byteCount: count) }
    }

    var view: ByteView { unsafe ByteView(base: UnsafeRawPointer(base), count: count) }

    func deallocate() { unsafe Allocator.deallocate(base, size: Swift.max(1, count)) }
}
