// Traces that are made: the ways of asking for keys that caches meet.

/// Written as `zipf:0.9`, `zipf-scans`, `loop`, `shift`, `one-hit`, `uniform`.
package enum TraceShape: Equatable, Sendable {
    /// Keys by Zipf's law.
    case zipf(exponent: Double)
    /// Zipf's law, exponent 0.9, and every now and then a scan of a tenth as many other keys, one after the other: a
    /// third of all requests. The scans go on where the last one ended, round and round over as many keys as the law
    /// has.
    case zipfWithScans
    /// All keys in order, round and round.
    case loop
    /// Zipf's law, exponent 0.9, where keys are replaced by new ones: each rank keeps its key for as many requests as a
    /// quarter of the trace has.
    case shiftingWorkingSet
    /// One half by Zipf's law, exponent 0.9; the other half keys that are asked for once and never again.
    case oneHitWonders
    case uniform

    package static let names = [
        "zipf:0.7", "zipf:0.9", "zipf:1.1", "zipf-scans", "loop", "shift", "one-hit", "uniform",
    ]

    package static func parse(_ text: String) throws(OptionError) -> TraceShape {
        switch text {
        case "zipf-scans": return .zipfWithScans
        case "loop": return .loop
        case "shift": return .shiftingWorkingSet
        case "one-hit": return .oneHitWonders
        case "uniform": return .uniform
        default:
            let words = text.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 2, words[0] == "zipf", let exponent = Double(words[1]), exponent > 0, exponent <= 10
            else { throw OptionError("'\(text)' is no trace that can be made: \(names.joined(separator: ", "))") }
            return .zipf(exponent: exponent)
        }
    }
}

/// How large a made trace is, and where its random numbers begin.
package struct TraceScale: Sendable {
    package var requests = 2_000_000
    /// How many keys there are, or are at any time; scans, new keys and one-hit wonders come in addition.
    package var keys = 500_000
    package var sizes = ValueSizes.fixed(256)
    package var seed: UInt64 = 1

    package init() {}
}

extension Trace {
    /// The same requests for the same arguments, always.
    package init(_ shape: TraceShape, name: String, _ scale: TraceScale) {
        precondition(scale.requests > 0 && scale.keys > 0, "a trace has requests and keys")
        self.init(name: name)
        reserve(scale.requests)
        var source = TraceSource(shape, scale)
        for place in 0..<scale.requests { source.append(source.draw(place), to: &self) }
    }
}
