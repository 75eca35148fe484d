// The options that say which server, and as whom.
import ArgumentParser
import LoadGenerator
import Platform

struct ConnectionArguments: ParsableArguments {
    @Option(name: [.customShort("h"), .customLong("host")], help: "Name or address of the server.")
    var host = "127.0.0.1"
    @Option(name: .shortAndLong, help: "Port of the server.") var port = 6379
    @Option(name: .shortAndLong, help: "Unix socket of the server, instead of host and port.") var socket: String?
    @Option(name: [.customShort("a"), .long], help: "Password.") var password: String?
    @Option(help: "User, beside a password.") var user: String?
    @Option(help: "Number of the database.") var dbnum = 0
    @Option(help: "Protocol, 2 or 3.") var resp = 2
    @Option(help: "Longest wait for a connection or a reply, in seconds.") var timeout = 5.0

    func validate() throws {
        try check(1...65535 ~= port, "the port is 1 to 65535")
        try check(resp == 2 || resp == 3, "--resp is 2 or 3")
        try check(0...1_000_000 ~= dbnum, "--dbnum is not negative")
        try check(timeout >= 0.01 && timeout <= 1e6, "--timeout is at least 0.01")
    }

    /// Resolves the name of the host.
    func address() throws -> ServerAddress {
        try socket.map { try ServerAddress.unix(path: $0) } ?? ServerAddress.tcp(host: host, port: port)
    }

    var greeting: [[String]] {
        LoadOptions.greeting(user: user, password: password, protocol: resp, database: dbnum)
    }
}

/// What is wrong with a command line, if anything.
func check(_ isRight: Bool, _ text: String) throws {
    if !isRight { throw ValidationError(text) }
}
