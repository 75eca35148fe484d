// How a load is put on a server: connections, depth, length, speed.
import Platform

package struct LoadOptions: Sendable {
    package var address: ServerAddress
    /// Sent on every connection before anything else.
    package var greeting: [[String]] = []
    package var threads = 1
    package var connections = 50
    /// Commands in flight on a connection.
    package var pipeline = 1
    /// Commands altogether; nil: until the time is over.
    package var requests: Int? = 100_000
    package var seconds: Double?
    /// Time at the start that is not measured.
    package var warmUpSeconds = 0.0
    /// Commands a second, all connections together, whether the server keeps up or not; nil: each connection sends
    /// when it has been answered.
    package var rate: Double?
    /// Longest wait for a connection or a reply, in seconds.
    package var timeoutSeconds = 5.0

    package init(address: ServerAddress) { self.address = address }

    /// In words, for the reports.
    var conditions: String {
        var words = [connections == 1 ? "1 connection" : "\(connections) connections", "pipeline \(pipeline)"]
        words.append(threads == 1 ? "1 client thread" : "\(threads) client threads")
        words.append(rate.map { "open loop at \(Report.fixed($0, 0)) requests/s" } ?? "closed loop")
        if warmUpSeconds > 0 { words.append("\(Report.fixed(warmUpSeconds, 1)) s of warm-up") }
        return words.joined(separator: ", ")
    }

    /// What a connection says first, to be answered without an error: who it is, which protocol, which database.
    package static func greeting(user: String?, password: String?, protocol version: Int, database: Int) -> [[String]] {
        var commands: [[String]] = []
        if let password { commands.append(["AUTH"] + (user.map { [$0] } ?? []) + [password]) }
        if version == 3 { commands.append(["HELLO", "3"]) }
        if database != 0 { commands.append(["SELECT", "\(database)"]) }
        return commands + [["PING"]]
    }
}
