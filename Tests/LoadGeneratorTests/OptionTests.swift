// What the command line's texts mean.
@testable import LoadGenerator
import Testing

@Suite struct OptionTests {
    @Test func sizesAreRead() throws {
        #expect(try ValueSizes.parse("64") == .fixed(64))
        #expect(try ValueSizes.parse("0") == .fixed(0))
        #expect(try ValueSizes.parse("16-1024") == .range(16...1024))
        #expect(try ValueSizes.parse("16:70,1024:30") == .list(sizes: [16, 1024], limits: [70, 100]))
        #expect(try ValueSizes.parse("1,2,3") == .list(sizes: [1, 2, 3], limits: [1, 2, 3]))
    }

    @Test(arguments: ["", "-1", "a", "10-5", "1:0", "1:2:3", "1,", "600000000", "5-"])
    func otherSizesAreRefused(text: String) {
        #expect(throws: OptionError.self) { try ValueSizes.parse(text) }
    }

    @Test func sizesAreReadFromLines() throws {
        let text = "# size weight\n16 70\n\n1024,25 # often\r\n 7\t0\n65536, 5\n3"
        #expect(
            try ValueSizes.parse(lines: text, of: "f")
                == .list(sizes: [16, 1024, 65536, 3], limits: [70, 95, 100, 101]))
    }

    @Test(arguments: [
        ("16 70\nx 5", "sizes:2: 'x' is no size from 0 to 536870912"), ("1 -1", "sizes:1: '-1' is no weight from 0"),
        ("\n1 2 3", "sizes:2: '1 2 3' is more than"), ("600000000", "sizes:1: '600000000' is no size"),
        ("# none\n1 0", "sizes: there is no size"),
    ])
    func otherLinesAreNamed(text: String, message: String) {
        #expect { try ValueSizes.parse(lines: text, of: "sizes") } throws: {
            ($0 as? OptionError)?.description.hasPrefix(message) ?? false
        }
    }

    @Test func aFileThatIsNotThereIsNamed() {
        #expect { try ValueSizes.parse("@/nowhere/sizes") } throws: { "\($0)".contains("/nowhere/sizes: No such file") }
    }

    @Test func mixesPrepareWhatTheyNeed() throws {
        let preparation = try MixText.preparation("hgetall:1,get:5,evalsha", WorkloadOptions())
        #expect(preparation.map { $0[0] } == ["HSET", "SCRIPT"])
    }

    @Test func sizesAreDrawnByWeight() throws {
        var random = RandomSource(seed: 3)
        let list = try ValueSizes.parse("1:90,5:10")
        let draws = (0..<10_000).map { _ in list.draw(&random) }
        #expect(abs(draws.count { $0 == 1 } - 9000) < 150)
        #expect(draws.allSatisfy { $0 == 1 || $0 == 5 })
        let range = try ValueSizes.parse("3-5")
        #expect(Set((0..<1000).map { _ in range.draw(&random) }) == [3, 4, 5])
    }

    @Test func lifetimesAreRead() throws {
        #expect(try LifetimeRange.parse("60") == LifetimeRange(seconds: 60...60))
        #expect(try LifetimeRange.parse("1-9") == LifetimeRange(seconds: 1...9))
        for text in ["0", "-1", "9-1", "x", ""] {
            #expect(throws: OptionError.self) { try LifetimeRange.parse(text) }
        }
    }

    @Test func mixesAreRead() throws {
        let commands = try MixText.parse("get:80,set:15,del", WorkloadOptions())
        #expect(commands.map(\.name) == ["GET", "SET", "DEL"])
        #expect(commands.map(\.weight) == [80, 15, 1])
        for text in ["", "get:0", "get:x", "nothing:5", "get:1:1"] {
            #expect(throws: OptionError.self) { try MixText.parse(text, WorkloadOptions()) }
        }
    }

    @Test func commandsAreRead() throws {
        let plain = try MixText.parseCommand("SET __key__ 'a b'")
        #expect(plain.words == ["SET", "__key__", "a b"] && plain.weight == 1)
        let weighted = try MixText.parseCommand("15:GET  __key__")
        #expect(weighted.words == ["GET", "__key__"] && weighted.weight == 15)
        #expect(try MixText.parseCommand("ECHO \"\"").words == ["ECHO", ""])
        for text in ["", "  ", "0:GET a", "GET 'a", "5:"] {
            #expect(throws: OptionError.self) { try MixText.parseCommand(text) }
        }
    }

    @Test func testsAreRead() throws {
        let options = WorkloadOptions()
        #expect(try Presets.parse("SET,ping", options).map(\.name) == ["SET", "PING_INLINE", "PING_MBULK"])
        #expect(try Presets.parse(Presets.standard.joined(separator: ","), options).count == 20)
        for name in Presets.names { #expect(try !Presets.parse(name, options).isEmpty) }
        #expect(throws: OptionError.self) { try Presets.parse("set,", options) }
    }

    @Test func sharesAreWhole() {
        for (total, threads) in [(10, 3), (2, 2), (7, 1), (100, 7)] {
            let shares = (0..<threads).map { LoadThread.share(of: total, $0, threads) }
            #expect(shares.flatMap { Array($0) } == Array(0..<total))
        }
    }

    @Test func greetings() {
        let plain = LoadOptions.greeting(user: nil, password: nil, protocol: 2, database: 0)
        #expect(plain == [["PING"]])
        let full = LoadOptions.greeting(user: "u", password: "p", protocol: 3, database: 4)
        #expect(full == [["AUTH", "u", "p"], ["HELLO", "3"], ["SELECT", "4"], ["PING"]])
    }
}
