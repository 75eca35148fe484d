// The hash of keys: every byte counts, every length is its own, and the bits that are used for anything spread well.
import Bytes
import Testing

@Suite struct KeyHashTests {
    func hash(_ bytes: [UInt8], seed: UInt64 = 7) -> UInt64 {
        ByteView.withView(bytes) { KeyHash.hash($0, seed: seed) }
    }

    @Test func everyByteAndTheLengthCount() {
        var seen = Set<UInt64>()
        var expected = 0
        for count in 0...200 {
            var bytes = [UInt8](repeating: 0, count: count)
            seen.insert(hash(bytes))
            expected += 1
            for index in 0..<count {
                bytes[index] = 1
                seen.insert(hash(bytes))
                bytes[index] = 0
                expected += 1
            }
        }
        #expect(seen.count == expected)
        #expect(hash([1, 2, 3], seed: 1) != hash([1, 2, 3], seed: 2))
    }

    @Test(arguments: [0, 8, 20, 40, 56])
    func bitsSpread(shift: UInt64) {
        var buckets = [Int](repeating: 0, count: 256)
        for number in 0..<100_000 {
            buckets[Int(hash(Array("key:\(number)".utf8)) >> shift & 255)] += 1
        }
        #expect(buckets.min()! > 290 && buckets.max()! < 500)
    }
}
