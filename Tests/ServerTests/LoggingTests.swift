// The lines of the log.
import Logging
import Platform
import Testing

@testable import Server

private func temporaryPath(_ name: String) -> String { "/tmp/needletail-\(Process.identifier)-\(name)" }

private func lines(_ path: String) throws -> [String] {
    let text = String(decoding: try File.read(path), as: UTF8.self)
    return text.split(separator: "\n").map { String($0) }
}

@Suite struct LoggingTests {
    @Test func linesSayWhoWhenAndHowBad() throws {
        let path = temporaryPath("format.log")
        defer { File.remove(path) }
        let output = LogOutput(path: path, level: .debug)
        let log = output.logger
        log.debug("a")
        log.info("b")
        output.role = .master
        log.notice("c")
        log.warning("d", metadata: ["key": "value"])
        let written = try lines(path)
        #expect(written.count == 4)
        let expected = [("C", ".", "a"), ("C", "-", "b"), ("M", "*", "c"), ("M", "#", "d key=value")]
        for (line, (role, mark, message)) in zip(written, expected) {
            let words = line.split(separator: " ", maxSplits: 5).map { String($0) }
            #expect(words[0] == "\(Process.identifier):\(role)")
            #expect(words[4].count == "00:00:00.000".count)
            #expect(words[5] == "\(mark) \(message)")
        }
    }

    @Test func levelsBelowTheLowestAreLeftOut() throws {
        let path = temporaryPath("level.log")
        defer { File.remove(path) }
        let output = LogOutput(path: path, level: .notice)
        let log = output.logger
        log.info("no")
        log.notice("one")
        output.setLevel(.warning)
        log.notice("no")
        log.error("two")
        output.setLevel(.verbose)
        log.info("three")
        log.debug("no")
        #expect(try lines(path).map { $0.split(separator: " ").last } == ["one", "two", "three"])
    }

    @Test func aFileThatIsMovedAwayIsMadeAnew() throws {
        let path = temporaryPath("moved.log")
        defer { File.remove(path) }
        let log = LogOutput(path: path).logger
        log.notice("one")
        File.remove(path)
        log.notice("two")
        #expect(try lines(path).count == 1)
    }

    @Test func aPathThatCannotBeWrittenIsToldBefore() {
        #expect(LogOutput(path: "/nonexistent/log").failure() == .noSuchFile)
        #expect(LogOutput().failure() == nil)
    }

    @Test func timesArePadded() {
        let text = LogOutput.text(LocalTime(milliseconds: 1_000_000_000_007))
        #expect(text.hasSuffix(".007") && text.contains(" Sep 2001 "))
    }
}
