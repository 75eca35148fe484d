// CONFIG GET, CONFIG SET and CONFIG REWRITE.
import Platform
import Server
import Testing

extension ConfigurationStore {
    fileprivate mutating func set(_ pairs: [(String, String)], isLocal: Bool = true) -> String {
        let assignments = pairs.map { Assignment(name: Array($0.0.utf8), value: Array($0.1.utf8)) }
        do throws(ConfigurationError) {
            try set(assignments, isLocal: isLocal) { _ in nil }
            return "OK"
        } catch {
            return error.text
        }
    }

    fileprivate func shown(_ patterns: String...) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in get(patterns.map { Array($0.utf8) }) {
            result[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        return result
    }
}

@Test func valuesAreShown() {
    let store = ConfigurationStore()
    #expect(store.shown("port") == ["port": "6379"])
    #expect(store.shown("PoRt") == ["PoRt": "6379"])
    #expect(store.shown("nosuch").isEmpty)
    #expect(store.shown("hash-max-ziplist-value", "hash-max-list*-value").count == 2)
    #expect(
        store.shown("*").count == DirectiveTable.directives.count + DirectiveTable.directives.count { $0.alias != nil })
    #expect(store.shown("slowlog-*") == ["slowlog-log-slower-than": "10000", "slowlog-max-len": "128"])
}

private func related(_ name: String, _ reason: String) -> String {
    "ERR CONFIG SET failed (possibly related to argument '\(name)') - \(reason)"
}

@Test func allOrNothingIsSet() {
    var store = ConfigurationStore()
    #expect(store.set([("timeout", "5"), ("maxmemory", "1mb")]) == "OK")
    #expect(store.configuration.idleTimeoutSeconds == 5 && store.configuration.maximumMemory == 1 << 20)
    #expect(
        store.set([("timeout", "7"), ("maxclients", "abc")])
            == related("maxclients", "argument couldn't be parsed into an integer"))
    #expect(store.configuration.idleTimeoutSeconds == 5)
    #expect(
        store.set([("timeout", "5"), ("nosuch", "2")])
            == "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'")
    #expect(store.set([("timeout", "1"), ("timeout", "2")]) == related("timeout", "duplicate parameter"))
    #expect(
        store.set([("busy-reply-threshold", "1"), ("lua-time-limit", "2")])
            == related("lua-time-limit", "duplicate parameter"))
    #expect(store.set([("databases", "1")]) == related("databases", "can't set immutable config"))
    #expect(store.set([("dir", "/tmp")]) == related("dir", "can't set protected config"))
    #expect(store.set([("appendonly", "yes")]) == related("appendonly", "append-only files are not supported"))
    #expect(store.set([("appendonly", "no")]) == "OK")
}

@Test func whatCannotBeAppliedIsNotSet() {
    var store = ConfigurationStore()
    let port = ConfigurationStore.Assignment(name: Array("port".utf8), value: Array("1".utf8))
    #expect(throws: ConfigurationError(related("port", "Unable to listen on this port"))) {
        try store.set([port], isLocal: true) { _ in ("port", "Unable to listen on this port") }
    }
    #expect(store.configuration.port == 6379 && store.shown("port") == ["port": "6379"])
}

@Test(arguments: [
    ("hz", "1000", "500"), ("hz", "0", "1"), ("maxmemory", "1KB", "1024"), ("maxmemory", "", "0"),
    ("maxmemory-clients", "0%", "0"), ("maxmemory-clients", "10%", "10%"), ("save", "900 1 300 10", "900 1 300 10"),
    ("save", "", ""), ("notify-keyspace-events", "tdKn", "tdnK"), ("notify-keyspace-events", "AKEmn", "AKEmn"),
    ("latency-tracking-info-percentiles", "99.99 0.001", "99.99 0.001"), ("oom-score-adj-values", "3 2 1", "3 2 1"),
    (
        "client-output-buffer-limit", "normal 1k 2k 3 pubsub 1 1 1",
        "normal 1000 2000 3 slave 268435456 67108864 60 pubsub 1 1 1"
    ),
    ("bind", "127.0.0.1 ::1", "127.0.0.1 ::1"), ("bind", "", ""), ("maxmemory-policy", "ALLKEYS-LRU", "allkeys-lru"),
    ("shutdown-on-sigterm", "now nosave", "nosave now"),
])
func valuesAreMadeCanonical(_ name: String, _ value: String, _ canonical: String) {
    var store = ConfigurationStore()
    #expect(store.set([(name, value)]) == "OK")
    #expect(store.shown(name) == [name: canonical])
}

