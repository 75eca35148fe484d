// Entries and a policy for the tests of the hash table, and a model to compare it with.
import Containers
import Platform

/// Entries of 24 bytes: key, hash, deadline. The hash is stored, so that a test can choose any.
enum FixturePolicy: HashTablePolicy {
    static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64 {
        unsafe entry.load(fromByteOffset: 8, as: UInt64.self)
    }

    static func matches(_ entry: UnsafeMutableRawPointer, _ key: UInt64) -> Bool {
        unsafe entry.load(as: UInt64.self) == key
    }

    static func deadline(of entry: UnsafeMutableRawPointer) -> Int64 {
        unsafe entry.load(fromByteOffset: 16, as: Int64.self)
    }

    static func key(of entry: UnsafeMutableRawPointer) -> UInt64 {
        unsafe entry.load(as: UInt64.self)
    }
}

/// A small generator with a seed.
struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return mix(state)
    }

    mutating func below(_ bound: Int) -> Int {
        Int(next() >> 33) % bound
    }
}

func mix(_ value: UInt64) -> UInt64 {
    var mixed = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
}

/// A table beside a dictionary that says what must be in it.
final class CheckedTable {
    var table = HashTable<FixturePolicy>(seed: 1)
    var model: [UInt64: Int64] = [:]
    let hash: (UInt64) -> UInt64

    init(hash: @escaping (UInt64) -> UInt64) {
        self.hash = hash
    }

    func insert(_ key: UInt64, deadline: Int64 = .max) {
        if model[key] != nil { return }
        let entry = unsafe Allocator.allocate(24)
        unsafe entry.storeBytes(of: key, as: UInt64.self)
        unsafe entry.storeBytes(of: hash(key), toByteOffset: 8, as: UInt64.self)
        unsafe entry.storeBytes(of: deadline, toByteOffset: 16, as: Int64.self)
        unsafe table.insert(hash: hash(key), entry: entry)
        if deadline != .max { table.noteDeadline(deadline, hash: hash(key)) }
        model[key] = deadline
    }

    func remove(_ key: UInt64) {
        guard let slot = table.find(hash: hash(key), key: key) else { return }
        let entry = unsafe slot.entry
        table.remove(slot, hash: hash(key))
        unsafe Allocator.deallocate(entry, size: 24)
        model[key] = nil
    }

    func contains(_ key: UInt64) -> Bool {
        table.find(hash: hash(key), key: key) != nil
    }

    /// Whether the table holds exactly the keys of the model.
    func isConsistent() -> Bool {
        table.checkInvariants()
        var seen = Set<UInt64>()
        unsafe table.forEach { unsafe seen.insert(FixturePolicy.key(of: $0)) }
        return table.count == model.count && seen == Set(model.keys) && model.keys.allSatisfy { contains($0) }
    }

    func removeAll() {
        var detached = table.detach()
        while unsafe detached.releaseSegment({ unsafe Allocator.deallocate($0, size: 24) }) {}
        model = [:]
    }
}
