// SCAN over several shards, while keys come and go.
import Testing

@Suite struct GenericScanTests {
    private func whole(_ fixture: GenericFixture, _ options: String, between: () -> Void = {}) -> [String] {
        var cursor = "0"
        var found: [String] = []
        repeat {
            let page = fixture.scan(cursor, "COUNT", options)
            found += page.keys
            cursor = page.cursor
            between()
        } while cursor != "0"
        return found
    }

    @Test(arguments: [1, 2, 3, 8], ["1", "10", "1000", "1000000"])
    func visitsEveryKeyOnce(_ shardCount: Int, _ count: String) {
        let fixture = GenericFixture(shardCount: shardCount)
        let keys = (0..<3000).map { "key:\($0)" }
        for key in keys { fixture.run("SET", key, "v") }
        #expect(whole(fixture, count).sorted() == keys.sorted())
    }

    @Test(arguments: [1, 3, 8]) func keysThatStayAreSeen(_ shardCount: Int) {
        let fixture = GenericFixture(shardCount: shardCount)
        let stay = (0..<500).map { "stay:\($0)" }
        for key in stay { fixture.run("SET", key, "v") }
        for number in 0..<5000 { fixture.run("SET", "first:\(number)", "v") }
        var turn = 0
        let found = whole(fixture, "20") {
            for number in 0..<50 {
                fixture.run("DEL", "first:\(turn * 50 + number)")
                if turn % 2 == 0 { fixture.run("SET", "second:\(turn * 50 + number)", "v") }
            }
            turn += 1
        }
        #expect(Set(found).isSuperset(of: stay))
    }

    @Test(arguments: [2, 8]) func aSmallDatabaseIsOnePage(_ shardCount: Int) {
        let fixture = GenericFixture(shardCount: shardCount)
        #expect(fixture.run("SCAN", "0") == "*2\r\n$1\r\n0\r\n*0\r\n")
        for number in 0..<8 { fixture.run("SET", "k\(number)", "v") }
        let page = fixture.scan("0", "COUNT", "100")
        #expect(page.cursor == "0")
        #expect(page.keys.count == 8)
    }

    @Test func foreignCursorsEndTheWalk() {
        let fixture = GenericFixture(shardCount: 4)
        for number in 0..<100 { fixture.run("SET", "k\(number)", "v") }
        #expect(fixture.run("SCAN", "18446744073709551615") == "*2\r\n$1\r\n0\r\n*0\r\n")
        #expect(fixture.run("SCAN", "18446744073709551616") == "-ERR invalid cursor\r\n")
        #expect(fixture.run("SCAN", "x") == "-ERR invalid cursor\r\n")
        for cursor in ["1023", "99999", "281474976710656", "9223372036854775807"] {
            #expect(fixture.run("SCAN", cursor, on: 0).hasPrefix("*2\r\n$"))
        }
    }

    @Test func leavesOutWhatHasExpired() {
        let fixture = GenericFixture(shardCount: 3)
        for number in 0..<50 { fixture.run("SET", "k\(number)", "v") }
        for number in 0..<20 { fixture.run("PEXPIRE", "k\(number)", "10") }
        fixture.now += 11
        #expect(whole(fixture, "5").count == 30)
        #expect(whole(fixture, "1000").count == 30)
    }
}
