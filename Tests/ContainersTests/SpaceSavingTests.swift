// SpaceSaving against exact counting.
import Bytes
import Containers
import Testing

@Suite struct SpaceSavingTests {
    /// The sketch and the truth, side by side.
    private struct Pair {
        var sketch: SpaceSaving
        var truth: [String: UInt64] = [:]

        mutating func add(_ name: String, _ weight: UInt64 = 1) {
            ByteView.withView(Array(name.utf8)) {
                sketch.add($0, hash: KeyHash.hash($0, seed: 7), weight: weight)
            }
            truth[name, default: 0] += weight
        }

        /// Names and weights, heaviest first.
        func heaviest(_ count: Int) -> [(name: String, weight: UInt64)] {
            sketch.heaviest(count).map { (String(decoding: $0.bytes, as: UTF8.self), $0.weight) }
        }
    }

    @Test func fewItemsAreCountedExactly() {
        var pair = Pair(sketch: SpaceSaving(capacity: 100, seed: 1))
        defer { pair.sketch.deallocate() }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 { pair.add("key\(random.next() % 100)", random.next() % 1000) }
        let found = pair.heaviest(100)
        #expect(found.count == pair.truth.count)
        for (name, weight) in found { #expect(pair.truth[name] == weight) }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.weight >= $1.weight })
    }

    @Test(arguments: [0.9, 1.1, 1.4]) func heavyItemsAreFoundInALongTail(exponent: Double) {
        var pair = Pair(sketch: SpaceSaving(capacity: 100, seed: 3))
        defer { pair.sketch.deallocate() }
        var weights: [Double] = []
        var sum = 0.0
        for rank in 1...20_000 {
            // rank to the power of the exponent, by its logarithm in steps: there is no mathematics library here.
            let logarithm = naturalLogarithm(Double(rank)) * exponent
            sum += exponential(-logarithm)
            weights.append(sum)
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50_000 {
            let mark = Double.random(in: 0..<sum, using: &generator)
            var (low, high) = (0, weights.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if weights[middle] <= mark { low = middle + 1 } else { high = middle }
            }
            pair.add("key\(low)")
        }
        let total = pair.truth.values.reduce(0, +)
        #expect(pair.sketch.total == total)
        let found = pair.heaviest(10)
        for (name, weight) in found { #expect(weight <= pair.truth[name] ?? 0, "never too much of an item") }
        // Whatever has more than a fiftieth of everything is there, with most of its weight.
        let heavy = pair.truth.filter { $0.value > total / 50 }.sorted { $0.value > $1.value }.prefix(8)
        for (name, weight) in heavy {
            let seen = found.first { $0.name == name }?.weight ?? 0
            #expect(seen > weight / 2, "\(name): \(seen) of \(weight)")
        }
    }

    @Test func itemsThatComeOnceDoNotCrowdOutHotOnes() {
        var pair = Pair(sketch: SpaceSaving(capacity: 100, seed: 9))
        defer { pair.sketch.deallocate() }
        for number in 0..<30_000 {
            pair.add("once\(number)")
            if number % 10 == 0 { pair.add("hot\(number / 10 % 5)") }
        }
        let found = pair.heaviest(5)
        #expect(Set(found.map(\.name)) == Set((0..<5).map { "hot\($0)" }))
    }

    @Test func strangeItems() {
        var pair = Pair(sketch: SpaceSaving(capacity: 1, seed: 2))
        defer { pair.sketch.deallocate() }
        pair.add("", 3)
        pair.add("", 0)
        #expect(pair.heaviest(5).map(\.weight) == [3])
        let long = String(repeating: "x", count: 100_000)
        for _ in 0..<100 { pair.add(long, 1 << 40) }
        #expect(pair.heaviest(5).map(\.name) == [long])
        #expect(pair.sketch.total == 3 + 100 << 40)
    }

    @Test func equalHashesAreToldApart() {
        var sketch = SpaceSaving(capacity: 4, seed: 5)
        defer { sketch.deallocate() }
        for round in 0..<1000 {
            for name in ["a", "b", "c", "d", round % 2 == 0 ? "e" : "f"] {
                ByteView.withView(Array(name.utf8)) { sketch.add($0, hash: 42, weight: 1) }
            }
        }
        #expect(sketch.total == 5000)
        #expect(Set(sketch.heaviest(4).map(\.bytes)).count == 4)
    }
}

private func exponential(_ value: Double) -> Double {
    if value < -1 || value > 1 { return exponential(value / 2) * exponential(value / 2) }
    var (sum, term) = (1.0, 1.0)
    for step in 1...20 {
        term *= value / Double(step)
        sum += term
    }
    return sum
}

private func naturalLogarithm(_ value: Double) -> Double {
    // Newton's method on the exponential.
    var guess = Double(value.exponent) * 0.693147180559945
    for _ in 0..<8 { guess += value / exponential(guess) - 1 }
    return guess
}
