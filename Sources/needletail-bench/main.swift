// The load generator's executable.
import ArgumentParser

BenchCommand.main()
