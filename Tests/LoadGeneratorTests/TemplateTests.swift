// Encoded commands, byte for byte.
import Bytes
@testable import LoadGenerator
import Testing

@Suite struct TemplateTests {
    private func encode(_ words: [String], _ options: WorkloadOptions, times: Int = 1, isInline: Bool = false) throws
        -> String
    {
        let description = CommandDescription(name: "test", words: words, isInline: isInline)
        let template = try RequestTemplate(description, options)
        var pool = ByteBuffer()
        var output = ByteBuffer()
        pool.append(ValuePool.bytes(options.valueSizes.largest))
        var draws = Draws(options, seed: 1, start: 0, pool: pool.view)
        for _ in 0..<times { template.encode(into: &output, &draws) }
        defer {
            pool.deallocate()
            output.deallocate()
        }
        return output.view.string
    }

    @Test func fixedCommand() throws {
        var options = WorkloadOptions()
        options.valueSizes = .fixed(5)
        let value = String(decoding: ValuePool.bytes(5), as: UTF8.self)
        let text = try encode(["SET", "__key__", "__data__"], options)
        #expect(text == "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n$5\r\n\(value)\r\n")
    }

    @Test func keysAreWrittenInTheirPlaces() throws {
        var options = WorkloadOptions()
        (options.keySpace, options.distribution, options.keyPrefix) = (1_000_000_000_000, .sequential, "a")
        let text = try encode(["MGET", "__key__", "x__index__y", "__key__"], options, times: 2)
        let head = "*4\r\n$4\r\nMGET\r\n"
        #expect(
            text == head + "$13\r\na000000000000\r\n$14\r\nx000000000001y\r\n$13\r\na000000000002\r\n"
                + head + "$13\r\na000000000003\r\n$14\r\nx000000000004y\r\n$13\r\na000000000005\r\n")
    }

    @Test func valuesOfVaryingLength() throws {
        var options = WorkloadOptions()
        options.valueSizes = .list(sizes: [4], limits: [1])
        (options.keySpace, options.distribution) = (10, .sequential)
        options.lifetime = try LifetimeRange.parse("100")
        let value = String(decoding: ValuePool.bytes(4), as: UTF8.self)
        let text = try encode(["SET", "__key__", "__data__", "EX", "__ttl__", "__key__"], options)
        #expect(
            text == "*6\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n$4\r\n\(value)\r\n$2\r\nEX\r\n$3\r\n100\r\n"
                + "$16\r\nkey:000000000001\r\n")
    }

    @Test func inlineCommand() throws {
        #expect(try encode(["PING"], WorkloadOptions(), times: 2, isInline: true) == "PING\r\nPING\r\n")
    }

    @Test func valuesStandAlone() {
        #expect(throws: OptionError.self) { try encode(["SET", "a", "x__data__"], WorkloadOptions()) }
    }

    @Test func weightsAreKept() throws {
        let commands = [("A", 90), ("B", 10)].map { CommandDescription(name: $0.0, words: [$0.0], weight: $0.1) }
        let options = WorkloadOptions()
        let mix = try Mix(Workload(name: "x", commands: commands), options)
        defer { mix.deallocate() }
        var draws = Draws(options, seed: 5, start: 0, pool: .empty)
        var output = ByteBuffer()
        defer { output.deallocate() }
        var first = 0
        for _ in 0..<10_000 where mix.encodeNext(into: &output, &draws) == 0 { first += 1 }
        #expect(abs(first - 9000) < 150)
    }
}
