// Runs checks, all at once, each in a thread of its own that starts those of its clients.
import Platform

/// Checks against a server. Start it, wait until it is over, and join it.
package final class VerificationRun {
    private let options: VerificationOptions
    /// Keeps the server at its limit; nil if it has none.
    private let filler: Filler?
    private let checks: [Check]
    private let end: CheckEnd
    private let cutter: ConnectionCutter
    private let lock = Mutex()
    private var results: [CheckResult?]
    private var handles: [Thread.Handle] = []
    private let startTime: Int64
    private var fillerThread: Thread.Handle?

    /// Asks which of the commands the server has, then starts.
    package init(_ checks: [Check], _ options: VerificationOptions) throws {
        precondition(options.threads > 0 && options.timeoutSeconds > 0, "no clients or no time")
        self.checks = checks
        filler = try Filler(options)
        self.options = filler?.adjusted(options) ?? options
        let options = self.options
        try filler?.fill()
        startTime = Clock.monotonicNanoseconds()
        end = CheckEnd(deadline: startTime + Int64(options.seconds * 1e9))
        cutter = ConnectionCutter(seed: options.seed)
        results = [CheckResult?](repeating: nil, count: checks.count)
        let wanted = Set(checks.flatMap { $0.commands + $0.optionalCommands }.map { $0.lowercased() })
        let known = try VerificationRun.commands(of: wanted.sorted(), options)
        if let filler { fillerThread = try Thread.start(name: "filler") { [end] in filler.run(until: end) } }
        for number in checks.indices {
            handles.append(try Thread.start(name: checks[number].name) { [self] in runCheck(number, known) })
        }
        handles.append(
            try Thread.start(name: "cutter") { [self] in cutter.run(rate: options.cutsPerSecond, until: end) })
    }

    /// Whether every check has ended.
    package var isOver: Bool { lock.withLock { results.allSatisfy { $0 != nil } } }

    /// Seconds since the start.
    package var elapsedSeconds: Double { Double(Clock.monotonicNanoseconds() - startTime) / 1e9 }

    /// Ends the checks before their time.
    package func stop() { end.stop() }

    package func join() -> VerificationResult {
        for handle in handles.dropLast() { Thread.join(handle) }
        // The cutter has nothing left to cut.
        end.stop()
        if let cutterThread = handles.last { Thread.join(cutterThread) }
        if let fillerThread { Thread.join(fillerThread) }
        handles = []
        return VerificationResult(
            checks: lock.withLock { results.compactMap { $0 } }, seed: options.seed, seconds: elapsedSeconds,
            cuts: cutter.count, evicted: filler?.evicted)
    }

    private func runCheck(_ number: Int, _ known: Set<String>) {
        let check = checks[number]
        let missing = check.commands.filter { !known.contains($0.lowercased()) }
        let context = CheckContext(
            check, options, known: known, cutter: cutter, end: CheckEnd(deadline: end.deadline, within: end))
        var outcome = CheckOutcome.held
        if missing.isEmpty {
            do {
                try check.run(context)
                if context.operations == 0 { outcome = .failed("it did nothing") }
            } catch let violation as Violation {
                outcome = .violated(violation)
            } catch let skip as SkippedCheck {
                outcome = .skipped(skip.reason)
            } catch {
                outcome = .failed("\(error)")
            }
        } else {
            outcome = .skipped("the server has no \(missing.map { $0.uppercased() }.joined(separator: ", "))")
        }
        let result = CheckResult(
            name: check.name, summary: check.summary, outcome: outcome, operations: context.operations,
            unknown: context.unknown, seconds: elapsedSeconds, notes: context.notes,
            foundShare: context.evicts ? context.foundShare : nil)
        lock.withLock { results[number] = result }
        switch outcome {
        case .violated, .failed: if !options.keepsGoing { end.stop() }
        case .held, .skipped: break
        }
    }

    /// Which of `names` the server has; all of them if it cannot tell.
    private static func commands(of names: [String], _ options: VerificationOptions) throws -> Set<String> {
        let client = VerificationClient(
            number: 0, options: options, random: RandomSource(seed: 0),
            end: CheckEnd(deadline: .max))
        if names.isEmpty { return [] }
        let reply = try client.ask(Request(["COMMAND", "INFO"] + names))
        guard let elements = reply.elements, elements.count == names.count else { return Set(names) }
        return Set(zip(names, elements).filter { $0.1.elements?.isEmpty == false }.map(\.0))
    }
}
