// Draws the requests of a made trace.

/// One trace in the making. Keys are numbered here by their law; the trace numbers them as they appear.
struct TraceSource {
    private let shape: TraceShape
    private let scale: TraceScale
    private let zipf: ZipfSampler
    private var random: RandomSource
    /// The trace's number of each key of the law; -1: not asked for yet.
    private var numbers: [Int32] = []
    /// The first key of the law that has not been used, beside those that are there from the start.
    private var nextKey: Int
    /// The key of each rank, where keys are replaced.
    private var keyOfRank: [Int] = []
    private var replaced = 0
    private var scanLeft = 0
    private var scanPosition = 0

    init(_ shape: TraceShape, _ scale: TraceScale) {
        self.shape = shape
        self.scale = scale
        var exponent = 0.9
        if case .zipf(let given) = shape { exponent = given }
        zipf = ZipfSampler(count: scale.keys, exponent: exponent)
        random = RandomSource(seed: scale.seed)
        nextKey = scale.keys
        if shape == .shiftingWorkingSet { keyOfRank = Array(0..<scale.keys) }
    }

    /// The law's key of the request at `place`; places come in order.
    mutating func draw(_ place: Int) -> Int {
        switch shape {
        case .zipf: return zipf.draw(&random)
        case .zipfWithScans: return drawOrScan()
        case .loop: return place % scale.keys
        case .shiftingWorkingSet:
            replaceKeys(upTo: place)
            return keyOfRank[zipf.draw(&random)]
        case .oneHitWonders:
            if random.next() & 1 == 0 { return zipf.draw(&random) }
            defer { nextKey += 1 }
            return nextKey
        case .uniform: return random.below(scale.keys)
        }
    }

    private mutating func drawOrScan() -> Int {
        let length = max(1, scale.keys / 10)
        // One of 2 × length requests begins a scan, so that two requests by the law come to each one of a scan.
        if scanLeft == 0, random.below(2 * length) == 0 { scanLeft = length }
        if scanLeft == 0 { return zipf.draw(&random) }
        scanLeft -= 1
        defer { scanPosition = (scanPosition + 1) % scale.keys }
        return scale.keys + scanPosition
    }

    /// Gives ranks new keys: all of them within a quarter of the trace, in an order that mixes high and low ranks.
    private mutating func replaceKeys(upTo place: Int) {
        let due = Int(4 * Double(scale.keys) * Double(place) / Double(scale.requests))
        while replaced < due {
            keyOfRank[Int(UInt64(replaced) * 2_654_435_761 % UInt64(scale.keys))] = nextKey
            nextKey += 1
            replaced += 1
        }
    }

    /// Adds a request for a key of the law; its value is of the same size always.
    mutating func append(_ key: Int, to trace: inout Trace) {
        while numbers.count <= key { numbers.append(-1) }
        if numbers[key] < 0 {
            let digits = String(key).utf8
            let zeros = repeatElement(UInt8(ascii: "0"), count: max(0, 12 - digits.count))
            numbers[key] = trace.addKey(Array("key:".utf8) + zeros + digits)
        }
        var sizeSource = RandomSource(seed: scale.seed &+ UInt64(key) &* 0x9E37_79B9)
        trace.append(key: numbers[key], size: scale.sizes.draw(&sizeSource))
    }
}
