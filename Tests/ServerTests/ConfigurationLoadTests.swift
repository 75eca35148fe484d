// Reading a configuration: files, includes, command lines, and what is refused.
import Keyspace
import Platform
import Server
import Testing

private func load(_ text: String) throws -> ConfigurationStore {
    try ConfigurationStore.load(contents: Array(text.utf8))
}

private func shown(_ store: ConfigurationStore, _ name: String) -> String {
    String(decoding: store.value(name), as: UTF8.self)
}

@Test func defaultsAreThoseOfRedis() {
    let store = ConfigurationStore()
    let configuration = store.configuration
    #expect(configuration.port == 6379 && configuration.addresses == ["*", "-::*"])
    #expect(configuration.databases == 16 && configuration.maximumClients == 10_000)
    #expect(configuration.evictionPolicy == .noEviction && configuration.logLevel == .notice)
    #expect(configuration.maximumBulkLength == 512 << 20 && configuration.slowLogMicroseconds == 10_000)
    #expect(configuration.pubsubOutputLimits == OutputLimits(hardBytes: 32 << 20, softBytes: 8 << 20, softSeconds: 60))
    #expect(configuration.latencyPercentiles == [50, 99, 99.9])
    #expect(configuration.threads >= 1 && configuration.shards == configuration.threads)
    #expect(configuration.encodings.setEntries == 128 && configuration.encodings.listNodeSize == -2)
}

@Test func everyDefaultIsAValueItselfAccepts() throws {
    for directive in DirectiveTable.directives where !directive.defaultValue.isEmpty && directive.defaultValue != "0" {
        let text = "\(directive.name) \"\(directive.defaultValue)\""
        let store = try load(text)
        #expect(shown(store, directive.name) == directive.defaultValue, "\(text)")
    }
}

@Test func namesAreUnique() {
    let names = DirectiveTable.directives.flatMap { [$0.name, $0.alias].compactMap { $0 } }
    #expect(Set(names).count == names.count)
}

@Test func directivesAreRead() throws {
    let store = try load(
        """
        # a comment
          PORT 7000
        bind 127.0.0.1 ::1
        requirepass "a b\\x41\\n"
        maxmemory 1gb
        maxmemory-clients 10%
        client-output-buffer-limit replica 1mb 2k 3
        save 900 1
        save 300 10
        notify-keyspace-events KEA
        unixsocketperm 700
        threads 3
        slave-priority 7
        lua-time-limit 100
        latency-tracking-info-percentiles 50 99.99

        io-threads 4
        """)
    let configuration = store.configuration
    #expect(configuration.port == 7000 && configuration.addresses == ["127.0.0.1", "::1"])
    #expect(configuration.password == Array("a bA\n".utf8))
    #expect(configuration.maximumMemory == 1 << 30 && configuration.maximumClientMemory == (1 << 30) / 10)
    #expect(configuration.replicaOutputLimits == OutputLimits(hardBytes: 1 << 20, softBytes: 2000, softSeconds: 3))
    #expect(shown(store, "save") == "900 1 300 10")
    #expect(configuration.keyspaceEvents == "AKE" && configuration.unixSocketMode == 0o700)
    #expect(configuration.threads == 3 && configuration.shards == 3)
    #expect(configuration.busyReplyMilliseconds == 100 && shown(store, "replica-priority") == "7")
    #expect(configuration.latencyPercentiles == [50, 99.99])
    #expect(Set(store.ignored) == ["save", "replica-priority", "io-threads"])
}

@Test(arguments: [
    ("port 0\n# c\nnosuch a b", 3, "nosuch a b", "Bad directive or wrong number of arguments"),
    ("port 1 2", 1, "port 1 2", "wrong number of arguments"),
    ("port", 1, "port", "wrong number of arguments"),
    ("port abc", 1, "port abc", "argument couldn't be parsed into an integer"),
    ("port 70000", 1, "port 70000", "argument must be between 0 and 65535 inclusive"),
    ("  port \"0 ", 1, "port \"0", "Unbalanced quotes in configuration line"),
    ("lazyfree-lazy-expire maybe", 1, "lazyfree-lazy-expire maybe", "argument must be 'yes' or 'no'"),
    ("maxmemory x", 1, "maxmemory x", "argument must be a memory value"),
    ("save a b", 1, "save a b", "Invalid save parameters"),
    ("appendfsync on", 1, "appendfsync on", "argument(s) must be one of the following: everysec, always, no"),
    ("dir /nonexistent", 1, "dir /nonexistent", "No such file or directory"),
    ("include", 1, "include", "Bad directive or wrong number of arguments"),
    ("appendonly yes", 1, "appendonly yes", "append-only files are not supported"),
    ("cluster-enabled yes", 1, "cluster-enabled yes", "cluster mode is not supported"),
    ("replicaof a 1", 1, "replicaof a 1", "replication is not supported"),
    ("tls-port 6380", 1, "tls-port 6380", "TLS is not supported"),
    ("loadmodule x.so", 1, "loadmodule x.so", "modules are not supported"),
    ("rename-command a b", 1, "rename-command a b", "renaming commands is not supported"),
    ("user default on", 1, "user default on", "access control lists are not supported"),
])
func linesAreRefused(_ text: String, _ number: Int, _ line: String, _ reason: String) {
    #expect(throws: ConfigurationFailure.line(number: number, text: line, reason: reason)) { try load(text) }
}

