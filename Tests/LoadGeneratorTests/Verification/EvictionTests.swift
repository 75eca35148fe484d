// Checks at servers that evict: each still finds what can be found there, and nothing at a server that is right.
@testable import LoadGenerator
import Testing

@Suite(.serialized) struct EvictionTests {
    /// What a lost key could explain is not among them: no more can be asked of anybody who may find nothing.
    static let faults: [(String, Fault)] = [
        ("register", .staleRead), ("register", .lostUpdate), ("register", .reordersPipeline),
        ("register", .ignoresWatch), ("register", .evictsIntoThePast),
        ("order", .reordersPipeline), ("order", .staleRead), ("order", .evictsIntoThePast),
        ("msetmget", .halfMultiKey), ("msetmget", .staleRead), ("msetmget", .execWithoutIsolation),
        ("bank", .ignoresWatch), ("bank", .execWithoutIsolation), ("bank", .lostUpdate), ("bank", .evictsIntoThePast),
        ("rename", .renameDuplicates),
        ("counter", .dropsIncrement), ("counter", .executesTwice), ("counter", .evictsIntoThePast),
        ("smove", .smoveDuplicates), ("lmove", .lmoveDuplicates),
        ("queue", .blockedDeliveredTwice), ("queue", .lmoveDuplicates), ("queue", .executesTwice),
        ("streams", .streamDeliversTwice), ("streams", .streamSwapsEntries),
        ("expiry", .expiresLate), ("expiry", .expiresEarly),
        ("bigvalues", .truncatesBigValue), ("bigvalues", .corruptsBigValue), ("bigvalues", .appendLoses),
        ("bigvalues", .executesTwice),
        ("chaos", .leaksClients), ("chaos", .ignoresConfiguration),
    ]

    @Test(arguments: faults)
    func faultsAreFound(name: String, fault: Fault) throws {
        let isRare = name == "bigvalues" || fault == .evictsIntoThePast
        let result = try Check.named(name).result(
            fault: fault, probability: isRare ? 0.3 : 0.05, timeoutSeconds: name == "chaos" ? 1 : 10, keyLimit: 300)
        #expect(result.outcome.isViolated, "\(name) did not find \(fault): \(result.outcome)")
    }

    @Test(arguments: Check.all.map(\.name))
    func aRightServerPasses(name: String) throws {
        let result = try Check.named(name).result(seconds: 1, threads: 3, cutsPerSecond: 20, keyLimit: 300)
        #expect(result.outcome == .held)
        #expect(result.operations > 0)
        #expect(result.foundShare ?? 1 > 0.3)
    }

    @Test func whoeverEvictsNothingIsNotTakenForOne() throws {
        #expect(throws: ServerFailure.self) { try Check.named("counter").result { $0.evicts = true } }
        let result = try Check.named("counter").result(seconds: 0.2)
        #expect(result.outcome == .held && result.foundShare == nil)
    }

    @Test func withoutEvictionsNothingIsProved() {
        var result = VerificationResult(checks: [], seed: 1, seconds: 1, cuts: 0)
        #expect(result.isGood)
        result.evicted = 0
        #expect(!result.isGood && Report.table(result).contains("FAILED: no key was evicted"))
        result.evicted = 7
        #expect(result.isGood && Report.json(result).contains(#""evicted_keys":7"#))
    }

    // MARK: judgements

    private func operation(
        _ action: RegisterAction, _ result: RegisterResult, _ start: Int64
    ) -> RegisterOperation {
        RegisterOperation(client: 0, action: action, result: result, start: start, end: start + 1)
    }

    private func isPossible(_ history: [(RegisterAction, RegisterResult)]) -> Bool {
        let operations = history.enumerated().map { operation($1.0, $1.1, Int64($0) * 10) }
        return Linearizability.verdict(operations, evicts: true) == .possible
    }

    @Test func aRegisterGoesButDoesNotGoBack() {
        #expect(isPossible([(.write(1), .done), (.read, .value(nil)), (.read, .value(nil))]))
        #expect(!isPossible([(.write(1), .done), (.read, .value(nil)), (.read, .value(1))]))
        #expect(!isPossible([(.write(1), .done), (.write(2), .done), (.read, .value(1))]))
        #expect(isPossible([(.write(1), .done), (.delete, .applied(false)), (.exchange(2), .value(nil))]))
        #expect(!isPossible([(.write(1), .done), (.delete, .applied(false)), (.delete, .applied(true))]))
        #expect(isPossible([(.write(1), .done), (.compareAndSet(from: 1, to: 2), .applied(false))]))
        #expect(
            !isPossible([
                (.write(1), .done), (.compareAndSet(from: 1, to: 2), .applied(false)), (.read, .value(1)),
            ]))
    }

    @Test func aCounterBeginsAgainAtNothing() {
        #expect(isPossible([(.add(1), .value(1)), (.add(2), .value(3)), (.add(2), .value(2))]))
        #expect(!isPossible([(.add(1), .value(1)), (.add(2), .value(3)), (.add(1), .value(3))]))
        #expect(!isPossible([(.add(1), .value(1)), (.add(1), .value(1)), (.add(1), .value(3))]))
        #expect(!isPossible([(.add(5), .value(5)), (.read, .value(10))]))
    }

    @Test func balancesBelongToOneOpening() throws {
        func judge(_ values: [String?]) throws {
            try BankHistory.judgeOpenings(
                "MGET", accounts: ["a", "b"], balances: values.map { $0.map { .bulk(Array($0.utf8)) } ?? .null },
                total: 200)
        }
        try judge(["1-1:150", "1-1:50"])
        try judge(["1-1:150", nil])
        try judge([nil, nil])
        for wrong in [["1-1:100", "1-2:100"], ["1-1:150", "1-1:100"], ["1-1:100", "5"], [nil, "x:"]] {
            #expect(throws: Violation.self) { try judge(wrong) }
        }
    }
}
