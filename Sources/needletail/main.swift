// The server's executable: hands the arguments over and exits with what comes back.
import Platform
import Server

Process.exit(Launch.run(CommandLine.arguments))
