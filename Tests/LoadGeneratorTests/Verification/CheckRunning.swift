// Runs one check against a server in this process.
@testable import LoadGenerator
import Platform

extension Check {
    /// What it finds at a server with `fault` within `seconds`; it ends as soon as it has found something. The limits
    /// are for machines that are busy with something else.
    func outcome(
        fault: Fault? = nil, probability: Double = 0.05, lacking: Set<String> = [], seconds: Double = 20,
        threads: Int = 4, cutsPerSecond: Double = 0
    ) throws -> CheckOutcome {
        try result(
            fault: fault, probability: probability, lacking: lacking, seconds: seconds, threads: threads,
            cutsPerSecond: cutsPerSecond
        ).outcome
    }

    func result(
        fault: Fault? = nil, probability: Double = 0.05, lacking: Set<String> = [], seconds: Double = 20,
        threads: Int = 4, cutsPerSecond: Double = 0, timeoutSeconds: Double = 10, keyLimit: Int? = nil,
        change: (inout VerificationOptions) -> Void = { _ in }
    ) throws -> CheckResult {
        try WrongServer.run(fault: fault, probability: probability, lacking: lacking, keyLimit: keyLimit) { server in
            var options = VerificationOptions(address: try .tcp(host: "127.0.0.1", port: server.port))
            options.seconds = seconds
            options.threads = threads
            options.cutsPerSecond = cutsPerSecond
            options.timeoutSeconds = timeoutSeconds
            change(&options)
            return try VerificationRun([self], options).join().checks[0]
        }
    }
}

extension CheckOutcome {
    var isViolated: Bool { if case .violated = self { true } else { false } }
    var isFailed: Bool { if case .failed = self { true } else { false } }
}

extension Check {
    static func named(_ name: String) -> Check { all.first { $0.name == name }! }
}
