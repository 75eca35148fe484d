// One test from beginning to end: threads are started, watched and joined.
import Platform

/// A load on a server. Start it, look at it while it runs, and join it.
package final class LoadRun {
    private let workload: Workload
    private let options: LoadOptions
    private let monitor: LoadMonitor
    private var handles: [Thread.Handle] = []
    private var processorSecondsBefore = 0.0
    private var serverBefore: (processorNanoseconds: Int, residentBytes: Int)?
    private let serverProcess: Int?
    private let infoBefore: InfoSnapshot?

    /// `serverProcess`: the server's process if it is on this machine, to be watched too.
    ///
    /// Sends the commands that prepare the test, then opens the connections; the load begins when all of them are open.
    package init(
        _ workload: Workload, _ workloadOptions: WorkloadOptions, _ options: LoadOptions, serverProcess: Int? = nil
    ) throws {
        precondition(options.threads > 0 && options.connections >= options.threads, "threads without connections")
        precondition(options.pipeline > 0 && options.timeoutSeconds > 0, "no depth or no time")
        self.workload = workload
        self.options = options
        self.serverProcess = serverProcess
        // It answers at all, and knows us: told before anything is started.
        let control = try ControlConnection(options)
        for command in workload.preparation { _ = try control.call(command) }
        infoBefore = LoadRun.info(control)
        monitor = LoadMonitor(threads: options.threads)
        var threads: [LoadThread] = []
        for number in 0..<options.threads {
            threads.append(try LoadThread(number: number, workload, workloadOptions, options, monitor))
        }
        processorSecondsBefore = LoadRun.processorSeconds()
        serverBefore = serverProcess.flatMap { ProcessStatistics.ofProcess($0) }
        for thread in threads {
            var thread = thread
            handles.append(try Thread.start(name: "load-\(thread.number)") { thread.run() })
        }
    }

    /// Whether every thread has ended.
    package var isOver: Bool { monitor.isOver }

    /// Ends the load before its time.
    package func stop() { monitor.stop() }

    /// What has been measured so far, without the last tenth of a second.
    package var snapshot: LoadSnapshot { monitor.snapshot }

    /// Seconds of the measurement so far; negative before the warm-up is over, nil before the load begins.
    package var elapsedSeconds: Double? {
        monitor.startTime.map { Double(Clock.monotonicNanoseconds() - $0) / 1e9 - options.warmUpSeconds }
    }

    /// Waits for the threads and puts together what they measured.
    package func join() -> LoadResult {
        for handle in handles { Thread.join(handle) }
        handles = []
        let clientSeconds = LoadRun.processorSeconds() - processorSecondsBefore
        var result = LoadResult(workload, options, monitor.finished, clientSeconds: clientSeconds)
        if let serverProcess, let before = serverBefore, let after = ProcessStatistics.ofProcess(serverProcess) {
            result.serverProcessorSeconds = Double(after.processorNanoseconds - before.processorNanoseconds) / 1e9
            result.serverResidentBytes = after.residentBytes
        }
        if result.failure == nil, let before = infoBefore, let control = try? ControlConnection(options),
            let after = LoadRun.info(control)
        {
            result.info = InfoChanges(before: before, after: after)
        }
        return result
    }

    private static func info(_ control: ControlConnection) -> InfoSnapshot? {
        guard let reply = try? control.call(["INFO"]) else { return nil }
        return InfoSnapshot(String(decoding: reply, as: UTF8.self))
    }

    private static func processorSeconds() -> Double {
        let statistics = ProcessStatistics.current()
        return statistics.userSeconds + statistics.systemSeconds
    }
}
