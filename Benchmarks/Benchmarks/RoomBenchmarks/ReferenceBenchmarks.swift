// What everything else is divided by: a loop of this file alone, which no change of Needletail makes faster or slower.

/// FNV's multiplication over 64 words of eight bytes: nothing but a chain of multiplications.
@safe
private final class ReferenceSubject {
    private let words: UnsafeMutableBufferPointer<UInt64>
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    init() {
        unsafe words = .allocate(capacity: 64)
        unsafe words.initialize(repeating: 0x6E65_6564_6C65)
    }

    deinit { unsafe words.deallocate() }

    @inline(never)
    func chain() -> UInt64 {
        for index in unsafe words.indices { unsafe hash = (hash ^ words[index]) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

func referenceBenchmarks() {
    let subject = ReferenceSubject()
    repeated("reference") { subject.chain() }
}
