// Lists in entries: memory is accounted for whatever happens to them.
import Commands
import Keyspace
import Testing

@Suite struct ListTests {
    /// What the shards hold after keys have come and gone.
    private func emptyBytes(_ fixture: GenericFixture) -> Int {
        for number in 0..<100 { fixture.run("SET", "key:\(number)", "x") }
        for number in 0..<100 { fixture.run("DEL", "key:\(number)") }
        return fixture.usedBytes
    }

    @Test(arguments: [1, 4])
    func memoryIsExact(shardCount: Int) {
        let fixture = GenericFixture(shardCount: shardCount)
        let empty = emptyBytes(fixture)
        var state: UInt64 = UInt64(shardCount)
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for step in 0..<6000 {
            let key = "key:\(below(5))"
            let text = below(20) == 0 ? String(repeating: "x", count: 5000 + below(9000)) : "element \(below(300))"
            switch below(11) {
            case 0: fixture.run("LPUSH", key, text, "7", text)
            case 1: fixture.run("RPUSH", key, text, text)
            case 2: fixture.run("LPOP", key, "\(below(4))")
            case 3: fixture.run("RPOP", key)
            case 4: fixture.run("LSET", key, "\(below(200) - 100)", text)
            case 5: fixture.run("LINSERT", key, below(2) == 0 ? "BEFORE" : "AFTER", "7", text)
            case 6: fixture.run("LREM", key, "\(below(5) - 2)", text)
            case 7: fixture.run("LMOVE", key, "key:\(below(5))", "LEFT", below(2) == 0 ? "LEFT" : "RIGHT")
            case 8 where below(40) == 0: fixture.run("LTRIM", key, "\(below(100))", "-\(below(100))")
            case 9: fixture.run("COPY", key, "key:\(below(5))", "REPLACE")
            case 10: fixture.run("LMPOP", "2", key, "other", "RIGHT", "COUNT", "2")
            default: fixture.run("RENAME", key, "key:\(below(5))")
            }
            if step % 1000 == 0 { fixture.freeEverything() }
        }
        for number in 0..<5 { fixture.run("DEL", "key:\(number)") }
        fixture.freeEverything()
        #expect(fixture.usedBytes == empty)
    }

    @Test func longListsAreFreedInSlices() {
        let fixture = GenericFixture(shardCount: 1)
        let empty = emptyBytes(fixture)
        let texts = (0..<1000).map { "element number \($0) of the list" }
        for _ in 0..<50 { _ = fixture.run(["RPUSH", "k"] + texts) }
        let full = fixture.usedBytes
        #expect(fixture.run("LLEN", "k") == ":50000\r\n" && full - empty > 1_500_000)
        fixture.run("DEL", "k")
        #expect(fixture.usedBytes > full - 1000)
        fixture.freeEverything()
        #expect(fixture.usedBytes == empty)
    }
}
