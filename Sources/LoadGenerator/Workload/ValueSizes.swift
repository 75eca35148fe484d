// How long values are, and how long they live.

/// Bytes of a value. Written as `64`, `16-1024`, `16:70,1024:25,65536:5` (sizes with weights), or `@FILE`.
package enum ValueSizes: Equatable, Sendable {
    case fixed(Int)
    case range(ClosedRange<Int>)
    /// Sizes and, at the same place, the sum of the weights up to and with each.
    case list(sizes: [Int], limits: [Int])

    /// The largest value that Redis takes.
    static let maximum = 512 << 20

    package static func parse(_ text: String) throws(OptionError) -> ValueSizes {
        if text.hasPrefix("@") { return try read(String(text.dropFirst())) }
        let failure = OptionError("'\(text)' is no size of values: 64, 16-1024, 16:70,1024:30 or @FILE")
        if let size = Int(text) {
            guard 0...maximum ~= size else { throw failure }
            return .fixed(size)
        }
        if !text.contains(","), !text.contains(":") {
            guard let range = parseRange(text), range.lowerBound >= 0, range.upperBound <= maximum else {
                throw failure
            }
            return .range(range)
        }
        var sizes: [Int] = []
        var limits: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            guard let size = Int(words[0]), 0...maximum ~= size, words.count <= 2,
                let weight = words.count == 2 ? Int(words[1]) : 1, 1...1_000_000_000 ~= weight
            else { throw failure }
            sizes.append(size)
            limits.append((limits.last ?? 0) + weight)
        }
        return .list(sizes: sizes, limits: limits)
    }

    /// "10-20" as 10...20; nil if it is none.
    static func parseRange(_ text: String) -> ClosedRange<Int>? {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 2, let low = Int(words[0]), let high = Int(words[1]), low <= high else { return nil }
        return low...high
    }

    var largest: Int {
        switch self {
        case .fixed(let size): size
        case .range(let range): range.upperBound
        case .list(let sizes, _): sizes.max() ?? 0
        }
    }

    func draw(_ random: inout RandomSource) -> Int {
        switch self {
        case .fixed(let size): return size
        case .range(let range): return range.lowerBound &+ random.below(range.upperBound &- range.lowerBound &+ 1)
        case .list(let sizes, let limits):
            let point = random.below(limits[limits.count - 1])
            // The first place whose limit is over the point.
            var (low, high) = (0, limits.count &- 1)
            while low < high {
                let middle = (low &+ high) / 2
                if limits[middle] > point { high = middle } else { low = middle &+ 1 }
            }
            return sizes[low]
        }
    }
}

/// Seconds that keys live. Written as `60` or `10-3600`.
package struct LifetimeRange: Equatable, Sendable {
    let seconds: ClosedRange<Int>

    package static func parse(_ text: String) throws(OptionError) -> LifetimeRange {
        let range = Int(text).map { $0...$0 } ?? ValueSizes.parseRange(text)
        guard let range, range.lowerBound > 0, range.upperBound <= 1 << 40 else {
            throw OptionError("'\(text)' is no time to live: 60 or 10-3600, in seconds")
        }
        return LifetimeRange(seconds: range)
    }

    func draw(_ random: inout RandomSource) -> Int {
        seconds.lowerBound &+ random.below(seconds.upperBound &- seconds.lowerBound &+ 1)
    }
}
