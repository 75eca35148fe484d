// The hash table against a dictionary, its scan guarantee, its deadlines and its size.
import Containers
import Platform
import Testing

/// Hash functions from well spread to hopeless.
enum HashKind: CaseIterable {
    case mixed, fewPrefixes, fewTags, sixteenValues, constant

    func hash(_ key: UInt64) -> UInt64 {
        switch self {
        case .mixed: mix(key)
        case .fewPrefixes: mix(key) & 0x3 << 62 | mix(key) & 0xFFFF_FFFF
        case .fewTags: mix(key) & ~0xFF
        case .sixteenValues: mix(key & 15)
        case .constant: 0xFFFF_FFFF_FFFF_FFFF
        }
    }
}

@Suite struct HashTableTests {
    @Test(arguments: HashKind.allCases)
    func matchesTheModel(kind: HashKind) {
        var random = Random(state: 7)
        let checked = CheckedTable(hash: kind.hash)
        let keyCount = kind == .mixed || kind == .fewTags ? 20_000 : 1_500
        // Phases of growth and of decay, so that segments split, merge and change their size.
        for phase in 0..<6 {
            let insertions = phase % 2 == 0 ? 8 : 1
            for _ in 0..<keyCount * 3 / 2 {
                let key = UInt64(random.below(keyCount))
                if random.below(9) < insertions { checked.insert(key) } else { checked.remove(key) }
            }
            #expect(checked.isConsistent())
        }
        checked.removeAll()
        #expect(checked.table.memoryBytes == 0 && checked.table.count == 0)
    }

    @Test func givesMemoryBackWhenEmptied() {
        let checked = CheckedTable(hash: mix)
        for key in 0..<50_000 as Range<UInt64> { checked.insert(key) }
        let full = checked.table.memoryBytes
        for key in 0..<49_990 as Range<UInt64> { checked.remove(key) }
        #expect(checked.isConsistent())
        #expect(checked.table.memoryBytes < full / 50)
        checked.removeAll()
    }

    @Test(arguments: HashKind.allCases)
    func scanVisitsExactlyOnceWhatStays(kind: HashKind) {
        var random = Random(state: 3)
        for growing in [true, false] {
            let checked = CheckedTable(hash: kind.hash)
            let stable = Array(0..<600 as Range<UInt64>)
            for key in stable { checked.insert(key) }
            if !growing { for key in 1000..<9000 as Range<UInt64> { checked.insert(key) } }
            var visits: [UInt64: Int] = [:]
            var position: UInt64? = 0
            while let current = position {
                position = unsafe checked.table.scan(from: current) {
                    unsafe visits[FixturePolicy.key(of: $0), default: 0] += 1
                }
                for _ in 0..<30 {
                    let key = UInt64(1000 + random.below(8000))
                    if growing { checked.insert(key) } else { checked.remove(key) }
                }
            }
            #expect(stable.allSatisfy { visits[$0] == 1 })
            checked.removeAll()
        }
    }

    /// As when the entries of one table are put into another.
    @Test(arguments: [0, 100_000, 30_000]) func entriesMayComeInTheOrderOfTheirHashes(_ reserved: Int) {
        let checked = CheckedTable { $0 << 44 | mix($0) >> 20 }
        checked.table.reserve(reserved)
        for key in 0..<100_000 as Range<UInt64> { checked.insert(key * 10) }
        #expect(checked.isConsistent())
        #expect(checked.table.load > 0.5 && checked.table.memoryBytes < 100_000 * 24)
        checked.removeAll()
    }

    @Test(arguments: [1, 7, 100, 553, 600, 5000, 80_000]) func reservedRoomIsNotOutgrown(_ count: Int) {
        let checked = CheckedTable(hash: mix)
        checked.table.reserve(count)
        let before = checked.table.memoryBytes
        for key in 0..<UInt64(count) { checked.insert(key) }
        #expect(checked.isConsistent())
        #expect(count < 100 || checked.table.memoryBytes == before)
        #expect(count < 100 || checked.table.load > 0.5)
        for key in 0..<UInt64(count) { checked.remove(key) }
        #expect(checked.isConsistent())
        checked.removeAll()
    }

    @Test func scanOfAQuietTableIsComplete() {
        let checked = CheckedTable(hash: mix)
        for count in [0, 1, 5, 50, 1000, 30_000] {
            for key in 0..<UInt64(count) { checked.insert(key) }
            var seen: [UInt64] = []
            var position: UInt64? = 0
            while let current = position {
                position = unsafe checked.table.scan(from: current) { unsafe seen.append(FixturePolicy.key(of: $0)) }
            }
            #expect(seen.count == count && Set(seen).count == count)
        }
        unsafe #expect(checked.table.scan(from: 1 << 48) { _ in } == nil)
        checked.removeAll()
    }

    @Test func removesWhatIsDueAndNothingElse() {
        var random = Random(state: 5)
        let checked = CheckedTable(hash: mix)
        for key in 0..<20_000 as Range<UInt64> {
            checked.insert(key, deadline: key % 3 == 0 ? .max : Int64(random.below(10_000)))
        }
        #expect(checked.isConsistent())
        var now: Int64 = 0
        while checked.table.nextDue != .max {
            now += 250
            var model = checked.model
            while unsafe checked.table.removeDue(
                now: now,
                {
                    unsafe model[FixturePolicy.key(of: $0)] = nil
                    unsafe Allocator.deallocate($0, size: 24)
                    return nil
                })
            {}
            #expect(checked.model.allSatisfy { $0.value > now || model[$0.key] == nil || now < 10_000 })
            #expect(model.allSatisfy { checked.model[$0.key] != nil })
            checked.model = model
            if now % 1000 == 0 { #expect(checked.isConsistent()) }
            #expect(now < 12_000)
        }
        #expect(checked.table.count == 6667)
        checked.removeAll()
        #expect(checked.table.memoryBytes == 0)
    }

    @Test func randomEntriesAreFair() {
        var random = Random(state: 11)
        for count in [3, 100, 3000] {
            let checked = CheckedTable(hash: mix)
            for key in 0..<UInt64(count) { checked.insert(key) }
            var hits = [Int](repeating: 0, count: count)
            for _ in 0..<count * 200 {
                guard let entry = unsafe checked.table.randomEntry({ random.next() }) else { continue }
                unsafe hits[Int(FixturePolicy.key(of: entry))] += 1
            }
            #expect(hits.min()! > 100 && hits.max()! < 330)
            checked.removeAll()
        }
    }

    @Test func staysFullWhileGrowing() {
        let checked = CheckedTable(hash: mix)
        var loads: [Double] = []
        for key in 0..<300_000 as Range<UInt64> {
            checked.insert(key)
            if key > 20_000 && key % 1000 == 0 { loads.append(checked.table.load) }
        }
        let average = loads.reduce(0, +) / Double(loads.count)
        print("hash table load: average \(average), lowest \(loads.min()!)")
        #expect(average > 0.8)
        checked.removeAll()
    }
}
