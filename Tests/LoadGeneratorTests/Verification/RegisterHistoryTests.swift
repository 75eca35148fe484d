// Linearizability: histories that can be and that cannot, by hand and beside a search that tries everything.
@testable import LoadGenerator
import Testing

@Suite struct RegisterHistoryTests {
    private func operation(
        _ client: Int, _ action: RegisterAction, _ result: RegisterResult?, _ start: Int64, _ end: Int64 = .max
    ) -> RegisterOperation {
        RegisterOperation(client: client, action: action, result: result, start: start, end: end)
    }

    private func isPossible(_ history: [RegisterOperation]) -> Bool {
        Linearizability.verdict(history) == .possible
    }

    @Test func oneAfterTheOther() {
        #expect(isPossible([]))
        let written = operation(0, .write(1), .done, 0, 10)
        #expect(isPossible([written, operation(1, .read, .value(1), 20, 30)]))
        #expect(!isPossible([written, operation(1, .read, .value(nil), 20, 30)]))
        #expect(!isPossible([written, operation(1, .read, .value(2), 20, 30)]))
        #expect(isPossible([written, operation(1, .delete, .applied(true), 20, 30)]))
        #expect(!isPossible([written, operation(1, .delete, .applied(false), 20, 30)]))
        #expect(isPossible([written, operation(1, .exchange(2), .value(1), 20, 30)]))
        #expect(!isPossible([written, operation(1, .exchange(2), .value(nil), 20, 30)]))
        #expect(isPossible([written, operation(1, .compareAndSet(from: 1, to: 2), .applied(true), 20, 30)]))
        #expect(!isPossible([written, operation(1, .compareAndSet(from: 1, to: 2), .applied(false), 20, 30)]))
        #expect(!isPossible([written, operation(1, .compareAndSet(from: 3, to: 2), .applied(true), 20, 30)]))
    }

