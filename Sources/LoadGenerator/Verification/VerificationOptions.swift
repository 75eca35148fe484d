// How checks are run: against which server, for how long, by how many, with how much trouble.
import Platform

package struct VerificationOptions: Sendable {
    package var address: ServerAddress
    /// Sent on every connection before anything else.
    package var greeting: [[String]] = []
    package var seconds = 10.0
    /// Clients of each check, a thread and a connection each.
    package var threads = 4
    /// Connections of the checks that are cut at random each second, all checks together.
    package var cutsPerSecond = 5.0
    package var seed: UInt64 = 1
    /// Whether the other checks go on when one has found something.
    package var keepsGoing = false
    /// What the names of all keys begin with.
    package var prefix = "verify:"
    /// Connections that `chaos` opens at once.
    package var stormConnections = 1000
    /// Whether `chaos` ends connections of the other checks by CLIENT KILL.
    package var killsClients = false
    /// Whether `chaos` may empty all databases; only when it runs alone and nothing there is dear to anybody.
    package var flushesAll = false
    /// Bytes of the largest values.
    package var maximumValueBytes = 64 << 20
    /// Whether keys may go at any time, because the server's memory is limited and it evicts; nil: ask the server.
    package var evicts: Bool?
    /// Longest wait for a connection or a reply, in seconds.
    package var timeoutSeconds = 5.0

    /// The name of the checks' connections, by which `chaos` finds those that it may kill.
    var clientName: String { "verify-\(seed)" }

    /// What clients of checks say first.
    var clientGreeting: [[String]] { greeting + (killsClients ? [["CLIENT", "SETNAME", clientName]] : []) }

    package init(address: ServerAddress) { self.address = address }
}
