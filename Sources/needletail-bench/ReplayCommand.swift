// The command line of needletail-bench replay.
import ArgumentParser
import LoadGenerator
import Platform

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needletail-bench replay",
        abstract: "Replays a trace of keys as a look-aside cache: GET, and on a miss SET. Prints the hit ratio.",
        discussion: """
            A trace is a file with lines of time,key,size, or is made: the same one for the same options. The server \
            is taken as it is: set its maxmemory and policy before. With --offline no server is asked: what caches of \
            the given capacities would reach, exact LRU and the optimum (Belady's), is computed.

            Exit codes: 0 all done; 1 the server could not be used, or was lost; 3 all done, but some replies were \
            errors; 64 the command line is wrong.
            """,
        helpNames: [.long])

    @OptionGroup var connection: ConnectionArguments
    @Option(help: "A trace in a file, lines of time,key,size.") var trace: String?
    @Option(help: "A trace to be made: \(TraceShape.names.joined(separator: ", ")).") var make = "zipf:0.9"
    @Option(name: [.customShort("n"), .customLong("requests")], help: "Requests of a trace that is made.")
    var requests = 2_000_000
    @Option(name: [.customShort("r"), .customLong("keyspace")], help: "Keys of a trace that is made.")
    var keySpace = 500_000
    @Option(
        name: [.customShort("d"), .customLong("size")], help: "Bytes of values: 64, 16-1024, 16:70,1024:30 or @FILE.")
    var size = "256"
    @Option(help: "Start of the random numbers.") var seed: UInt64 = 1
    @Option(help: "Requests asked for together.") var window = 64
    @Option(help: "Requests a second, instead of as many as the server answers.") var rate: Double?
    @Option(help: "Seconds that values live.") var ttl: Int?
    @Flag(help: "Ask no server: compute the bounds.") var offline = false
    @Option(help: "Capacities for --offline, separated by commas: entries, or bytes with --entry-overhead.")
    var capacity = "10000"
    @Option(help: "Bytes that an entry takes beside its key and its value; capacities are bytes then.")
    var entryOverhead: Int?
    @Option(help: "Write the trace to a file, and do nothing else.") var write: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        try check(1...Trace.maximum ~= requests, "-n is 1 to \(Trace.maximum)")
        try check(1...100_000_000 ~= keySpace, "-r is 1 to 100000000")
        try check(1...100_000 ~= window, "--window is 1 to 100000")
        try check(rate.map { $0 > 0 && $0 <= 1e9 } ?? true, "--rate is more than 0")
        try check(ttl.map { 1...(1 << 40) ~= $0 } ?? true, "--ttl is at least 1")
        try check(entryOverhead.map { 0...(1 << 20) ~= $0 } ?? true, "--entry-overhead is not negative")
        try check(capacities() != nil, "--capacity is a list of numbers from 1, such as 1000,20000")
        do {
            _ = try TraceShape.parse(make)
            _ = try scale()
        } catch let error as OptionError { throw ValidationError(error.description) }
    }

    func run() throws {
        let trace = try loadTrace()
        if let write {
            do { try File.overwrite(write, with: trace.fileContents) } catch {
                throw failure("cannot write \(write): \(error)")
            }
        } else if offline {
            let bounds = (capacities() ?? []).map { CacheBounds(trace, $0) }
            show(json ? Report.json(trace, bounds) : Report.table(trace, bounds))
        } else {
            try replay(trace)
        }
    }

    private func replay(_ trace: Trace) throws {
        let result: ReplayResult
        do {
            var options = ReplayOptions(address: try connection.address())
            options.greeting = connection.greeting
            options.window = window
            options.rate = rate
            options.lifetimeSeconds = ttl
            options.timeoutSeconds = connection.timeout
            let progress = ProgressLine(isShown: Terminal.isErrorATerminal)
            defer { progress.clear() }
            result = try Replay.run(trace, options) { progress.show("\(trace.name): \(Int($0 * 100)) %") }
        } catch let error as AddressError {
            throw failure(error.text)
        } catch {
            throw failure("\(error)")
        }
        show(json ? Report.json(result) : Report.table(result))
        if result.errors > 0 { throw ExitCode(3) }
    }

    private func loadTrace() throws -> Trace {
        do {
            guard let path = trace else { return Trace(try TraceShape.parse(make), name: make, try scale()) }
            return try Trace.read(path, name: path.split(separator: "/").last.map { String($0) } ?? path)
        } catch { throw failure("\(error)") }
    }

    private func scale() throws -> TraceScale {
        var scale = TraceScale()
        scale.requests = requests
        scale.keys = keySpace
        scale.sizes = try ValueSizes.parse(size)
        scale.seed = seed
        return scale
    }

    /// nil: they are no numbers.
    private func capacities() -> [CacheCapacity]? {
        let numbers = capacity.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard numbers.allSatisfy({ 1...(1 << 50) ~= $0 }) else { return nil }
        return numbers.map { number in
            entryOverhead.map { .bytes(number, overhead: $0) } ?? .entries(number)
        }
    }

    private func show(_ text: String) { try? File.writeStandardOutput(Array((text + "\n").utf8)) }

    private func failure(_ text: String) -> any Error {
        File.writeStandardError("needletail-bench: \(text)\n")
        return ExitCode(1)
    }
}
