// Values of any size that can be told from every other: made from a number, so that each byte has its place.

enum BigValue {
    /// The bytes of the value that `seed` makes: its seed, its length, and a stream of words that depends on both the
    /// seed and the place. Shorter ones are cut off.
    static func make(seed: UInt64, length: Int) -> [UInt8] {
        var random = RandomSource(seed: seed)
        let words = (length + 7) / 8
        return unsafe [UInt8](unsafeUninitializedCapacity: words * 8) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for index in 0..<words {
                let word = index == 0 ? seed : index == 1 ? UInt64(length) : random.next()
                unsafe raw.storeBytes(of: word.littleEndian, toByteOffset: index * 8, as: UInt64.self)
            }
            count = length
        }
    }

    /// The shortest value that says what it is.
    static let headerBytes = 16

    /// Throws a violation unless `seen` is a whole value that `make` has made, whichever.
    static func judgeWhole(_ seen: [UInt8], by question: String) throws(Violation) {
        if seen.isEmpty { return }
        guard seen.count >= headerBytes else {
            throw Violation("a value of \(seen.count) bytes was read, and none so short was written", [question])
        }
        let seed = word(seen, 0), length = word(seen, 8)
        guard length == UInt64(seen.count) else {
            throw Violation(
                "a value was not read as it was written",
                ["\(question): \(seen.count) bytes, of a value that says it has \(length)"])
        }
        try judge(seen, expected: make(seed: seed, length: seen.count), by: question)
    }

    /// Throws a violation unless the bytes are the same.
    static func judge(_ seen: [UInt8], expected: [UInt8], by question: String) throws(Violation) {
        if seen == expected { return }
        let common = min(seen.count, expected.count)
        let first = (0..<common).first { seen[$0] != expected[$0] }
        var evidence = [
            "\(question): \(seen.count) bytes with checksum \(checksum(seen)), "
                + "expected \(expected.count) bytes with checksum \(checksum(expected))"
        ]
        if let first {
            let count = (first..<common).count { seen[$0] != expected[$0] }
            evidence.append(
                "the first of \(count) bytes that differ is at \(first): \(seen[first]) instead of \(expected[first])")
        } else {
            evidence.append("the first \(common) bytes are the same")
        }
        throw Violation("a value was not read as it was written", evidence)
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
    }

    /// FNV-1a, to name a value in a report.
    private static func checksum(_ bytes: [UInt8]) -> String {
        String(bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }
}
