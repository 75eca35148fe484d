// Values on their way between keys, shards and databases: nothing is lost and nothing is left over.
import Testing

@Suite struct GenericMovingTests {
    @Test(arguments: [1, 4]) func memoryComesBack(_ shardCount: Int) {
        let fixture = GenericFixture(shardCount: shardCount)
        let before = fixture.usedBytes
        for (number, length) in [1, 44, 45, 300, 20_000, 40_000, 3_000_000].enumerated() {
            let value = String(repeating: "x", count: length)
            fixture.run("SET", "a\(number)", value)
            fixture.run("RENAME", "a\(number)", "b\(number)")
            #expect(fixture.run("COPY", "b\(number)", "c\(number)") == ":1\r\n")
            #expect(fixture.run("MOVE", "b\(number)", "1") == ":1\r\n")
            fixture.run("EXPIRE", "c\(number)", "100")
            fixture.run("RENAME", "c\(number)", "key of quite another length \(number)")
            #expect(fixture.run("STRLEN", "key of quite another length \(number)") == ":\(length)\r\n")
            #expect(fixture.run("TTL", "key of quite another length \(number)") == ":100\r\n")
            fixture.run("COPY", "key of quite another length \(number)", "d", "REPLACE")
        }
        #expect(fixture.run("DBSIZE") == ":8\r\n")
        fixture.run("FLUSHALL")
        fixture.freeEverything()
        #expect(fixture.usedBytes == before)
    }

    @Test func aCopyIsItsOwn() {
        let fixture = GenericFixture(shardCount: 2)
        fixture.run("SET", "a", String(repeating: "x", count: 100_000))
        fixture.run("COPY", "a", "b")
        fixture.run("SETRANGE", "a", "0", "y")
        #expect(fixture.run("GETRANGE", "b", "0", "1") == "$2\r\nxx\r\n")
        fixture.run("DEL", "a")
        #expect(fixture.run("STRLEN", "b") == ":100000\r\n")
    }

    @Test func renameMayMeetAnExpiredTarget() {
        let fixture = GenericFixture(shardCount: 1)
        for number in 0..<200 { fixture.run("SET", "gone\(number)", "v", "PX", "5") }
        for number in 0..<200 { fixture.run("SET", "k\(number)", "v\(number)") }
        fixture.now += 6
        for number in 0..<200 {
            #expect(fixture.run("RENAMENX", "k\(number)", "gone\(number)") == ":1\r\n")
            #expect(fixture.run("GET", "gone\(number)").hasSuffix("\r\nv\(number)\r\n"))
            #expect(fixture.run("TTL", "gone\(number)") == ":-1\r\n")
        }
        #expect(fixture.run("DBSIZE") == ":200\r\n")
    }

    @Test(arguments: [1, 3]) func randomKeysOfAllShards(_ shardCount: Int) {
        let fixture = GenericFixture(shardCount: shardCount)
        #expect(fixture.run("RANDOMKEY") == "$-1\r\n")
        for number in 0..<10 { fixture.run("SET", "k\(number)", "v") }
        for number in 0..<50 { fixture.run("SET", "gone\(number)", "v", "PX", "5") }
        fixture.now += 6
        let seen = Set((0..<1000).map { _ in fixture.run("RANDOMKEY") })
        #expect(seen.count == 10)
        for number in 0..<10 { fixture.run("DEL", "k\(number)") }
        #expect(fixture.run("RANDOMKEY") == "$-1\r\n")
    }
}
