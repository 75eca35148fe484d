// How often each key is asked for.

/// Which keys a load prefers. Written as `uniform`, `sequential`, `zipf:0.99`, `gaussian:DEVIATION`,
/// `hot:90:10` (90 % of the traffic on 10 % of the keys) or `latest:0.99`.
package enum Distribution: Equatable, Sendable {
    case uniform
    /// One key after the other, round and round; each thread begins at its own share.
    case sequential
    /// The key of rank k is drawn with a probability proportional to 1 / (k + 1)^exponent.
    case zipf(exponent: Double)
    /// Around the middle key; nil: a sixth of the key space.
    case gaussian(deviation: Double?)
    case hotSet(trafficPercent: Double, keysPercent: Double)
    /// Writes go on from key to key; reads prefer what was written last, by a zipf distribution of its age.
    case latest(exponent: Double)

    package static func parse(_ text: String) throws(OptionError) -> Distribution {
        let words = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let failure = OptionError(
            "'\(text)' is no distribution: uniform, sequential, zipf:0.99, gaussian, hot:90:10, latest")
        let numbers = words.dropFirst().map { Double($0) ?? .nan }
        guard numbers.allSatisfy({ $0 > 0 && $0 < 1e15 }) else { throw failure }
        switch (words[0], numbers.count) {
        case ("uniform", 0): return .uniform
        case ("sequential", 0): return .sequential
        case ("zipf", 0), ("zipf", 1):
            let exponent = numbers.first ?? 0.99
            guard exponent <= 10 else { throw failure }
            return .zipf(exponent: exponent)
        case ("gaussian", 0), ("gaussian", 1): return .gaussian(deviation: numbers.first)
        case ("hot", 2):
            guard numbers[0] <= 100, numbers[1] <= 100 else { throw failure }
            return .hotSet(trafficPercent: numbers[0], keysPercent: numbers[1])
        case ("latest", 0), ("latest", 1):
            let exponent = numbers.first ?? 0.99
            guard exponent <= 10 else { throw failure }
            return .latest(exponent: exponent)
        default: throw failure
        }
    }
}

/// What a user wrote cannot be meant.
package struct OptionError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
