// How a trace is replayed: against which server, how fast.
import Platform

package struct ReplayOptions: Sendable {
    package var address: ServerAddress
    /// Sent on every connection before anything else.
    package var greeting: [[String]] = []
    /// Requests that are asked for together; what they miss is stored together.
    package var window = 64
    /// Requests a second; nil: as fast as the server answers.
    package var rate: Double?
    /// Seconds that what is stored lives; nil: for ever.
    package var lifetimeSeconds: Int?
    /// Longest wait for a connection or a reply, in seconds.
    package var timeoutSeconds = 5.0

    package init(address: ServerAddress) { self.address = address }

    var loadOptions: LoadOptions {
        var options = LoadOptions(address: address)
        options.greeting = greeting
        options.timeoutSeconds = timeoutSeconds
        return options
    }
}