@Test func harmlessValuesOfMissingFeaturesAreAccepted() throws {
    let store = try load(
        "appendonly no\ncluster-enabled no\nreplicaof no one\ntls-port 0\nsave \"\"\nslave-read-only yes\n")
    #expect(store.configuration.port == 6379)
}

@Test func aRefusedLineIsReportedAsRedisDoes() {
    let failure = ConfigurationFailure.line(number: 2, text: "x \"1\"", reason: "wrong")
    #expect(
        failure.report(version: "7.0.15")
            == """

            *** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***
            Reading the configuration file, at line 2
            >>> 'x "1"'
            wrong

            """)
}

/// A file in a directory of its own that goes away again.
func withFile<Result>(_ contents: String, _ body: (String) throws -> Result) throws -> Result {
    let path = "/tmp/needletail-configuration-\(UInt64.random(in: 0...UInt64.max)).conf"
    try File.replace(path, with: Array(contents.utf8))
    defer { File.remove(path) }
    return try body(path)
}

private func failure(_ arguments: [String]) -> ConfigurationFailure? {
    do throws(ConfigurationFailure) {
        _ = try ConfigurationStore.load(arguments)
        return nil
    } catch {
        return error
    }
}

@Test func commandLinesAreDirectives() throws {
    let store = try ConfigurationStore.load([
        "--port", "7001", "--bind", "127.0.0.1", "::1", "--save", "--threads", "2",
    ])
    #expect(store.configuration.port == 7001 && store.configuration.addresses == ["127.0.0.1", "::1"])
    #expect(store.file == nil && shown(store, "save") == "")
    #expect(try ConfigurationStore.load(["--save", "900 1"]).value("save") == Array("900 1".utf8))
    #expect(try ConfigurationStore.load(["--port 7002"]).configuration.port == 7002)
    #expect(try ConfigurationStore.load(["--requirepass", "--x"]).configuration.password == Array("--x".utf8))
    #expect(
        failure(["--foo", "a b"])
            == .line(number: 2, text: "foo \"a b\"", reason: "Bad directive or wrong number of arguments"))
    #expect(
        failure(["-x"]) == .line(number: 2, text: "\"-x\"", reason: "Bad directive or wrong number of arguments"))
    #expect(
        failure(["--port", "1", "2"])
            == .line(number: 2, text: "port \"1\" \"2\"", reason: "wrong number of arguments"))
}

@Test func filesComeFirstAndIncludeOthers() throws {
    try withFile("port 1\nmaxclients 5\n") { included in
        try withFile("timeout 9\ninclude \(included)\ninclude /tmp/no-such-*.conf\ntcp-keepalive 3") { path in
            let store = try ConfigurationStore.load([path, "--port", "2"])
            let configuration = store.configuration
            #expect(configuration.port == 2 && configuration.maximumClients == 5)
            #expect(configuration.idleTimeoutSeconds == 9 && configuration.keepAliveSeconds == 3)
            #expect(store.file == path)
            #expect(
                failure([path, "--foo", "1"])
                    == .line(number: 5, text: "foo \"1\"", reason: "Bad directive or wrong number of arguments"))
        }
    }
    #expect(
        failure(["/tmp/none.conf"]) == .cannotOpen(path: "/tmp/none.conf", reason: "No such file or directory"))
    #expect(throws: ConfigurationFailure.self) { try load("include /tmp/none.conf") }
}

@Test func includesOfThemselvesEnd() throws {
    let path = "/tmp/needletail-include-\(UInt64.random(in: 0...UInt64.max)).conf"
    try File.replace(path, with: Array("include \(path)\n".utf8))
    defer { File.remove(path) }
    #expect(throws: ConfigurationFailure.self) { try ConfigurationStore.load([path]) }
}

@Test func garbageIsRefusedWithoutTraps() {
    let words = [
        "port", "save", "bind", "maxmemory", "\"", "'", " ", "\n", "-1", "99999999999999999999gb", "%", "\\x",
        "client-output-buffer-limit", "normal", "latency-tracking-info-percentiles", "hz", "oom-score-adj-values", "{",
        "proc-title-template", "unixsocketperm", "8", "notify-keyspace-events", "\0", "é",
    ]
    for _ in 0..<5_000 {
        var text = ""
        for _ in 0..<Int.random(in: 1...8) { text += (words.randomElement() ?? "") + (Bool.random() ? " " : "") }
        _ = try? load(text)
    }
}
