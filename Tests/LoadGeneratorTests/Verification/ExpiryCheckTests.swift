// The check of deadlines: its judgement, and what it finds.
import Testing

@testable import LoadGenerator

@Suite struct ExpiryCheckTests {
    /// Judges a key with `lifetime` ms that was set between 0 and 2 ms, looked at in the 2 ms from `start`.
    private func judge(_ lifetime: Int64?, _ sight: KeySight, at start: Int64) throws {
        let life = KeyLife(
            command: "SET k v PX", sentAt: 0, answeredAt: 2_000_000, lifetime: lifetime.map { $0 * 1_000_000 })
        try ExpiryHistory.judge(
            "k", life, sight, by: "GET k", sentAt: start * 1_000_000, answeredAt: (start + 2) * 1_000_000)
    }

    @Test func whatMayBeIsRight() throws {
        try judge(100, .present, at: 10)
        try judge(100, .absent, at: 110)
        // Around the deadline it may be either.
        for start: Int64 in 90...110 {
            try judge(100, .present, at: start)
            try judge(100, .absent, at: start)
        }
        try judge(100, .rest(60), at: 40)
        try judge(100, .rest(-2), at: 200)
        try judge(nil, .present, at: 1000)
        try judge(nil, .rest(-1), at: 1000)
    }

    @Test(arguments: [
        (100, .present, 120, "a key is there after its deadline"),
        (100, .absent, 80, "a key is gone before its deadline"),
        (100, .rest(-2), 80, "a key is gone before its deadline"),
        (100, .rest(5), 120, "a key is there after its deadline"),
        (100, .rest(-1), 50, "a key has lost its deadline"),
        (100, .rest(80), 50, "a key has another deadline than it was given"),
        (100, .rest(20), 50, "a key has another deadline than it was given"),
        (nil, .absent, 50, "a key that has no deadline is gone"),
        (nil, .rest(10), 50, "a key has a deadline and was given none"),
    ] as [(Int64?, KeySight, Int64, String)])
    func whatCannotBeIsFound(lifetime: Int64?, sight: KeySight, start: Int64, summary: String) {
        let violation = #expect(throws: Violation.self) { try judge(lifetime, sight, at: start) }
        #expect(violation?.summary == summary)
    }

    @Test(arguments: [
        FaultCase(.expiry, .expiresEarly), FaultCase(.expiry, .expiresLate), FaultCase(.expiry, .lostUpdate),
        FaultCase(.expiry, .mixesReplies), FaultCase(.expiry, .hangs),
    ])
    func faultsAreFound(faultCase: FaultCase) throws { try faultCase.expectFound() }

    @Test(arguments: [FaultCase(.expiry, nil), FaultCase(.expiry, nil, cutsPerSecond: 50)])
    func aRightServerHolds(faultCase: FaultCase) throws {
        #expect(try faultCase.run(seconds: 1.5) == .held)
    }
}