    @Test func atTheSameTime() {
        let writing = operation(0, .write(1), .done, 0, 100)
        let early = operation(1, .read, .value(1), 10, 20)
        #expect(isPossible([writing, early]))
        #expect(isPossible([writing, operation(1, .read, .value(nil), 10, 20)]))
        // Once seen, it stays.
        #expect(!isPossible([writing, early, operation(2, .read, .value(nil), 30, 40)]))
        #expect(isPossible([writing, early, operation(2, .read, .value(nil), 15, 40)]))
        // Two replace the same value.
        #expect(
            !isPossible([
                operation(0, .write(1), .done, 0, 5),
                operation(1, .compareAndSet(from: 1, to: 2), .applied(true), 10, 20),
                operation(2, .compareAndSet(from: 1, to: 3), .applied(true), 10, 20),
            ]))
    }

    @Test func unknownOutcomes() {
        let lost = operation(0, .write(1), nil, 0)
        #expect(isPossible([lost, operation(1, .read, .value(nil), 10, 20)]))
        #expect(isPossible([lost, operation(1, .read, .value(1), 10, 20)]))
        // It may happen late, but once, and not before it was sent.
        #expect(
            isPossible([
                lost, operation(1, .write(2), .done, 10, 20), operation(1, .read, .value(2), 30, 40),
                operation(1, .read, .value(1), 50, 60),
            ]))
        #expect(
            !isPossible([
                lost, operation(1, .read, .value(1), 10, 20), operation(1, .write(2), .done, 30, 40),
                operation(1, .read, .value(1), 50, 60),
            ]))
        #expect(!isPossible([operation(1, .read, .value(1), 10, 20), operation(0, .write(1), nil, 30)]))
        let replacing = operation(0, .compareAndSet(from: 5, to: 1), nil, 0)
        #expect(!isPossible([replacing, operation(1, .read, .value(1), 10, 20)]))
        #expect(
            isPossible([
                replacing, operation(1, .write(5), .done, 10, 20), operation(1, .read, .value(1), 30, 40),
            ]))
    }

    @Test func pipelinesKeepTheirOrder() {
        let written = operation(0, .write(1), .done, 0, 50)
        #expect(isPossible([written, operation(0, .read, .value(1), 0, 50)]))
        #expect(!isPossible([written, operation(0, .read, .value(nil), 0, 50)]))
        #expect(isPossible([written, operation(1, .read, .value(nil), 0, 50)]))
    }

    @Test func givesUp() {
        let history = (0..<20).map { operation($0, .write(Int64($0)), .done, 0, 100) }
            + [operation(20, .read, .value(99), 200, 300)]
        #expect(Linearizability.verdict(history, stateLimit: 1000) == .undecided)
        #expect(Linearizability.verdict(Array(history.prefix(8)) + history.suffix(1)) == .impossible)
    }

    /// Every order of every choice of the operations without results.
    private func bruteForce(_ history: [RegisterOperation]) -> Bool {
        func search(_ done: Set<Int>, _ state: RegisterState) -> Bool {
            let rest = history.indices.filter { !done.contains($0) }
            if rest.allSatisfy({ history[$0].result == nil }) { return true }
            let firstEnd = rest.filter { history[$0].result != nil }.map { history[$0].end }.min() ?? .max
            return rest.contains { number in
                let operation = history[number]
                let isOwnFirst = !rest.contains {
                    $0 < number && history[$0].client == operation.client && history[$0].result != nil
                }
                guard operation.start <= firstEnd, isOwnFirst, let after = state.after(operation) else { return false }
                return search(done.union([number]), after)
            }
        }
        return search([], .absent)
    }

    /// A few clients with a few values, so that about half of the histories cannot be.
    private func randomHistory(_ random: inout RandomSource) -> [RegisterOperation] {
        var history: [RegisterOperation] = []
        for client in 0..<3 {
            var time = Int64(random.below(10))
            for _ in 0..<(1 + random.below(2)) {
                let value = Int64(1 + random.below(3))
                let seen = random.below(4) == 0 ? nil : Int64(1 + random.below(3))
                let choices: [(RegisterAction, RegisterResult)] = [
                    (.read, .value(seen)), (.write(value), .done), (.exchange(value), .value(seen)),
                    (.delete, .applied(random.below(2) == 0)),
                    (.compareAndSet(from: value, to: value % 3 + 1), .applied(random.below(2) == 0)),
                ]
                let (action, result) = choices[random.below(choices.count)]
                let end = time + 1 + Int64(random.below(12))
                let isUnknown = random.below(6) == 0
                history.append(operation(client, action, isUnknown ? nil : result, time, isUnknown ? .max : end))
                time = end + Int64(random.below(4))
            }
        }
        return history
    }

    @Test func agreesWithTryingEverything() {
        var random = RandomSource(seed: 11)
        var possible = 0
        for _ in 0..<3000 {
            let history = randomHistory(&random)
            let isRight = bruteForce(history)
            possible += isRight ? 1 : 0
            #expect(isPossible(history) == isRight, "\(history)")
        }
        #expect(possible > 500 && possible < 2500)
    }

    @Test func evidenceIsSmallAndStillImpossible() {
        var random = RandomSource(seed: 12)
        var found = 0
        while found < 200 {
            let history = randomHistory(&random)
            if bruteForce(history) { continue }
            found += 1
            let (least, initial) = RegisterHistory.shrunk(history)
            #expect(least.count <= history.count)
            #expect(Linearizability.verdict(least, initial: initial) == .impossible)
        }
    }

    @Test func explanationNamesWhatCannotBe() {
        var history: [RegisterOperation] = []
        for number in 0..<100 {
            let time = Int64(number) * 1000
            history.append(operation(0, .write(Int64(number)), .done, time, time + 100))
            history.append(operation(1, .read, .value(Int64(number)), time + 200, time + 300))
        }
        history.append(operation(1, .read, .value(98), 99_400, 99_500))
        history.append(operation(1, .read, .value(99), 99_600, 99_700))
        do {
            try RegisterHistory.judge(history, key: "k")
            Issue.record("a stale read was not found")
        } catch {
            #expect(error.summary.hasSuffix("explains why client 1 reads 98"))
            #expect(
                error.evidence == [
                    "whatever it was before", "0.0 to 0.1 µs: client 1 reads 99",
                    "0.2 to 0.3 µs: client 1 reads 98",
                ])
        }
    }
}
