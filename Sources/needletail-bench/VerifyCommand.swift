// The command line of needletail-bench verify.
import ArgumentParser
import LoadGenerator
import Platform

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needletail-bench verify",
        abstract: "Checks under stress that a server keeps its promises: atomic commands, order, nothing lost.",
        discussion: """
            All checks run at once, each with clients and keys of its own, while connections are cut at random. \
            A check whose commands the server lacks is skipped. A violation is reported with the least that shows it.

            If the server has a limit of memory and evicts keys, a further connection writes keys all the time, so \
            that it does evict. Then a key that is missing proves nothing, and what is there is judged: never an older \
            or a foreign value, never two where one can be, never past its deadline. What each check found of what it \
            looked for is shown, and that no key was evicted is a failure.

            Exit codes: 0 all held; 1 a promise was broken, or the server was lost; 64 the command line is wrong.
            """,
        helpNames: [.long])

    @OptionGroup var connection: ConnectionArguments
    @Option(help: "Checks, separated by commas; --list-checks shows them.") var checks = "all"
    @Flag(help: "Show the checks.") var listChecks = false
    @Option(help: "Seconds that the checks go on.") var seconds = 10.0
    @Option(help: "Clients of each check, a thread and a connection each.") var threads = 4
    @Option(help: "Connections cut at random each second, all checks together.") var killRate = 5.0
    @Option(help: "Connections that the check of chaos opens at once.") var storm = 1000
    @Flag(help: "Let chaos end connections of the other checks by CLIENT KILL.") var killClients = false
    @Flag(help: "Let chaos, alone, empty all databases with FLUSHALL.") var flushAll = false
    @Option(help: "Bytes of the largest values.") var maxValue = 64 << 20
    @Option(help: "Start of the random numbers.") var seed: UInt64 = 1
    @Option(help: "What the names of all keys begin with.") var prefix = "verify:"
    @Flag(
        inversion: .prefixedNo,
        help: "Keep the server evicting, and take keys for gone at any time; as its maxmemory-policy says if not given."
    )
    var evicting: Bool?
    @Flag(help: "Let the other checks go on when one has found something.") var keepGoing = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        try check(1...256 ~= threads, "--threads is 1 to 256")
        try check(seconds > 0 && seconds <= 1e6, "--seconds is more than 0")
        try check(killRate >= 0 && killRate <= 1e5, "--kill-rate is not negative")
        try check(0...50_000 ~= storm, "--storm is 0 to 50000")
        try check(!flushAll || checks == "chaos", "--flush-all goes with --checks chaos alone")
        try check(1...(512 << 20) ~= maxValue, "--max-value is 1 to 536870912")
        do { _ = try Check.parse(checks) } catch { throw ValidationError(error.description) }
    }

    func run() throws {
        if listChecks {
            for check in Check.all {
                print(check.name + String(repeating: " ", count: max(1, 12 - check.name.count)) + check.summary)
            }
            return
        }
        Signals.setUp()
        let checks = try Check.parse(checks)
        _ = Socket.raiseOpenFileLimit(to: checks.count * (threads + 1) + 64)
        let run: VerificationRun
        do {
            run = try VerificationRun(checks, try options())
        } catch let error as AddressError {
            throw failure(error.text)
        } catch {
            throw failure("\(error)")
        }
        var isInterrupted = false
        while !run.isOver {
            // The wait is the pause between two looks; Ctrl-C ends it.
            if let signal = Signals.wait(milliseconds: 20), signal != .nudge {
                isInterrupted = true
                run.stop()
            }
        }
        let result = run.join()
        // Past the buffers of `print`: a report is seen when it is there.
        try? File.writeStandardOutput(Array(((json ? Report.json(result) : Report.table(result)) + "\n").utf8))
        if isInterrupted { throw failure("interrupted") }
        if !result.isGood { throw ExitCode(1) }
    }

    private func options() throws -> VerificationOptions {
        var options = VerificationOptions(address: try connection.address())
        options.greeting = connection.greeting
        options.seconds = seconds
        options.threads = threads
        options.cutsPerSecond = killRate
        options.stormConnections = storm
        options.killsClients = killClients
        options.flushesAll = flushAll
        options.maximumValueBytes = maxValue
        options.seed = seed
        options.keepsGoing = keepGoing
        options.prefix = prefix
        options.evicts = evicting
        options.timeoutSeconds = connection.timeout
        return options
    }

    private func failure(_ text: String) -> any Error {
        File.writeStandardError("needletail-bench: \(text)\n")
        return ExitCode(1)
    }
}
