// The options of a search for the highest rate.
import ArgumentParser
import LoadGenerator

struct SearchArguments: ParsableArguments {
    @Flag(
        help: """
            Find the highest rate of each test at which --p99 holds: --seconds for each step (2), after --warmup \
            (0.3); begins at --rate (10000).
            """)
    var findMaxRate = false
    @Option(name: .customLong("p99"), help: "How long the 99th percentile may take: 500us, 1ms, 0.5s.")
    var p99: String?

    func validate() throws {
        try check(findMaxRate == (p99 != nil), "--find-max-rate and --p99 belong together")
        do { _ = try bound } catch let error as OptionError { throw ValidationError(error.description) }
    }

    /// Milliseconds; nil if nothing is to be found.
    var bound: Double? {
        get throws { try p99.map { try RateSearch.parseBound($0) } }
    }
}
