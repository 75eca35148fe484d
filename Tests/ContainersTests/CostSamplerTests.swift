// CostSampler: what it takes, and that its estimates are right on average.
import Containers
import Testing

@Suite struct CostSamplerTests {
    @Test func whereLittleHappensEverythingIsTaken() {
        var sampler = CostSampler(step: 1000, allowance: 50, window: 10_000, seed: 1)
        for event in 0..<500 {
            // Forty events in each window.
            let now = UInt64(event) * 250
            let isTaken = sampler.takes(10)
            #expect(isTaken)
            let stands = sampler.stand(10, now: now)
            #expect(stands == 1)
        }
    }

    @Test(arguments: [3, 50, 999] as [UInt64]) func sumsAreRightOnAverage(largest: UInt64) {
        var sampler = CostSampler(step: 1000, allowance: 5, window: 100_000, seed: 7)
        var random = SystemRandomNumberGenerator()
        var (costs, events, taken) = (0.0, 0.0, 0)
        var (trueCosts, trueEvents): (UInt64, UInt64) = (0, 0)
        var now: UInt64 = 0
        for _ in 0..<300_000 {
            let cost = 1 + random.next() % largest
            now += cost
            trueCosts += cost
            trueEvents += 1
            guard sampler.takes(cost) else { continue }
            taken += 1
            let stands = sampler.stand(cost, now: now)
            costs += stands * Double(cost)
            events += stands
        }
        #expect(abs(costs / Double(trueCosts) - 1) < 0.1)
        #expect(abs(events / Double(trueEvents) - 1) < 0.1)
        #expect(taken < Int(trueCosts / 1000 + trueCosts / 100_000 * 5) * 12 / 10 + 20)
    }

    @Test func whatCostsMoreThanAStepIsNeverMissed() {
        var sampler = CostSampler(step: 1000, allowance: 1, window: .max / 2, seed: 3)
        for event in 0..<10_000 {
            if sampler.takes(1) { _ = sampler.stand(1, now: UInt64(event)) }
            guard event % 10 == 0 else { continue }
            let isTaken = sampler.takes(2000)
            #expect(isTaken)
            let stands = isTaken ? sampler.stand(2000, now: UInt64(event)) : 0
            #expect(stands == 1)
        }
    }
}
