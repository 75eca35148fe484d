// What cannot change while the server runs.

struct ServerOptions {
    let threads: Int
    let shards: Int
    let databases: Int

    init(_ configuration: Configuration) {
        threads = configuration.threads
        shards = configuration.shards
        databases = configuration.databases
    }
}
