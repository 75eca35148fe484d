// A run of several checks: what ends it, and what it reports.
@testable import LoadGenerator
import Platform
import Testing

@Suite(.serialized) struct VerificationRunTests {
    private static let violation = Violation("it \"cannot\" be", ["first", "then"])

    /// Finds something at once.
    private static let finder = Check(name: "finder", summary: "all is well", commands: []) { context in
        try context.withClient { _ = try $0.ask(["PING"]) }
        throw violation
    }

    private static let counter = Check.named("counter")
    private static let lazy = Check(name: "lazy", summary: "does nothing", commands: []) { _ in }
    private static let choosy = Check(name: "choosy", summary: "wants more", commands: ["NOSUCH", "PING"]) { _ in }

    private func run(
        _ checks: [Check], _ change: (inout VerificationOptions) -> Void = { _ in }
    ) throws -> VerificationResult {
        try WrongServer.run { server in
            var options = VerificationOptions(address: try .tcp(host: "127.0.0.1", port: server.port))
            options.seconds = 0.4
            options.threads = 2
            change(&options)
            return try VerificationRun(checks, options).join()
        }
    }

    @Test func aViolationEndsAll() throws {
        let result = try run([Self.finder, Self.counter]) { $0.seconds = 20 }
        #expect(result.seconds < 10 && !result.isGood)
        #expect(result.checks[0].outcome == .violated(Self.violation) && !result.checks[1].outcome.isViolated)
    }

    @Test func orItDoesNot() throws {
        let result = try run([Self.finder, Self.counter]) { $0.keepsGoing = true }
        #expect(result.checks[0].outcome.isViolated)
        #expect(result.checks[1].outcome == .held && result.checks[1].seconds >= 0.4)
    }

    @Test func doingNothingIsNotHolding() throws {
        let result = try run([Self.lazy, Self.choosy])
        #expect(result.checks.map(\.outcome) == [.failed("it did nothing"), .skipped("the server has no NOSUCH")])
        #expect(!result.isGood)
    }

    @Test func stopsWhenTold() throws {
        try WrongServer.run { server in
            var options = VerificationOptions(address: try .tcp(host: "127.0.0.1", port: server.port))
            options.seconds = 30
            let run = try VerificationRun([Self.counter], options)
            Clock.sleep(microseconds: 100_000)
            #expect(!run.isOver)
            run.stop()
            let result = run.join()
            #expect(run.isOver && result.isGood && result.seconds < 10)
        }
    }

    @Test func cutsAreSeen() throws {
        let result = try run([Self.counter]) { $0.cutsPerSecond = 100 }
        #expect(result.cuts > 0 && result.isGood)
    }

    @Test func reports() {
        func check(_ name: String, _ outcome: CheckOutcome) -> CheckResult {
            CheckResult(
                name: name, summary: "\(name) is right", outcome: outcome, operations: 12, unknown: 3, seconds: 1.5)
        }
        var noted = check("noted", .held)
        noted.notes = ["odd"]
        let result = VerificationResult(
            checks: [
                noted, check("bad", .violated(Self.violation)), check("old", .skipped("no SET")),
                check("lost", .failed("gone")),
            ], seed: 9, seconds: 2, cuts: 4)
        let lines = Report.table(result).split(separator: "\n").map(String.init)
        #expect(lines[1] == "noted                 12        3  held" && lines[2] == "    note: odd")
        #expect(lines[3].hasSuffix("VIOLATED: bad is right"))
        #expect(lines[4] == "    it \"cannot\" be" && lines[6] == "        then")
        #expect(lines[7].hasSuffix("skipped: no SET") && lines[8].hasSuffix("FAILED: gone"))
        #expect(lines[9] == "1 held, 1 violated, 1 failed, 1 skipped in 2.0 s; 4 connections cut; seed 9")
        let json = Report.json(result)
        #expect(json.contains(#""reason":"it \"cannot\" be","evidence":["first","then"]"#))
        #expect(json.contains(#""notes":["odd"],"outcome":"held""#) && json.contains(#""is_good":false"#))
    }

    @Test func names() throws {
        #expect(try Check.parse("all").map(\.name) == Check.all.map(\.name))
        #expect(try Check.parse("order,register,order").map(\.name) == ["order", "register"])
        for text in ["", "nosuch", "order,"] { #expect(throws: OptionError.self) { try Check.parse(text) } }
        #expect(Set(Check.all.map(\.name)).count == Check.all.count)
    }
}
