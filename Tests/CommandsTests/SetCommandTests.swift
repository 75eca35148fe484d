// Sets behind keys: their memory is accounted for to the byte.
import Testing

@Suite struct SetCommandTests {
    @Test(arguments: [1, 4]) func memoryComesBack(_ shardCount: Int) {
        let fixture = GenericFixture(shardCount: shardCount)
        let before = fixture.usedBytes
        let words = (0..<3000).map { "word:\($0)" }
        let numbers = (0..<600).map { "\($0)" }
        for count in [1, 20, 128, 129, 512, 3000] {
            fixture.run(["SADD", "words"] + words.prefix(count))
            fixture.run(["SADD", "numbers"] + numbers.prefix(count))
            fixture.run("SUNIONSTORE", "union", "words", "numbers")
            fixture.run("SINTERSTORE", "inter", "union", "words")
            fixture.run("SDIFFSTORE", "diff", "union", "words")
            fixture.run("SMOVE", "words", "numbers", "word:0")
            fixture.run("SPOP", "union", "\(count / 2)")
            fixture.run("SPOP", "union", "\(count)")
            fixture.run("COPY", "inter", "copy", "REPLACE")
            fixture.run("SPOP", "copy", "\(count * 9 / 10)")
            fixture.run("SPOP", "diff")
            fixture.run(["SREM", "numbers"] + numbers)
            fixture.run("RENAME", "words", "more words")
        }
        #expect(fixture.run("SCARD", "more words") == ":2999\r\n")
        fixture.run("SET", "more words", "v")
        fixture.run("FLUSHALL")
        fixture.freeEverything()
        #expect(fixture.usedBytes == before)
    }

    @Test func popsEverythingInSteps() {
        let fixture = GenericFixture(shardCount: 2)
        let before = fixture.usedBytes
        for words in [(0..<100).map { "\($0)" }, (0..<100).map { "w\($0)" }, (0..<1000).map { "w\($0)" }] {
            fixture.run(["SADD", "k"] + words)
            var popped: [String] = []
            while fixture.run("EXISTS", "k") == ":1\r\n" {
                let reply = fixture.run("SPOP", "k", "7").split(separator: "\r\n")
                popped += stride(from: 2, to: reply.count, by: 2).map { String(reply[$0]) }
            }
            #expect(popped.count == words.count && Set(popped) == Set(words))
        }
        fixture.run("FLUSHALL")
        fixture.freeEverything()
        #expect(fixture.usedBytes == before)
    }

    @Test func scanSeesEveryMember() {
        let fixture = GenericFixture(shardCount: 1)
        let words = Set((0..<2000).map { "w\($0)" })
        fixture.run(["SADD", "k"] + words.sorted())
        var cursor = "0"
        var seen: Set<String> = []
        var step = 0
        repeat {
            let lines = fixture.run("SSCAN", "k", cursor, "COUNT", "30").split(separator: "\r\n").map(String.init)
            cursor = lines[2]
            for index in stride(from: 5, to: lines.count, by: 2) { seen.insert(lines[index]) }
            // What comes and goes meanwhile must not hide what stays.
            for number in 0..<100 { fixture.run("SADD", "k", "new\(step):\(number)") }
            step += 1
            if step % 5 == 0 { for number in 0..<100 { fixture.run("SREM", "k", "new\(step - 1):\(number)") } }
        } while cursor != "0"
        #expect(seen.isSuperset(of: words))
    }
}
