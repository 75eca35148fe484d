// The command line of needletail-bench.
import ArgumentParser
import LoadGenerator
import Platform

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needletail-bench",
        abstract: "Puts load on any server that speaks Redis' protocol, and measures how it answers.",
        discussion: """
            'needletail-bench verify', with that word first, checks instead that a server keeps its promises under \
            stress: needletail-bench verify --help. 'needletail-bench replay' replays a trace of keys and prints the \
            hit ratio: needletail-bench replay --help.

            Exit codes: 0 all done; 1 the server could not be used, or was lost, or connections broke; \
            3 all done, but some replies were errors; 64 the command line is wrong.
            """,
        helpNames: [.long])

    @OptionGroup var connection: ConnectionArguments
    @Option(name: [.customShort("c"), .customLong("connections")], help: "Connections altogether.")
    var connections = 50
    @Option(help: "Threads of this program.") var threads = 1
    @Option(name: [.customShort("n"), .customLong("requests")], help: "Requests of each test. (default: 100000)")
    var requests: Int?
    @Option(help: "Seconds of each test, instead of a number of requests.") var seconds: Double?
    @Option(help: "Seconds at the start of each test that are not measured.") var warmup = 0.0
    @Option(name: [.customShort("P"), .customLong("pipeline")], help: "Requests in flight on a connection.")
    var pipeline = 1
    @Option(help: "Requests a second, whether the server keeps up or not: latency counts from when each was due.")
    var rate: Double?
    @OptionGroup var search: SearchArguments

    @Option(
        name: [.customShort("d"), .customLong("size")], help: "Bytes of values: 64, 16-1024, 16:70,1024:30 or @FILE.")
    var size = "3"
    @Option(name: [.customShort("r"), .customLong("keyspace")], help: "How many different keys.") var keySpace = 1
    @Option(help: "What the names of keys begin with.") var keyPrefix = "key:"
    @Option(help: "uniform, sequential, zipf:0.99, gaussian, hot:90:10 (traffic and keys in %), latest.")
    var distribution = "uniform"
    @Option(help: "SET also sets a time to live in seconds: 60 or 10-3600.") var ttl: String?
    @Option(help: "Start of the random numbers.") var seed: UInt64 = 1
    @Flag(help: "Write every key once before the tests.") var preload = false

    @Option(
        name: [.customShort("t"), .customLong("tests")], help: "Tests, separated by commas; --list-tests shows them.")
    var tests: String?
    @Option(help: "Tests with weights, sent mixed: get:80,set:15,del:5.") var mix: String?
    @Option(
        help: """
            A command of your own, such as 'SET __key__ __data__', or with a weight '15:SET __key__ __data__'; may be \
            given several times. Placeholders: __key__, __index__, __rand_int__, __data__, __ttl__.
            """)
    var command: [String] = []
    @Flag(help: "Show the names of the tests.") var listTests = false

    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Print CSV.") var csv = false
    @Option(help: "Write a page with charts to a file, to be looked at in a browser.") var html: String?
    @Option(help: "The server's process on this machine: its processor time and memory are reported.")
    var serverPid: Int?

    func validate() throws {
        try check(1...1024 ~= threads, "--threads is 1 to 1024")
        try check(threads...100_000 ~= connections, "-c is at least the number of threads, at most 100000")
        try check(1...1_000_000 ~= pipeline, "-P is 1 to 1000000")
        try check(1...WorkloadOptions.maximumKeySpace ~= keySpace, "-r is 1 to 1000000000000")
        try check(requests == nil || seconds == nil, "-n and --seconds exclude each other")
        try check(requests.map { 1...(1 << 50) ~= $0 } ?? true, "-n is at least 1")
        try check(seconds.map { $0 > 0 && $0 <= 1e6 } ?? true, "--seconds is more than 0")
        try check(warmup >= 0 && warmup <= 1e6, "--warmup is not negative")
        try check(rate.map { $0 > 0 && $0 <= 1e9 } ?? true, "--rate is more than 0")
        try check([tests != nil, mix != nil || !command.isEmpty].count { $0 } < 2, "-t excludes --mix and --command")
        try check(!search.findMaxRate || requests == nil, "--find-max-rate goes by --seconds, not by -n")
        try check(!(json && csv), "--json and --csv exclude each other")
        do { _ = try workloads() } catch let error as OptionError { throw ValidationError(error.description) }
    }

    func run() throws {
        if listTests {
            print(Presets.names.joined(separator: "\n"))
            return
        }
        var session = Session(self)
        try session.run()
    }

    func workloadOptions() throws -> WorkloadOptions {
        var options = WorkloadOptions()
        options.keySpace = keySpace
        options.keyPrefix = keyPrefix
        options.distribution = try Distribution.parse(distribution)
        options.valueSizes = try ValueSizes.parse(size)
        options.lifetime = try ttl.map { try LifetimeRange.parse($0) }
        options.seed = seed
        return options
    }

    /// The tests in their order, without the preload.
    func workloads() throws -> [Workload] {
        let options = try workloadOptions()
        var commands = try mix.map { try MixText.parse($0, options) } ?? []
        commands += try command.map { try MixText.parseCommand($0) }
        if !commands.isEmpty {
            let name = commands.count == 1 ? commands[0].name : "MIX"
            let preparation = try mix.map { try MixText.preparation($0, options) } ?? []
            return [Workload(name: name, commands: commands, preparation: preparation)]
        }
        return try Presets.parse(tests ?? Presets.standard.joined(separator: ","), options)
    }

    func loadOptions() throws -> LoadOptions {
        var options = LoadOptions(address: try connection.address())
        options.greeting = connection.greeting
        options.threads = threads
        options.connections = connections
        options.pipeline = pipeline
        options.requests = seconds == nil ? requests ?? 100_000 : nil
        options.seconds = seconds
        options.warmUpSeconds = warmup
        options.rate = rate
        options.timeoutSeconds = connection.timeout
        return options
    }
}
