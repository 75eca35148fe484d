// Numbers and lines of the reports.
@testable import LoadGenerator
import Platform
import Testing

@Suite struct ReportTests {
    private func result() throws -> LoadResult {
        let commands = ["GET", "SET \"x\""].map { CommandDescription(name: $0, words: [$0]) }
        let options = LoadOptions(address: try ServerAddress.unix(path: "socket"))
        var thread = ThreadResult(kinds: 2)
        thread.begin(at: 1)
        thread.record(kind: 0, nanoseconds: 1_000_000, count: 3, at: 1_000_000_001)
        thread.record(kind: 1, nanoseconds: 2_000_000, count: 1, at: 2_000_000_001)
        thread.errors[1] = 1
        thread.errorTexts[1] = "ERR no"
        return LoadResult(Workload(name: "MIX", commands: commands), options, [thread, thread], clientSeconds: 8e-6)
    }

    @Test func totals() throws {
        let result = try result()
        #expect(result.commands == 8 && result.errors == 2 && result.seconds == 2)
        #expect(result.perSecond == [0, 6, 2])
        #expect(result.commandsPerSecond == 4 && result.clientMicroseconds == 1)
        #expect(abs(result.latency.p50 - 1) < 0.002 && abs(result.latency.maximum - 2) < 0.004)
        #expect(result.isComplete)
    }

    @Test func table() throws {
        let lines = Report.table(try result()).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0].hasPrefix("MIX ") && lines[1].hasPrefix("  GET "))
        #expect(lines[3].contains("ERR no") && lines[4].contains("client CPU 1.00"))
    }

    @Test func machineReadable() throws {
        let csv = Report.csv(try result()).split(separator: "\n")
        #expect(csv.count == 3)
        #expect(csv[0].hasPrefix("\"MIX\",\"all\",8,2,4.00,"))
        #expect(csv[2].hasPrefix("\"MIX\",\"SET \"\"x\"\"\",2,2,1.00,"))
        #expect(csv[0].split(separator: ",").count == Report.csvHead.split(separator: ",").count)
        let json = Report.json([try result()])
        #expect(json.hasPrefix("{\"tests\":[{\"name\":\"MIX\",\"requests\":8,"))
        #expect(json.contains("\"SET \\\"x\\\"\"") && json.contains("\"requests_each_second\":[0,6,2]"))
    }

    @Test func numbers() {
        #expect(Report.fixed(1.0049, 2) == "1.00" && Report.fixed(0.999, 2) == "1.00")
        #expect(Report.fixed(12.034, 3) == "12.034" && Report.fixed(.nan, 2) == "0" && Report.fixed(7.5, 0) == "8")
    }
}
