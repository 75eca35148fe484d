// Sets of integers against Redis' own bytes and against a sorted array.
import Bytes
import Containers
import Testing

@Suite struct IntegerSetTests {
    /// What redis-server 7.0.15 answers to DUMP of sets made by SADD with these members.
    @Test(arguments: [
        ([5, -3, 7], "0200000003000000fdff05000700"),
        ([1, 40000, -2], "0400000003000000feffffff01000000409c0000"),
        ([1, -40000], "0400000002000000c063ffff01000000"),
        ([7, 1 << 40, -1], "0800000003000000ffffffffffffffff07000000000000000000000000010000"),
        ([3, -1 << 40, 70000], "08000000030000000000000000ffffff03000000000000007011010000000000"),
    ] as [([Int64], String)])
    func bytesAreThoseOfRedis(members: [Int64], expected: String) {
        var set = IntegerSet.create()
        for round in 0..<2 {
            for member in members {
                let isNew = set.insert(member)
                #expect(isNew == (round == 0))
            }
        }
        #expect(hexadecimal(set.bytes.bytes) == expected && IntegerSet.isValid(set.bytes))
        set.release()
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func operationsEqualTheModel(seed: UInt64) {
        var random = Random(state: seed)
        var set = IntegerSet.create()
        var model: Set<Int64> = []
        for step in 0..<1500 {
            // The values get wider as time goes on.
            let value = Int64(bitPattern: random.next()) >> Int64([57, 52, 40, 0][step / 400])
            if random.below(3) == 0 {
                let wasThere = set.remove(value)
                #expect(wasThere == (model.remove(value) != nil))
            } else {
                let isNew = set.insert(value)
                #expect(isNew == model.insert(value).inserted)
            }
            #expect(set.contains(value) == model.contains(value))
        }
        let sorted = model.sorted()
        #expect((0..<set.count).map { set[$0] } == sorted)
        #expect(sorted.indices.allSatisfy { set.index(of: sorted[$0]) == $0 && set.lowerBound(sorted[$0]) == $0 })
        #expect(IntegerSet.isValid(set.bytes) && set.memoryBytes >= set.totalBytes)
        let copy = set.copy()
        #expect(copy.bytes == set.bytes)
        copy.release()
        while !set.isEmpty { set.remove(index: random.below(set.count)) }
        #expect(set.totalBytes == 8)
        set.release()
    }

    @Test func damageIsSeen() {
        func isValid(_ bytes: [UInt8]) -> Bool { ByteView.withView(bytes) { IntegerSet.isValid($0) } }
        #expect(isValid([2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0]))
        #expect(!isValid([2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 2, 0]) && !isValid([3, 0, 0, 0, 0, 0, 0, 0]))
        #expect(!isValid([2, 0, 0, 0, 2, 0, 0, 0, 1, 0]) && !isValid([2, 0, 0, 0]))
        #expect(!isValid([4, 0, 0, 0, 255, 255, 255, 255]))
    }
}
