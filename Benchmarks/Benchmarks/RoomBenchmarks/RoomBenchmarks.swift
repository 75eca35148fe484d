// The list of all benchmarks, and how long each is measured.
import Benchmark

enum BenchmarkPlan {
    /// What is measured at once is so many times what a benchmark's name says: the clock costs nothing beside it.
    static let repetitions = 1000

    static var configuration: Benchmark.Configuration {
        Benchmark.Configuration(
            metrics: [.wallClock], timeUnits: .nanoseconds, warmupIterations: 20, scalingFactor: .one,
            maxDuration: .milliseconds(300), maxIterations: 1_000_000)
    }
}

let benchmarks: @Sendable () -> Void = {
    unsafe Benchmark.defaultConfiguration = BenchmarkPlan.configuration
    referenceBenchmarks()
    wireBenchmarks()
    tableBenchmarks()
    listBenchmarks()
    collectionBenchmarks()
    kernelBenchmarks()
    commandBenchmarks()
}

/// A benchmark of one thing, done `BenchmarkPlan.repetitions` times.
func repeated<Result>(_ name: String, _ body: @escaping () -> Result) {
    Benchmark(name) { _ in
        for _ in 0..<BenchmarkPlan.repetitions { blackHole(body()) }
    }
}
