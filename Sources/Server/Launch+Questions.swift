// Options that are answered without starting a server.
import Platform

extension Launch {
    /// The exit code if the first argument asks for something else than a server.
    static func answer(_ arguments: [String], program: String) -> Int32? {
        switch arguments.first {
        case "-v", "--version":
            print(version)
            return 0
        case "-h", "--help":
            File.writeStandardError(usage(program))
            return 1
        case "--test-memory", "--check-system":
            File.writeStandardError(
                "\(arguments[0]) is not part of this server: use a tool for the machine, such as memtester.\n")
            return 1
        case "--sentinel":
            File.writeStandardError("Sentinel mode is not supported.\n")
            return 1
        default:
            return nil
        }
    }

    static var version: String {
        """
        Needletail server v=\(ServerIdentity.version) sha=00000000:0 malloc=\(AllocatorStatistics.allocatorName) \
        bits=64 build=\(build)
        """
    }

    /// 16 digits that tell one build from another: a hash of the executable's size and time.
    private static var build: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let text = "\(ServerIdentity.version) \(File.stamp("/proc/self/exe"))"
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func usage(_ program: String) -> String {
        """
        Usage: \(program) [/path/to/redis.conf] [options] [-]
               \(program) -   (the configuration comes from standard input)
               \(program) -v or --version
               \(program) -h or --help

        An option is a directive of the configuration file with two dashes in front, followed by its values:
               \(program)                       (default configuration)
               \(program) /etc/redis/redis.conf
               \(program) --port 7777 --threads 4
               \(program) /etc/redis/redis.conf --loglevel verbose
               echo 'maxmemory 128mb' | \(program) -

        """
    }
}
