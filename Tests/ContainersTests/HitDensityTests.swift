// What is learned from hits and losses.
import Testing

@testable import Containers

struct HitDensityTests {
    @Test func stepsOfAgeFollowEachOther() {
        var last = -1
        for age in 0..<70_000 {
            let step = HitDensity.step(of: UInt32(age))
            #expect(step == last || step == last + 1)
            if step != last { #expect(HitDensity.start(ofStep: step) == age) }
            last = step
        }
        #expect(HitDensity.step(of: .max) == HitDensity.stepCount - 1)
    }

    @Test func prefersAtFirstWhatWasUsedOftenAndLately() {
        var density = HitDensity()
        #expect(density.density(uses: 3, age: 3) == 0)
        density.prepare(lifetime: 64)
        defer { density.deallocate() }
        for uses in 0..<7 { #expect(density.density(uses: uses, age: 10) < density.density(uses: uses + 1, age: 10)) }
        for age: UInt32 in [0, 5, 20, 60, 200] {
            #expect(density.density(uses: 2, age: age) > density.density(uses: 2, age: age * 2 + 8))
        }
    }

    @Test func learnsThatALoopComesBackLate() {
        var density = HitDensity()
        density.prepare(lifetime: 64)
        defer { density.deallocate() }
        // Whatever was used once comes back after 90 to 110 ticks, what was used twice never does.
        for _ in 0..<400 {
            for round in 0..<200 {
                density.noteHit(uses: 1, age: UInt32(90 + round % 20))
                density.noteLoss(uses: 2, age: 300)
            }
            density.learn()
        }
        #expect(density.density(uses: 1, age: 85) > density.density(uses: 1, age: 5))
        #expect(density.density(uses: 1, age: 85) > 100 * density.density(uses: 1, age: 200))
        #expect(density.density(uses: 1, age: 5) > 100 * density.density(uses: 2, age: 5))
    }

    @Test func keepsWhatItKnowsOfAClassThatIsSilent() {
        var density = HitDensity()
        density.prepare(lifetime: 64)
        defer { density.deallocate() }
        let before = density.density(uses: 5, age: 30)
        for _ in 0..<1000 {
            density.noteHit(uses: 0, age: 3)
            density.learn()
        }
        let after = density.density(uses: 5, age: 30)
        #expect(after > before * 0.9 && after < before * 1.1)
    }
}