@Test(arguments: [
    ("proto-max-bulk-len", "1", "argument must be between 1048576 and 9223372036854775807 inclusive"),
    ("maxmemory", "-1", "argument must be a memory value"),
    ("hll-sparse-max-bytes", "99999999999gb", "argument must be between 0 and 9223372036854775807 inclusive"),
    ("maxmemory", "1t", "argument must be a memory value"),
    ("maxmemory-clients", "101%", "percentage argument must be less or equal to 100"),
    ("maxmemory-clients", "-1%", "argument must be a memory or percent value"),
    ("client-output-buffer-limit", "slave 1 2", "Wrong number of arguments in buffer limit configuration."),
    ("client-output-buffer-limit", "foo 1 2 3", "Invalid client class specified in buffer limit configuration."),
    (
        "client-output-buffer-limit", "normal a 2 3",
        "Error in hard, soft or soft_seconds setting in buffer limit configuration."
    ),
    (
        "latency-tracking-info-percentiles", "101",
        "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"
    ),
    ("latency-tracking-info-percentiles", "50  99", "Invalid latency-tracking-info-percentiles parameters"),
    ("save", "900 1 300", "Invalid save parameters"), ("save", "0 1", "Invalid save parameters"),
    ("oom-score-adj-values", "1 2", "wrong number of arguments"),
    ("notify-keyspace-events", "Q", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."),
    ("timeout", "01", "argument couldn't be parsed into an integer"),
    ("slowlog-log-slower-than", "-2", "argument must be between -1 and 9223372036854775807 inclusive"),
    ("cluster-announce-hostname", "a b", "Hostnames may only contain alphanumeric characters, hyphens or dots"),
    ("proc-title-template", "{foo}", "template format is invalid or contains unknown variables"),
    ("loglevel", "loud", "argument(s) must be one of the following: debug, verbose, notice, warning"),
])
func valuesAreRefused(_ name: String, _ value: String, _ reason: String) {
    var store = ConfigurationStore()
    let before = store.shown(name)
    #expect(store.set([(name, value)]) == related(name, reason))
    #expect(store.shown(name) == before)
}

@Test func protectedDirectivesNeedPermission() throws {
    var store = try ConfigurationStore.load(contents: Array("enable-protected-configs local\n".utf8))
    #expect(store.set([("dbfilename", "x")], isLocal: false) == related("dbfilename", "can't set protected config"))
    #expect(store.set([("dbfilename", "x")]) == "OK")
    #expect(store.set([("dir", "/nonexistent")]) == related("dir", "No such file or directory"))
}

@Test func rewritingKeepsCommentsAndOrder() throws {
    let original = """
        # first comment
        port 7000
        maxmemory 100mb

        # save points
        save 900 1
        save 300 10
        save 60 10000
        slave-priority 5
        timeout    0
        """
    try withFile(original + "\n") { path in
        var store = try ConfigurationStore.load([path, "--threads", "3"])
        try store.rewrite()
        let unchanged = original + "\n# Generated by CONFIG REWRITE\nthreads 3\n"
        #expect(String(decoding: try File.read(path), as: UTF8.self) == unchanged)
        #expect(
            store.set([
                ("maxmemory", "200mb"), ("save", "900 1"), ("replica-priority", "6"), ("requirepass", "a\"b"),
                ("client-output-buffer-limit", "normal 1 2 3"),
            ]) == "OK")
        try store.rewrite()
        let rewritten = String(decoding: try File.read(path), as: UTF8.self)
        #expect(
            rewritten.hasPrefix(
                """
                # first comment
                port 7000
                maxmemory 200mb

                # save points
                save 900 1
                replica-priority 6
                timeout    0
                # Generated by CONFIG REWRITE

                """))
        #expect(rewritten.contains("\nrequirepass \"a\\\"b\"\n"))
        #expect(rewritten.contains("\nclient-output-buffer-limit normal 1 2 3\n"))
        let again = try ConfigurationStore.load([path])
        #expect(again.shown("*") == store.shown("*"))
        try store.rewrite()
        #expect(String(decoding: try File.read(path), as: UTF8.self) == rewritten)
    }
}

@Test func rewritingNeedsAFile() {
    let store = ConfigurationStore()
    #expect(throws: ConfigurationError("ERR The server is running without a config file")) { try store.rewrite() }
}
