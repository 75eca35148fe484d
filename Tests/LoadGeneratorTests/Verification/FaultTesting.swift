// Runs a check against the server in the test's process: right, or wrong in one way.
import LoadGenerator
import Platform
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
        try WrongServer.run(fault: fault, probability: probability, lacking: lacking) { server in
            var options = VerificationOptions(address: try .tcp(host: "127.0.0.1", port: server.port))
            options.seconds = seconds
            options.threads = 3
            options.cutsPerSecond = cutsPerSecond
            options.timeoutSeconds = 1
            change(&options)
            return try #require(try VerificationRun([check], options).join().checks.first).outcome
        }
    }

    /// Records an issue unless the fault is found. On an idle machine that takes less than a second; a busy one is
    /// given ten.
    func expectFound(_ change: (inout VerificationOptions) -> Void = { _ in }) throws {
        let outcome = try run(seconds: 10, change)
        switch outcome {
        case .violated(let violation): #expect(!violation.summary.isEmpty)
        // A server that does not answer cannot be called wrong, but it does not pass either.
        case .failed(let reason) where fault == .hangs: #expect(reason.contains("no reply"))
        case .held, .skipped, .failed: Issue.record("\(testDescription) is not found: \(outcome)")
        }
    }
}
