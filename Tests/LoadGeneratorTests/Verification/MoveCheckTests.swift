// The checks of moving elements: their judgement, and what they find.
import Testing

@testable import LoadGenerator

@Suite struct MoveCheckTests {
    @Test func everyElementInOnePlaceIsRight() throws {
        try Conservation.judge([("a", ["x"]), ("b", ["z", "y"]), ("c", [])], elements: ["x", "y", "z"])
    }

    @Test func aLostElementIsFound() {
        let violation = #expect(throws: Violation.self) {
            try Conservation.judge(
                [("a", ["x"]), ("b", [])], elements: ["x", "y"], before: [("a", ["x", "y"]), ("b", [])])
        }
        #expect(violation?.summary == "y, which only moves, is nowhere")
        #expect(violation?.evidence.first == "before, y is in a")
    }

    @Test func anElementThatIsThereTwiceIsFound() {
        let violation = #expect(throws: Violation.self) {
            try Conservation.judge([("a", ["x"]), ("b", ["x"])], elements: ["x"])
        }
        #expect(violation?.evidence == ["in one look at all places, x is in a and b"])
        #expect(throws: Violation.self) { try Conservation.judge([("a", ["x", "x"])], elements: ["x"]) }
    }

    @Test func anElementFromNowhereIsFound() {
        #expect(throws: Violation.self) { try Conservation.judge([("a", ["x", "q"])], elements: ["x"]) }
    }

    @Test(arguments: [
        FaultCase(.smove, .smoveDuplicates), FaultCase(.smove, .smoveLoses), FaultCase(.smove, .execWithoutIsolation),
        FaultCase(.smove, .mixesReplies), FaultCase(.lmove, .lmoveDuplicates), FaultCase(.lmove, .lmoveLoses),
        FaultCase(.lmove, .execWithoutIsolation), FaultCase(.lmove, .mixesReplies), FaultCase(.lmove, .hangs),
        FaultCase(.lmove, .lmoveLoses, cutsPerSecond: 50),
    ])
    func faultsAreFound(faultCase: FaultCase) throws { try faultCase.expectFound() }

    @Test(arguments: [FaultCase(.smove, nil, cutsPerSecond: 100), FaultCase(.lmove, nil, cutsPerSecond: 100)])
    func aRightServerHolds(faultCase: FaultCase) throws {
        #expect(try faultCase.run(seconds: 1) == .held)
    }

    @Test func aServerWithoutListsIsSkipped() throws {
        let outcome = try FaultCase(.lmove, nil).run(seconds: 1, lacking: ["lmove"])
        #expect(outcome == .skipped("the server has no LMOVE"))
    }
}
