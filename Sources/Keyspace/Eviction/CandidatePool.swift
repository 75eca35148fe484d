// The best victims that sampling has met so far.

/// An entry that was worth evicting when it was looked at. It may be gone since: the address is only ever compared.
@safe
struct EvictionCandidate: BitwiseCopyable {
    /// The lower, the sooner it goes: ticks of its last use, uses, or its deadline.
    var score: Int64
    var hash: UInt64
    /// Where the entry was.
    var address: UInt
    /// When or how often it had been used then.
    var access: UInt64
    var database: Int
}

/// The sixteen lowest scores, the lowest at the end. Keeping good candidates from one sampling to the next is what
/// makes a few samples an eviction come close to the true order.
@safe
struct CandidatePool {
    static var capacity: Int { 16 }

    private let candidates = UnsafeMutablePointer<EvictionCandidate>.allocate(capacity: CandidatePool.capacity)
    private(set) var count = 0

    func deallocate() { unsafe candidates.deallocate() }

    mutating func clear() { count = 0 }

    /// Whether a candidate with this score would be kept.
    func accepts(_ score: Int64) -> Bool { unsafe count < CandidatePool.capacity || score < candidates[0].score }

    /// Keeps a candidate in place of the one with the highest score, or what it says of an entry that is known
    /// already.
    mutating func insert(_ candidate: EvictionCandidate) {
        for place in 0..<count where unsafe candidates[place].address == candidate.address { return }
        if count == CandidatePool.capacity { removeHighest() }
        var place = count
        while place > 0, unsafe candidates[place - 1].score < candidate.score {
            unsafe candidates[place] = unsafe candidates[place - 1]
            place -= 1
        }
        unsafe candidates[place] = candidate
        count += 1
    }

    private mutating func removeHighest() {
        for place in 1..<count { unsafe candidates[place - 1] = unsafe candidates[place] }
        count -= 1
    }

    /// The candidate that should go first; it stays in the pool.
    var first: EvictionCandidate? { count == 0 ? nil : unsafe candidates[count - 1] }

    /// Takes the candidate that should go first.
    mutating func popFirst() -> EvictionCandidate? {
        if count == 0 { return nil }
        count -= 1
        return unsafe candidates[count]
    }
}
