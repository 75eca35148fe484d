// What checks have found.

/// What has become of one check.
package enum CheckOutcome: Equatable, Sendable {
    case held
    case violated(Violation)
    /// The server lacks something that it needs.
    case skipped(String)
    /// It could not go on.
    case failed(String)
}

package struct CheckResult: Sendable {
    package let name: String
    package let summary: String
    package let outcome: CheckOutcome
    /// Commands that were answered, and commands whose outcome is unknown.
    package let operations: Int
    package let unknown: Int
    package let seconds: Double
    /// What has to be said beside the outcome.
    package var notes: [String] = []
    /// Of what was looked for, the share that was there; only while the server evicts.
    package var foundShare: Double?
}

package struct VerificationResult: Sendable {
    package let checks: [CheckResult]
    package let seed: UInt64
    package let seconds: Double
    /// Connections that were cut.
    package let cuts: Int
    /// Keys that the server evicted meanwhile; nil if it evicts none.
    package var evicted: Int?

    /// Whether everything that could be checked held. Where eviction was wanted it must have happened.
    package var isGood: Bool {
        evicted != 0
            && checks.allSatisfy {
                switch $0.outcome {
                case .held, .skipped: true
                case .violated, .failed: false
                }
            }
    }
}
