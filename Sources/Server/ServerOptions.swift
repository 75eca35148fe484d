// What the server is started with.

struct ServerOptions {
    var threads = 1
    var shards = 1
    var databases = 16
    var port = 6379
    var addresses = ["127.0.0.1"]
    var unixSocket = ""
    var backlog = 511
}
