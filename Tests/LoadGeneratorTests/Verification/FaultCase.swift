// A check and what it is to find, as the argument of a test.
import LoadGenerator
import Testing

/// What a check is to find, and how often the server does it.
struct FaultCase: CustomTestStringConvertible, Sendable {
    let check: Check
    let fault: Fault?
    let probability: Double
    let cutsPerSecond: Double

    init(_ check: Check, _ fault: Fault?, probability: Double = 0.05, cutsPerSecond: Double = 0) {
        self.check = check
        self.fault = fault
        self.probability = probability
        self.cutsPerSecond = cutsPerSecond
    }

    var testDescription: String { "\(check.name) \(fault.map { "\($0)" } ?? "without a fault")" }

    /// A check for `seconds` at most; it ends earlier when it finds something.
    func run(
        seconds: Double, lacking: Set<String> = [], _ change: (inout VerificationOptions) -> Void = { _ in }
    ) throws -> CheckOutcome {
        try check.result(
            fault: fault, probability: probability, lacking: lacking, seconds: seconds, threads: 3,
            cutsPerSecond: cutsPerSecond, timeoutSeconds: fault == .hangs ? 1 : 10, change: change
        ).outcome
    }

    /// Records an issue unless the fault is found. On an idle machine that takes less than a second; a busy one is
    /// given twenty.
    func expectFound(_ change: (inout VerificationOptions) -> Void = { _ in }) throws {
        let outcome = try run(seconds: 20, change)
        switch outcome {
        case .violated(let violation): #expect(!violation.summary.isEmpty)
        // A server that does not answer cannot be called wrong, but it does not pass either.
        case .failed(let reason) where fault == .hangs: #expect(reason.contains("no reply"))
        case .held, .skipped, .failed: Issue.record("\(testDescription) is not found: \(outcome)")
        }
    }
}
