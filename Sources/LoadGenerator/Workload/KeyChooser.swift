// Draws the numbers of keys by a distribution.
import Platform

package struct KeyChooser {
    /// How many keys there are; keys are numbered from 0.
    package let keys: Int
    private let distribution: Distribution
    private let zipf: ZipfSampler
    private let deviation: Double
    private let hotKeys: Int
    private let hotTraffic: Double
    private var cursor: Int

    /// - Precondition: `keys` > 0. `start` is where a sequence begins.
    package init(_ distribution: Distribution, keys: Int, start: Int = 0) {
        precondition(keys > 0, "no keys to choose from")
        self.keys = keys
        self.distribution = distribution
        cursor = start % keys
        var exponent = 1.0
        var deviation = Double(keys) / 6
        var hotKeys = 1
        var hotTraffic = 1.0
        switch distribution {
        case .uniform, .sequential: break
        case .zipf(let given), .latest(let given): exponent = given
        case .gaussian(let given): deviation = given ?? deviation
        case .hotSet(let trafficPercent, let keysPercent):
            hotKeys = max(1, min(keys, Int(Double(keys) * keysPercent / 100)))
            hotTraffic = trafficPercent / 100
        }
        zipf = ZipfSampler(count: keys, exponent: exponent)
        (self.deviation, self.hotKeys, self.hotTraffic) = (deviation, hotKeys, hotTraffic)
    }

    /// The next key, from 0 to `keys` - 1. `writes` says whether the command that it is for changes the key.
    package mutating func next(_ random: inout RandomSource, writes: Bool) -> Int {
        switch distribution {
        case .uniform: return random.below(keys)
        case .sequential: return advance()
        case .zipf: return zipf.draw(&random)
        case .gaussian: return drawGaussian(&random)
        case .hotSet:
            if hotKeys == keys || random.unit() < hotTraffic { return random.below(hotKeys) }
            return hotKeys &+ random.below(keys &- hotKeys)
        case .latest:
            if writes { return advance() }
            let key = cursor &- 1 &- zipf.draw(&random)
            return key < 0 ? key &+ keys : key
        }
    }

    private mutating func advance() -> Int {
        let key = cursor
        cursor = key &+ 1 == keys ? 0 : key &+ 1
        return key
    }

    /// Marsaglia's polar method; what falls outside the key space is drawn again, a few times, then taken uniformly.
    private func drawGaussian(_ random: inout RandomSource) -> Int {
        for _ in 0..<64 {
            let x = random.unit() * 2 - 1
            let y = random.unit() * 2 - 1
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            let normal = x * (-2 * Mathematics.logarithm(square) / square).squareRoot()
            let position = (Double(keys) / 2 + normal * deviation).rounded(.down)
            if position >= 0, position < Double(keys) { return Int(position) }
        }
        return random.below(keys)
    }
}

/// Zipf's law without a table, for any exponent above 0: rejection-inversion (Hörmann and Derflinger, ACM TOMACS 1996).
package struct ZipfSampler {
    private let count: Int
    private let exponent: Double
    private let first: Double
    private let last: Double
    private let shortcut: Double

    package init(count: Int, exponent: Double) {
        self.count = count
        self.exponent = exponent
        first = ZipfSampler.integral(1.5, exponent) - 1
        last = ZipfSampler.integral(Double(count) + 0.5, exponent)
        let second = ZipfSampler.integral(2.5, exponent) - ZipfSampler.density(2, exponent)
        shortcut = 2 - ZipfSampler.inverse(second, exponent)
    }

    /// A rank from 0, the most frequent, to `count` - 1.
    package func draw(_ random: inout RandomSource) -> Int {
        while true {
            let area = last + random.unit() * (first - last)
            let place = ZipfSampler.inverse(area, exponent)
            let rank = min(max(place.rounded(), 1), Double(count))
            if rank - place <= shortcut
                || area >= ZipfSampler.integral(rank + 0.5, exponent) - ZipfSampler.density(rank, exponent)
            {
                return Int(rank) &- 1
            }
        }
    }

    private static func density(_ x: Double, _ exponent: Double) -> Double {
        Mathematics.exponential(-exponent * Mathematics.logarithm(x))
    }

    /// The integral of the density from 1 to x; written so that it is smooth where the exponent is 1.
    private static func integral(_ x: Double, _ exponent: Double) -> Double {
        let logarithm = Mathematics.logarithm(x)
        let power = (1 - exponent) * logarithm
        let ratio = abs(power) > 1e-8 ? Mathematics.exponentialMinusOne(power) / power : 1 + power / 2
        return ratio * logarithm
    }

    private static func inverse(_ area: Double, _ exponent: Double) -> Double {
        let scaled = max(-1, area * (1 - exponent))
        let ratio = abs(scaled) > 1e-8 ? Mathematics.logarithmOfOnePlus(scaled) / scaled : 1 - scaled / 2
        return Mathematics.exponential(ratio * area)
    }
}
