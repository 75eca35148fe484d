// The load generator's executable: `needletail-bench` measures, `verify` checks, `replay` counts a cache's hits.
import ArgumentParser

// Commands of their own rather than subcommands: the first one would accept the options of all.
let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "verify": VerifyCommand.main(Array(arguments.dropFirst()))
case "replay": ReplayCommand.main(Array(arguments.dropFirst()))
default: BenchCommand.main()
}
