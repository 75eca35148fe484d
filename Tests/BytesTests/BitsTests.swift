// Counting, finding and combining bits a word at a time, against one bit at a time.
import Bytes
import Testing

private func bit(_ index: Int, of bytes: [UInt8]) -> Bool { bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0 }

@Test(arguments: [0, 1, 7, 8, 9, 31, 33, 255, 256, 257, 511, 512, 800, 1031])
func setBitsAreCounted(length: Int) {
    for mask: UInt8 in [0x00, 0x01, 0x80, 0x5A, 0xFF] {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255) | mask }
        ByteView.withView(bytes) { view in
            #expect(view.setBitCount == bytes.reduce(0) { $0 + $1.nonzeroBitCount })
            for _ in 0..<20 {
                let start = Int.random(in: 0...length * 8)
                let range = start..<Int.random(in: start...length * 8)
                #expect(view.setBitCount(in: range) == range.filter { bit($0, of: bytes) }.count)
            }
        }
    }
}

@Test(arguments: [1, 8, 33, 64, 100, 300])
func theFirstBitIsFound(length: Int) {
    for isSet in [true, false] {
        for _ in 0..<200 {
            // Mostly what is not looked for.
            var bytes = [UInt8](repeating: isSet ? 0 : 0xFF, count: length)
            for _ in 0..<Int.random(in: 0...3) { bytes[Int.random(in: 0..<length)] ^= 1 << UInt8.random(in: 0..<8) }
            let start = Int.random(in: 0...length * 8)
            let range = start..<Int.random(in: start...length * 8)
            let expected = range.first { bit($0, of: bytes) == isSet }
            ByteView.withView(bytes) { #expect($0.firstBit(set: isSet, in: range) == expected) }
        }
    }
}

private let operations: [(BitwiseOperation, @Sendable ([Bool]) -> Bool)] = [
    (.and, { $0.allSatisfy { $0 } }),
    (.or, { $0.contains(true) }),
    (.xor, { $0.filter { $0 }.count % 2 == 1 }),
    (.not, { !$0[0] }),
    (.difference, { $0[0] && !$0.dropFirst().contains(true) }),
    (.reverseDifference, { !$0[0] && $0.dropFirst().contains(true) }),
    (.andOr, { $0[0] && $0.dropFirst().contains(true) }),
    (.one, { $0.filter { $0 }.count == 1 }),
]

/// Lengths on both sides of a vector, and of the pieces that are worked on at a time.
@Test(arguments: [[5], [40, 40], [0, 70], [33, 5, 64], [4100, 9000, 100], [9000, 4096, 8192, 0, 4097]])
func bitsAreCombined(lengths: [Int]) {
    let sources = lengths.map { length in (0..<length).map { _ in UInt8.random(in: 0...255) } }
    let longest = lengths.reduce(0, max)
    for (operation, model) in operations {
        if case .not = operation, sources.count > 1 { continue }
        let expected = (0..<longest * 8).map { index in
            model(sources.map { index < $0.count * 8 && bit(index, of: $0) })
        }
        let combined = combine(operation, sources, longest)
        #expect((0..<longest * 8).map { bit($0, of: combined) } == expected, "\(operation)")
    }
}

private func combine(_ operation: BitwiseOperation, _ sources: [[UInt8]], _ count: Int) -> [UInt8] {
    let blocks = sources.map { source in ByteView.withView(source) { RetainedBytes.create(copying: $0) } }
    let result = RetainedBytes.create(capacity: count)
    defer {
        for block in blocks { block.release() }
        result.release()
    }
    unsafe operation.combine(blocks.map(\.view), to: result.start, count: count)
    result.setCount(count)
    return Array(result.view)
}

/// Values of the reference implementation, with the seed that HyperLogLogs are made with.
@Test func murmurHashIsTheReferences() {
    let expected: [(String, UInt64)] = [
        ("", 0xD8DF_EA65_85BC_9732),
        ("a", 0x53D2_470A_9B43_B1A7),
        ("ab", 0x0EAE_D676_4371_42CF),
        ("1234567", 0x8556_3DB1_6363_2857),
        ("12345678", 0x95EB_B863_8913_2953),
        ("123456789", 0x2175_32CB_09F2_A44D),
        ("The quick brown fox jumps over the lazy dog", 0x5160_6C5C_5B56_1ACE),
    ]
    for (text, hash) in expected {
        ByteView.withView(text) { #expect(MurmurHash.hash($0, seed: 0xADC8_3B19) == hash) }
    }
}
