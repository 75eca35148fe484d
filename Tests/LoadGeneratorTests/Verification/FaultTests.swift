// Checks against servers that are wrong: each finds what it is there to find, and nothing at a server that is right.
@testable import LoadGenerator
import Testing

@Suite(.serialized) struct FaultTests {
    static let faults: [(String, Fault)] = [
        ("register", .staleRead), ("register", .lostUpdate), ("register", .reordersPipeline),
        ("register", .ignoresWatch), ("register", .mixesReplies),
        ("order", .reordersPipeline), ("order", .staleRead), ("order", .mixesReplies),
        ("msetmget", .halfMultiKey), ("msetmget", .staleRead), ("msetmget", .execWithoutIsolation),
        ("bank", .ignoresWatch), ("bank", .execWithoutIsolation), ("bank", .lostUpdate),
        ("rename", .renameDuplicates), ("rename", .renameLoses),
        ("counter", .dropsIncrement), ("counter", .executesTwice), ("counter", .mixesReplies),
    ]

    @Test(arguments: faults)
    func faultsAreFound(name: String, fault: Fault) throws {
        let outcome = try Check.named(name).outcome(fault: fault)
        #expect(outcome.isViolated, "\(name) did not find \(fault): \(outcome)")
    }

    @Test(arguments: ["register", "order", "msetmget", "bank", "rename", "counter"])
    func aRightServerPasses(name: String) throws {
        for (threads, cuts) in [(1, 0.0), (4, 60.0)] {
            let result = try Check.named(name).result(seconds: 0.5, threads: threads, cutsPerSecond: cuts)
            #expect(result.outcome == .held)
            #expect(result.operations > 0 && (cuts > 0 || result.unknown == 0))
        }
    }

    @Test func aServerThatHangsIsLost() throws {
        let result = try Check.named("counter").result(fault: .hangs, timeoutSeconds: 0.2)
        #expect(result.outcome.isFailed && result.seconds < 5)
    }

    @Test func aServerThatClosesIsNoViolation() throws {
        #expect(try Check.named("counter").outcome(fault: .closesWithoutReason, seconds: 0.5) == .held)
        // Nothing else is ever got from it: it cannot be used.
        #expect(throws: ServerFailure.self) {
            try Check.named("counter").outcome(fault: .closesWithoutReason, probability: 1)
        }
    }

    @Test func checksWithoutTheirCommandsAreSkipped() throws {
        let outcome = try Check.named("rename").outcome(lacking: ["renamenx"], seconds: 0.2)
        #expect(outcome == .skipped("the server has no RENAMENX"))
        #expect(try Check.named("counter").outcome(lacking: ["zincrby", "hget"], seconds: 0.2) == .held)
        #expect(try Check.named("register").outcome(lacking: ["watch"], seconds: 0.2) == .held)
    }
}
