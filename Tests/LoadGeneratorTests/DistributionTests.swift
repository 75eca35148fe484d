// Distributions against their laws, with fixed seeds.
import LoadGenerator
import Testing

@Suite struct DistributionTests {
    private func draw(_ distribution: Distribution, keys: Int, count: Int, writes: Bool = false) -> [Int] {
        var random = RandomSource(seed: 42)
        var chooser = KeyChooser(distribution, keys: keys)
        return (0..<count).map { _ in chooser.next(&random, writes: writes) }
    }

    private func counts(_ draws: [Int], keys: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: keys)
        for key in draws { counts[key] += 1 }
        return counts
    }

    private func chiSquare(_ observed: [Int], _ expected: [Double]) -> Double {
        zip(observed, expected).reduce(0) { sum, pair in
            let difference = Double(pair.0) - pair.1
            return sum + difference * difference / pair.1
        }
    }

    @Test func uniformIsUniform() {
        let observed = counts(draw(.uniform, keys: 100, count: 100_000), keys: 100)
        // 99 degrees of freedom: beyond 149 once in a thousand.
        #expect(chiSquare(observed, [Double](repeating: 1000, count: 100)) < 149)
    }

    @Test(arguments: [0.5, 0.99, 1.0, 1.5])
    func zipfFollowsItsLaw(exponent: Double) {
        let keys = 50
        let weights = (1...keys).map { power(Double($0), -exponent) }
        let total = weights.reduce(0, +)
        let observed = counts(draw(.zipf(exponent: exponent), keys: keys, count: 200_000), keys: keys)
        // 49 degrees of freedom: beyond 85.4 once in a thousand.
        #expect(chiSquare(observed, weights.map { $0 / total * 200_000 }) < 85.4)
    }

    /// base^exponent by the series of the exponential function and of the logarithm.
    private func power(_ base: Double, _ exponent: Double) -> Double {
        var logarithm = 0.0
        var rest = base
        while rest > 1.5 {
            rest /= 2
            logarithm += 0.693147180559945309417
        }
        let ratio = (rest - 1) / (rest + 1)
        var term = ratio
        for step in 0..<40 {
            logarithm += 2 * term / Double(2 * step + 1)
            term *= ratio * ratio
        }
        let value = logarithm * exponent / 64
        var sum = 1.0
        var part = 1.0
        for step in 1..<20 {
            part *= value / Double(step)
            sum += part
        }
        for _ in 0..<6 { sum *= sum }
        return sum
    }

    @Test func zipfReachesTheLastOfManyKeys() {
        let draws = draw(.zipf(exponent: 0.5), keys: 1_000_000_000, count: 10_000)
        #expect(draws.allSatisfy { 0..<1_000_000_000 ~= $0 })
        #expect(draws.max()! > 900_000_000)
    }

    @Test func gaussianHasItsMoments() {
        let draws = draw(.gaussian(deviation: 50), keys: 1000, count: 100_000).map(Double.init)
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean - 499.5) < 1)
        #expect(abs(variance - 2500) < 60)
    }

    @Test func gaussianStaysInside() {
        #expect(draw(.gaussian(deviation: 1e9), keys: 10, count: 10_000).allSatisfy { 0..<10 ~= $0 })
    }

    @Test func sequenceGoesRound() {
        #expect(draw(.sequential, keys: 3, count: 7) == [0, 1, 2, 0, 1, 2, 0])
        var random = RandomSource(seed: 1)
        var chooser = KeyChooser(.sequential, keys: 5, start: 4)
        #expect((0..<3).map { _ in chooser.next(&random, writes: true) } == [4, 0, 1])
    }

    @Test func hotKeysGetTheirShare() {
        let draws = draw(.hotSet(trafficPercent: 90, keysPercent: 10), keys: 1000, count: 100_000)
        let hot = draws.count { $0 < 100 }
        #expect(abs(hot - 90_000) < 500)
        #expect(Set(draws).count > 990)
    }

    @Test func latestFollowsTheWriter() {
        var random = RandomSource(seed: 7)
        var chooser = KeyChooser(.latest(exponent: 1.2), keys: 1000)
        for _ in 0..<500 { _ = chooser.next(&random, writes: true) }
        let reads = (0..<10_000).map { _ in chooser.next(&random, writes: false) }
        #expect(reads.count { 400..<500 ~= $0 } > 7000)
        #expect(reads.allSatisfy { 0..<1000 ~= $0 })
    }

    @Test(arguments: [
        ("uniform", Distribution.uniform), ("sequential", .sequential), ("zipf", .zipf(exponent: 0.99)),
        ("zipf:1.2", .zipf(exponent: 1.2)), ("gaussian", .gaussian(deviation: nil)),
        ("gaussian:10", .gaussian(deviation: 10)), ("hot:90:10", .hotSet(trafficPercent: 90, keysPercent: 10)),
        ("latest", .latest(exponent: 0.99)),
    ])
    func distributionsAreRead(text: String, expected: Distribution) throws {
        #expect(try Distribution.parse(text) == expected)
    }

    @Test(arguments: [
        "", "zipf:", "zipf:0", "zipf:-1", "zipf:nan", "zipf:inf", "hot:90", "hot:101:1", "uniform:1", "normal",
    ])
    func othersAreRefused(text: String) {
        #expect(throws: OptionError.self) { try Distribution.parse(text) }
    }
}
