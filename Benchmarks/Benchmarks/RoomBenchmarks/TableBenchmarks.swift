// The hash table, with entries that are nothing but a key.
import Benchmark
import Containers
import Platform

/// Entries of eight bytes, the key, whose hash is a mixture of it.
private enum NumberPolicy: HashTablePolicy {
    static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64 {
        unsafe mixed(entry.load(as: UInt64.self))
    }

    static func matches(_ entry: UnsafeMutableRawPointer, _ key: UInt64) -> Bool {
        unsafe entry.load(as: UInt64.self) == key
    }

    static func deadline(of entry: UnsafeMutableRawPointer) -> Int64 { .max }
}

/// A table of the keys below `count`.
@safe
private final class TableSubject {
    private var table = HashTable<NumberPolicy>(seed: 1)
    private let entries: UnsafeMutablePointer<UInt64>
    private let count: UInt64
    private var draw = Draw()
    private var position: UInt64 = 0

    init(count: Int) {
        self.count = UInt64(count)
        unsafe entries = .allocate(capacity: count)
        for number in 0..<count { unsafe (entries + number).initialize(to: UInt64(number)) }
    }

    deinit {
        empty()
        unsafe entries.deallocate()
    }

    private func drawn() -> UInt64 { UInt64(draw.next(below: Int(count))) }

    @inline(never)
    func find(beyond offset: UInt64) -> Bool {
        let key = drawn() &+ offset
        return table.find(hash: mixed(key), key: key) != nil
    }

    @inline(never)
    func insertAgain() {
        let key = drawn()
        guard let slot = table.find(hash: mixed(key), key: key) else { return }
        table.remove(slot, hash: mixed(key))
        _ = unsafe table.insert(hash: mixed(key), entry: UnsafeMutableRawPointer(entries + Int(key)))
    }

    @inline(never)
    func insertAll() {
        for key in 0..<count {
            _ = unsafe table.insert(hash: mixed(key), entry: UnsafeMutableRawPointer(entries + Int(key)))
        }
    }

    /// Goes on with the scan until it has seen so many keys, over and over.
    @inline(never)
    func scan(atLeast wanted: Int) -> Int {
        var seen = 0
        while seen < wanted { unsafe position = table.scan(from: position) { _ in seen &+= 1 } ?? 0 }
        return seen
    }

    func empty() {
        var detached = table.detach()
        while unsafe detached.releaseSegment({ _ in }) {}
    }
}

func tableBenchmarks() {
    // Larger than the inner caches, as tables are.
    let full = TableSubject(count: 100_000)
    full.insertAll()
    repeated("table hit") { full.find(beyond: 0) }
    repeated("table miss") { full.find(beyond: 100_000) }
    repeated("table remove and insert") { full.insertAgain() }
    Benchmark("table scan of 1,000 keys") { _ in blackHole(full.scan(atLeast: 1000)) }
    let growing = TableSubject(count: 10_000)
    Benchmark("table growth to 10,000 keys, splits included") { _ in
        growing.insertAll()
        growing.empty()
    }
}
