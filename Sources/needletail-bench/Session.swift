// One invocation: the tests one after the other, their reports, the exit code.
import ArgumentParser
import LoadGenerator
import Platform

struct Session {
    enum End {
        case done, failed
    }

    let command: BenchCommand
    private let progress: ProgressLine
    private var results: [LoadResult] = []
    var searches: [RateSearch] = []

    init(_ command: BenchCommand) {
        self.command = command
        progress = ProgressLine(isShown: Terminal.isErrorATerminal)
    }

    mutating func run() throws {
        Signals.setUp()
        let workloadOptions = try command.workloadOptions()
        let options: LoadOptions
        do { options = try command.loadOptions() } catch let error as AddressError { throw failure(error.text) }
        _ = Socket.raiseOpenFileLimit(to: options.connections + 64)
        if let path = command.html {
            // Told now rather than when everything has been measured.
            do { try File.append(path, []) } catch { throw failure("cannot write \(path): \(error)") }
        }
        var end = End.done
        if !command.json { write(command.csv ? Report.csvHead : Report.tableHead) }
        if command.preload { end = try preload(workloadOptions, options) }
        if end == .done {
            for workload in try command.workloads() {
                end =
                    command.search.findMaxRate
                    ? try search(workload, workloadOptions, options) : try measure(workload, workloadOptions, options)
                if end != .done { break }
            }
        }
        if command.json { write(Report.json(results, searches)) }
        if let path = command.html { try writePage(path, options) }
        if end != .done || results.contains(where: { !$0.isComplete }) { throw ExitCode(1) }
        if searches.contains(where: { $0.answer == nil }) { throw ExitCode(1) }
        if results.contains(where: { $0.errors > 0 }) { throw ExitCode(3) }
    }

    private func writePage(_ path: String, _ options: LoadOptions) throws {
        let page = Page(results, searches, server: options.address.text, line: CommandLine.arguments)
        do { try File.overwrite(path, with: Array(page.text.utf8)) } catch {
            throw failure("cannot write \(path): \(error)")
        }
    }

    private mutating func preload(_ workloadOptions: WorkloadOptions, _ options: LoadOptions) throws -> End {
        var sequential = workloadOptions
        sequential.distribution = .sequential
        var once = options
        (once.requests, once.seconds, once.rate) = (workloadOptions.keySpace, nil, nil)
        (once.warmUpSeconds, once.pipeline) = (0, max(16, options.pipeline))
        return try measure(.preload(sequential), sequential, once)
    }

    /// Runs one test and prints its report, whatever has become of it.
    private mutating func measure(
        _ workload: Workload, _ workloadOptions: WorkloadOptions, _ options: LoadOptions
    ) throws -> End {
        guard let (result, end) = try perform(workload, workloadOptions, options) else { return .failed }
        report(result)
        return end
    }

    /// Runs one test; nil if it could not begin.
    func perform(
        _ workload: Workload, _ workloadOptions: WorkloadOptions, _ options: LoadOptions
    ) throws -> (LoadResult, End)? {
        let run: LoadRun
        do {
            run = try LoadRun(workload, workloadOptions, options, serverProcess: command.serverPid)
        } catch let error as ServerFailure {
            File.writeStandardError("needletail-bench: \(error.description)\n")
            return nil
        }
        var isInterrupted = false
        while !run.isOver {
            // The wait is the pause between two looks; Ctrl-C ends it.
            if let signal = Signals.wait(milliseconds: 20), signal != .nudge {
                isInterrupted = true
                run.stop()
            }
            progress.show(workload.name, run, options)
        }
        progress.clear()
        let result = run.join()
        if let text = result.failure { File.writeStandardError("needletail-bench: \(text)\n") }
        if isInterrupted { File.writeStandardError("needletail-bench: interrupted\n") }
        return (result, isInterrupted || result.failure != nil ? .failed : .done)
    }

    mutating func report(_ result: LoadResult) {
        results.append(result)
        if command.csv { write(Report.csv(result)) } else if isTable { write(Report.table(result)) }
    }

    var isTable: Bool { !command.csv && !command.json }

    /// Past the buffers of `print`: a report is seen when it is there.
    func write(_ text: String) { try? File.writeStandardOutput(Array((text + "\n").utf8)) }

    private func failure(_ text: String) -> any Error {
        File.writeStandardError("needletail-bench: \(text)\n")
        return ExitCode(1)
    }
}

/// A line on the terminal that is written over, while a test runs.
final class ProgressLine {
    private let isShown: Bool
    private var shownAt: Int64 = 0
    private var before = LoadSnapshot()

    init(isShown: Bool) { self.isShown = isShown }

    func show(_ name: String, _ run: LoadRun, _ options: LoadOptions) {
        let now = Clock.monotonicNanoseconds()
        let passed = Double(now - shownAt) / 1e9
        guard isShown, passed >= 0.5, let elapsed = run.elapsedSeconds else { return }
        let snapshot = run.snapshot
        let isFirst = shownAt == 0 || snapshot.commands < before.commands
        let commands = snapshot.commands - (isFirst ? 0 : before.commands)
        let latency = snapshot.latencyNanoseconds - (isFirst ? 0 : before.latencyNanoseconds)
        (shownAt, before) = (now, snapshot)
        if elapsed < 0 { return write("\(name): warming up") }
        let rate = Int(Double(commands) / (isFirst ? max(elapsed, 0.001) : passed))
        let mean = commands == 0 ? 0 : latency / commands / 1000
        var left: Double? = options.seconds.map { $0 - elapsed }
        if let requests = options.requests, snapshot.commands > 0 {
            left = elapsed * Double(requests - snapshot.commands) / Double(snapshot.commands)
        }
        let rest = left.map { ", \(Int(max(0, $0.rounded()))) s left" } ?? ""
        write("\(name): \(rate) requests/s, mean latency \(mean) µs, \(snapshot.errors) errors\(rest)")
    }

    /// Shows a line of another kind.
    func show(_ text: String) {
        guard isShown else { return }
        shownAt = Clock.monotonicNanoseconds()
        write(text)
    }

    func clear() {
        if isShown, shownAt != 0 { write("") }
        (shownAt, before) = (0, LoadSnapshot())
    }

    private func write(_ text: String) { File.writeStandardError("\r\u{1B}[K\(text)") }
}
