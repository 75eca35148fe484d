// The check of messages: its judge by itself, and as a whole against servers that lose, double and swap them.
@testable import LoadGenerator
import Testing

@Suite struct PublicationHistoryTests {
    private func judge(_ start: PublicationState, _ numbers: [Int64], epoch: Int = 0) -> String? {
        var history = PublicationHistory("SUBSCRIBE")
        history.begin([start])
        do throws(Violation) {
            for number in numbers { try history.receive(publisher: 0, epoch: epoch, number: number) }
            return nil
        } catch {
            return error.summary
        }
    }

    @Test func takesWhatIsWhole() {
        #expect(judge(PublicationState(begun: 4, finished: 2), [3, 4, 5]) == nil)
        #expect(judge(PublicationState(begun: 4, finished: 2), [5, 6]) == nil)
        #expect(judge(PublicationState(epoch: 3, begun: 4), [1, 2], epoch: 4) == nil)
        // Of an epoch that was over before, whatever is still on its way.
        #expect(judge(PublicationState(epoch: 3), [17, 18], epoch: 2) == nil)
    }

    @Test func findsWhatIsNot() {
        #expect(judge(PublicationState(begun: 4), [5, 7])?.contains("lost") == true)
        #expect(judge(PublicationState(begun: 4), [6])?.contains("lost") == true)
        #expect(judge(PublicationState(begun: 4), [2, 3], epoch: 1)?.contains("lost") == true)
        #expect(judge(PublicationState(begun: 4), [5, 5])?.contains("twice") == true)
        #expect(judge(PublicationState(begun: 4), [5, 6, 4])?.contains("twice") == true)
    }

    @Test func waitsForWhatWasAnswered() throws {
        var history = PublicationHistory("SUBSCRIBE")
        history.begin([PublicationState(begun: 4, finished: 4)])
        #expect(history.hasReached([PublicationState(begun: 9, finished: 4)]))
        let goal = [PublicationState(begun: 9, finished: 6)]
        #expect(!history.hasReached(goal))
        try history.receive(publisher: 0, epoch: 0, number: 5)
        #expect(!history.hasReached(goal) && history.loss(goal).summary.contains("lost"))
        try history.receive(publisher: 0, epoch: 0, number: 6)
        #expect(history.hasReached(goal))
    }
}

@Suite(.serialized) struct PublicationCheckTests {
    @Test(arguments: [Fault.losesMessage, .doublesMessage, .swapsMessages])
    func faultsAreFound(fault: Fault) throws {
        try FaultCase(.pubsub, fault).expectFound()
    }

    @Test func aRightServerPasses() throws {
        for (threads, cuts) in [(3, 0.0), (6, 30.0)] {
            let result = try Check.pubsub.result(seconds: 1, threads: threads, cutsPerSecond: cuts)
            #expect(result.outcome == .held)
            #expect(result.operations > 0)
        }
    }
}
