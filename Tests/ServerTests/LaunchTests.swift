// Starting: options that need no server, the pid file, and places to listen on.
import Logging
import Platform
import Testing

@testable import Server

private func configuration(_ text: String) throws -> Configuration {
    try ConfigurationStore.load(contents: Array(text.utf8)).configuration
}

@Suite struct LaunchTests {
    @Test func questionsAreAnswered() {
        #expect(Launch.answer([], program: "needletail") == nil)
        #expect(Launch.answer(["--port", "1"], program: "needletail") == nil)
        #expect(Launch.answer(["server.conf", "--version"], program: "needletail") == nil)
        #expect(Launch.answer(["--version"], program: "needletail") == 0)
        #expect(Launch.answer(["--test-memory", "10"], program: "needletail") == 1)
    }

    @Test func theVersionHasTheWordsThatScriptsLookFor() {
        let words = Launch.version.split(separator: " ")
        #expect(words.prefix(2) == ["Needletail", "server"])
        for name in ["v=", "sha=", "malloc=", "bits=64", "build="] {
            #expect(words.contains { $0.hasPrefix(name) })
        }
    }

    @Test func thePidFileIsThatOfTheConfigurationOrOfTheBackground() throws {
        #expect(PidFile(try configuration("")).path == nil)
        #expect(PidFile(try configuration("daemonize yes")).path == "/var/run/redis.pid")
        #expect(PidFile(try configuration("daemonize yes\npidfile /x")).path == "/x")
        #expect(PidFile(try configuration("pidfile /x")).path == "/x")
    }

    @Test func addressesMayBeOptional() throws {
        let places = Launch.places(try configuration("port 7\nbind 127.0.0.1 -::1"))
        #expect(places.map(\.name) == ["127.0.0.1:7", "::1:7"])
        #expect(places.map(\.isOptional) == [false, true])
    }

    @Test func anAddressThatIsNotHereIsAnErrorUnlessOptional() throws {
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let optional = try Launch.listenTCP(try configuration("bind -203.0.113.1"), log)
        #expect(optional.isEmpty)
        #expect(throws: LaunchFailure.self) {
            try Launch.listenTCP(try configuration("bind 203.0.113.1"), log)
        }
        #expect(throws: LaunchFailure.self) { try Launch.listen(try configuration("port 0"), log) }
    }

    @Test func aClosedListenerGivesItsPlaceToTheNext() throws {
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let port = 20_000 + Process.identifier % 10_000
        let opened = try Launch.listenTCP(try configuration("port \(port)\nbind 127.0.0.1 127.0.0.2"), log)
        let table = ListenerTable()
        #expect(opened.map { table.add($0) } == [0, 1])
        table.close(0)
        #expect(table.open == [opened[1]])
        #expect(throws: SystemError.wouldBlock) { _ = try table.accept(1) }
        #expect(try table.accept(0) == nil)
        #expect(try table.accept(7) == nil)
        table.close(1)
    }
}
