// What cannot change while the server runs.

struct ServerOptions {
    let threads: Int
    let shards: Int
    let databases: Int
    let port: Int
    let addresses: [String]
    let unixSocket: String
    let unixSocketMode: Int
    let backlog: Int

    init(_ configuration: Configuration) {
        threads = configuration.threads
        shards = configuration.shards
        databases = configuration.databases
        port = configuration.port
        addresses = configuration.addresses
        unixSocket = configuration.unixSocket
        unixSocketMode = configuration.unixSocketMode
        backlog = configuration.backlog
    }
}
