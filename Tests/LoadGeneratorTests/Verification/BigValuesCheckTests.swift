// The check of large values: its judgement, and what it finds.
import Testing

@testable import LoadGenerator

@Suite struct BigValuesCheckTests {
    @Test func valuesSayWhatTheyAre() throws {
        for length in [0, 16, 17, 23, 24, 1000] {
            let value = BigValue.make(seed: 7, length: length)
            #expect(value.count == length)
            try BigValue.judgeWhole(value, by: "GET")
        }
        #expect(BigValue.make(seed: 7, length: 3) == Array(BigValue.make(seed: 7, length: 20).prefix(3)))
        #expect(BigValue.make(seed: 7, length: 40) != BigValue.make(seed: 8, length: 40))
    }

    @Test func damageIsFound() {
        let value = BigValue.make(seed: 7, length: 100)
        var changed = value
        changed[50] ^= 1
        var moved = value
        moved.swapAt(40, 80)
        for wrong in [changed, moved, Array(value.dropLast()), value + [0], Array(value.dropFirst(8)), [1]] {
            #expect(throws: Violation.self) { try BigValue.judgeWhole(wrong, by: "GET") }
        }
        let violation = #expect(throws: Violation.self) {
            try BigValue.judge(changed, expected: value, by: "GET k")
        }
        #expect(violation?.evidence.last?.hasPrefix("the first of 1 bytes that differ is at 50") == true)
    }

    @Test func lengthsAreOfEverySize() {
        var random = RandomSource(seed: 1)
        let lengths = (0..<10_000).map { _ in random.length(upTo: 1 << 20, power: 1) }
        #expect(lengths.min() == 0 && lengths.max()! <= 1 << 20)
        for bound in [1, 100, 10_000, 500_000] {
            #expect(lengths.contains { $0 >= bound } && lengths.contains { $0 < bound })
        }
        #expect(lengths.count { $0 > 1 << 16 } < lengths.count { $0 < 1 << 16 })
        #expect((0..<1000).allSatisfy { _ in random.length(upTo: 5, power: 2) <= 5 })
    }

    @Test(arguments: [
        FaultCase(.bigvalues, .truncatesBigValue, probability: 0.2),
        FaultCase(.bigvalues, .corruptsBigValue, probability: 0.2), FaultCase(.bigvalues, .appendLoses),
        FaultCase(.bigvalues, .lostUpdate), FaultCase(.bigvalues, .executesTwice, probability: 0.2),
        FaultCase(.bigvalues, .reordersPipeline), FaultCase(.bigvalues, .mixesReplies), FaultCase(.bigvalues, .hangs),
    ])
    func faultsAreFound(faultCase: FaultCase) throws {
        try faultCase.expectFound { $0.maximumValueBytes = 1 << 19 }
    }

    @Test(arguments: [FaultCase(.bigvalues, nil), FaultCase(.bigvalues, nil, cutsPerSecond: 50)])
    func aRightServerHolds(faultCase: FaultCase) throws {
        #expect(try faultCase.run(seconds: 1) { $0.maximumValueBytes = 1 << 19 } == .held)
    }
}
