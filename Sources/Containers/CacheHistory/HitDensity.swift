// How much a cache can expect of an entry for the room it takes, learned from what came of others like it.
import Platform

/// Entries are alike if they have been used equally often, 0 to 7 times or more, and not for equally long. For every
/// such class the hits and losses are counted, the older the less; the density is the number of hits that can still be
/// expected of an entry divided by how long it will stay for them: what to evict first is what has the lowest. (LHD:
/// Beckmann, Chen, Cidon, NSDI 2018.) The unit of time is the owner's. The owner calls `deallocate()`.
@safe
package struct HitDensity {
    /// Entries used so often and more are alike.
    package static var maximumUses: Int { 7 }
    /// Four steps an octave: 64 of them reach beyond 100,000.
    static var stepCount: Int { 64 }

    private static var cellCount: Int { (maximumUses + 1) * stepCount }
    /// What is left of a count after the next `learn`.
    private static var memory: Float { 0.98 }
    /// The share of all entries of a class that is thought never to come back, whatever has been seen: where little was
    /// seen little is expected.
    private static var doubt: Float { 0.00001 }

    /// For every class the hits, behind them the losses, behind them the densities.
    private var cells: UnsafeMutablePointer<Float>?
    private var lifetime: Float = 1

    package init() { unsafe cells = nil }

    package var isReady: Bool { unsafe cells != nil }

    package static var memoryBytes: Int { Allocator.sizeClass(cellCount * 12) }

    /// Allocates the counts and fills them as if experience said that what was used often or a moment ago is worth
    /// most; real experience soon outweighs it. `lifetime` is how long an entry is expected to stay unused.
    package mutating func prepare(lifetime: Int) {
        deallocate()
        let count = HitDensity.cellCount * 3
        let memory = unsafe Allocator.allocate(count * 4).bindMemory(to: Float.self, capacity: count)
        unsafe memory.initialize(repeating: 0, count: count)
        unsafe cells = unsafe memory
        self.lifetime = Float(max(1, lifetime))
        for uses in 0...HitDensity.maximumUses {
            for step in 0..<HitDensity.stepCount {
                let share = HitDensity.width(ofStep: step) / self.lifetime
                let age = Float(HitDensity.start(ofStep: step))
                let relative = 1 + age / self.lifetime
                let weight = 8 * share / (relative * relative * relative)
                let cell = uses * HitDensity.stepCount + step
                unsafe memory[cell] = weight * Float(uses + 1) / Float(uses + 2)
                unsafe memory[HitDensity.cellCount + cell] = weight / Float(uses + 2)
            }
        }
        learn()
    }

    package mutating func deallocate() {
        if let cells = unsafe cells {
            unsafe Allocator.deallocate(UnsafeMutableRawPointer(cells), size: HitDensity.cellCount * 12)
        }
        unsafe cells = nil
    }

    /// An entry was used again when it had not been for `age`. `weight`: how many such events this one stands for.
    package mutating func noteHit(uses: Int, age: UInt32, weight: Float = 1) {
        guard let cells = unsafe cells else { return }
        unsafe cells[HitDensity.cell(uses, age)] += weight
    }

    /// An entry was not used for `age`, and nobody will know if it ever is.
    package mutating func noteLoss(uses: Int, age: UInt32, weight: Float = 1) {
        guard let cells = unsafe cells else { return }
        unsafe cells[HitDensity.cellCount + HitDensity.cell(uses, age)] += weight
    }

    /// The hits a unit of time to be expected of an entry.
    package func density(uses: Int, age: UInt32) -> Float {
        guard let cells = unsafe cells else { return 0 }
        return unsafe cells[2 * HitDensity.cellCount + HitDensity.cell(uses, age)]
    }

    /// Works out the densities from the counts, and lets the counts fade. A class of which nothing was heard for long
    /// keeps what was known of it.
    package mutating func learn() {
        guard let cells = unsafe cells else { return }
        for uses in 0...HitDensity.maximumUses {
            let hits = unsafe cells + uses * HitDensity.stepCount
            let losses = unsafe hits + HitDensity.cellCount
            let densities = unsafe losses + HitDensity.cellCount
            var total: Float = 0
            for step in 0..<HitDensity.stepCount { unsafe total += hits[step] + losses[step] }
            if total < 0.01 { continue }
            var hitsLater: Float = 0
            var eventsLater: Float = 0
            var timeLater = HitDensity.doubt * total * 4 * lifetime
            for step in (0..<HitDensity.stepCount).reversed() {
                unsafe hitsLater += hits[step]
                unsafe eventsLater += hits[step] + losses[step]
                timeLater += eventsLater * HitDensity.width(ofStep: step)
                unsafe densities[step] = timeLater > 0 ? hitsLater / timeLater : 0
                unsafe hits[step] *= HitDensity.memory
                unsafe losses[step] *= HitDensity.memory
            }
        }
    }

    // MARK: - Steps of age

    private static func cell(_ uses: Int, _ age: UInt32) -> Int {
        precondition(UInt(bitPattern: uses) <= UInt(bitPattern: maximumUses), "more uses than are told apart")
        return uses &* stepCount &+ step(of: age)
    }

    /// The step an age belongs to: 0 to 7 have one each, then every octave has four.
    static func step(of age: UInt32) -> Int {
        if age < 8 { return Int(age) }
        let octave = 31 &- age.leadingZeroBitCount
        let quarter = Int(truncatingIfNeeded: age &>> UInt32(truncatingIfNeeded: octave &- 2) & 3)
        return min(stepCount - 1, (octave &- 1) &* 4 &+ quarter)
    }

    /// The first age of a step.
    static func start(ofStep step: Int) -> Int {
        step < 8 ? step : (4 + step % 4) << (step / 4 - 1)
    }

    private static func width(ofStep step: Int) -> Float { step < 8 ? 1 : Float(1 << (step / 4 - 1)) }
}
