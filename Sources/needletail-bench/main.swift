// The load generator's executable: `needletail-bench` measures, `needletail-bench verify` checks.
import ArgumentParser

// Two commands rather than a command and its subcommand: that would accept the options of both.
let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "verify" { VerifyCommand.main(Array(arguments.dropFirst())) } else { BenchCommand.main() }
