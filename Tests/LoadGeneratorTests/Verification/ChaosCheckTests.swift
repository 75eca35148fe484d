// The check of misbehaving clients: what it finds.
import Testing

@testable import LoadGenerator

@Suite(.serialized) struct ChaosCheckTests {
    @Test(arguments: [
        FaultCase(.chaos, .leaksClients, probability: 0.5), FaultCase(.chaos, .flushesEverything, probability: 0.5),
        FaultCase(.chaos, .ignoresConfiguration, probability: 0.5), FaultCase(.chaos, .ignoresKill, probability: 0.5),
        FaultCase(.chaos, .mixesReplies), FaultCase(.chaos, .closesWithoutReason, probability: 0.01),
        FaultCase(.chaos, .corruptsBigValue, probability: 0.1), FaultCase(.chaos, .hangs),
    ])
    func faultsAreFound(faultCase: FaultCase) throws {
        try faultCase.expectFound {
            $0.stormConnections = 20
            // These are found by waiting in vain.
            if [.leaksClients, .ignoresKill].contains(faultCase.fault) { $0.timeoutSeconds = 2 }
        }
    }

    @Test(arguments: [FaultCase(.chaos, nil), FaultCase(.chaos, nil, cutsPerSecond: 30)])
    func aRightServerHolds(faultCase: FaultCase) throws {
        let outcome = try faultCase.run(seconds: 2.5) {
            $0.stormConnections = 100
            $0.killsClients = true
        }
        #expect(outcome == .held)
    }

    @Test func itRunsAloneWithFlushAll() throws {
        let outcome = try FaultCase(.chaos, nil).run(seconds: 1) {
            $0.stormConnections = 10
            $0.flushesAll = true
        }
        #expect(outcome == .held)
    }
}
