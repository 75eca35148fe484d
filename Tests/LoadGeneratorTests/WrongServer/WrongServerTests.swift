// The wrong server is right without a fault, and wrong with one.
import LoadGenerator
import Platform
import Testing

@Suite struct WrongServerTests {
    /// Sends each command and compares the replies' bytes.
    private func expect(
        _ server: WrongServer, _ exchanges: [(String, String)], location: SourceLocation = #_sourceLocation
    ) throws {
        let client = try ControlConnection(LoadOptions(address: .tcp(host: "127.0.0.1", port: server.port)))
        for (command, reply) in exchanges {
            let words = command.split(separator: " ").map(String.init)
            let answer = String(decoding: try client.call(words), as: UTF8.self)
            let text = answer.replacing("\r\n", with: " ").trimmingPrefix(" ")
            #expect(text == reply + " ", "\(command)", sourceLocation: location)
        }
    }

    @Test func stringsAndKeys() throws {
        try WrongServer.run { server in
            try expect(server, [
                ("PING", "+PONG"), ("SET a 1", "+OK"), ("SET a 2 NX", "$-1"), ("SET a 2 IFEQ 1", "+OK"),
                ("SET a 3 IFEQ 1", "$-1"), ("SET a 4 XX GET", "$1 2"), ("INCR a", ":5"), ("DECRBY a 3", ":2"),
                ("APPEND a 00", ":3"), ("STRLEN a", ":3"), ("GETRANGE a 1 -1", "$2 00"), ("MSET b 1 c 2", "+OK"),
                ("MGET a b x", "*3 $3 200 $1 1 $-1"), ("RENAME a d", "+OK"), ("GET a", "$-1"),
                ("RENAMENX d b", ":0"), ("COPY b e", ":1"), ("EXISTS b e x", ":2"), ("DEL b e x", ":2"),
                ("PEXPIRE c 100000", ":1"), ("TTL c", ":100"), ("PTTL x", ":-2"), ("DBSIZE", ":2"),
                ("GETDEL c", "$1 2"), ("GET", "-ERR wrong number of arguments for 'get' command"),
            ])
        }
    }

    @Test func collections() throws {
        try WrongServer.run { server in
            try expect(server, [
                ("LPUSH l a b c", ":3"), ("LRANGE l 0 -1", "*3 $1 c $1 b $1 a"), ("LMOVE l m RIGHT LEFT", "$1 a"),
                ("BLMOVE l m LEFT RIGHT 1", "$1 c"), ("LRANGE m 0 -1", "*2 $1 a $1 c"), ("RPOP l", "$1 b"),
                ("BRPOP x m 1", "*2 $1 m $1 c"), ("BLPOP x 0.01", "*-1"), ("BLMOVE x y LEFT LEFT 0.01", "$-1"),
                ("LREM m 0 a", ":1"), ("EXISTS l m", ":0"), ("SADD s a b", ":2"), ("SMOVE s t a", ":1"),
                ("SISMEMBER t a", ":1"), ("SCARD s", ":1"), ("SMEMBERS t", "*1 $1 a"), ("HINCRBY h f 3", ":3"),
                ("HGETALL h", "*2 $1 f $1 3"), ("ZINCRBY z 2 m", "$1 2"), ("ZSCORE z m", "$1 2"),
                ("GET s", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ])
        }
    }

    @Test func transactionsAndConnections() throws {
        try WrongServer.run(lacking: ["lpush"]) { server in
            try expect(server, [
                ("WATCH a", "+OK"), ("SET a 1", "+OK"), ("MULTI", "+OK"), ("INCR a", "+QUEUED"), ("EXEC", "*-1"),
                ("MULTI", "+OK"), ("INCR a", "+QUEUED"), ("BRPOP x 0", "+QUEUED"), ("EXEC", "*2 :2 *-1"),
                ("LPUSH l a", "-ERR unknown command 'lpush'"), ("COMMAND INFO lpush", "*1 *-1"),
                ("SELECT 1", "+OK"), ("FLUSHDB", "+OK"), ("SELECT 0", "+OK"), ("DBSIZE", ":1"),
                ("FLUSHALL", "+OK"), ("DBSIZE", ":0"), ("CONFIG SET hz 20", "+OK"),
                ("CONFIG GET hz", "*2 $2 hz $2 20"), ("CLIENT SETNAME me", "+OK"), ("CLIENT GETNAME", "$2 me"),
            ])
        }
    }

    @Test func deadlinesAreKept() throws {
        try WrongServer.run { server in
            try expect(server, [("SET a 1 PX 30", "+OK"), ("GET a", "$1 1")])
            Clock.sleep(microseconds: 40_000)
            try expect(server, [("GET a", "$-1")])
        }
    }

    @Test func blockedClientsAreServed() throws {
        try WrongServer.run { server in
            let pusher = try Thread.start(name: "pusher") {
                Clock.sleep(microseconds: 30_000)
                try? expect(server, [("LPUSH q x", ":1")])
            }
            try expect(server, [("BRPOP q 5", "*2 $1 q $1 x")])
            Thread.join(pusher)
        }
    }

    @Test func faultsStrike() throws {
        try WrongServer.run(fault: .dropsIncrement, probability: 1) { server in
            try expect(server, [("INCR a", ":1"), ("INCR a", ":1"), ("GET a", "$-1")])
            #expect(server.strikes == 2)
        }
        try WrongServer.run(fault: .executesTwice, probability: 1) { server in
            try expect(server, [("INCR a", ":1"), ("GET a", "$1 2")])
        }
        try WrongServer.run(fault: .closesWithoutReason, probability: 1) { server in
            _ = #expect(throws: ServerFailure.self) { try expect(server, [("PING", "+PONG")]) }
        }
    }
}
