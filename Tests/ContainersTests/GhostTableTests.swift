// What the table of evicted entries remembers, against a list of them.
import Containers
import Testing

struct GhostTableTests {
    private static func hash(_ number: Int) -> UInt64 {
        (UInt64(number) &+ 1) &* 0x9E37_79B9_7F4A_7C15 &* 0xBF58_476D_1CE4_E5B9
    }

    @Test func remembersTheLastOnesAndAboutWhen() {
        var ghost = GhostTable()
        defer { ghost.deallocate() }
        #expect(ghost.recall(1) == nil)
        ghost.resize(for: 40_000)
        #expect(ghost.capacity == 40_000)
        for number in 0..<200_000 { _ = ghost.remember(Self.hash(number), mark: number % 8) }
        var found = 0
        var error = 0
        // Those of the younger half are all there, as the sets fill evenly.
        for number in 180_000..<200_000 {
            guard let known = ghost.recall(Self.hash(number)) else { continue }
            found += known.mark == number % 8 ? 1 : 0
            error += abs(known.age - (200_000 - number))
        }
        #expect(found > 19_300)
        #expect(error / 20_000 < 40_000 / 8)
        for number in 180_000..<200_000 where ghost.recall(Self.hash(number)) != nil { found -= 1 }
        #expect(found > 19_200, "what was recalled is forgotten, but for a few equal fingerprints")
        let older = (0..<100_000).count { ghost.recall(Self.hash($0)) != nil }
        #expect(older < 400, "old ones are only taken for known by chance")
    }

    @Test func handsOutTheMarksOfWhatItForgets() {
        var ghost = GhostTable()
        defer { ghost.deallocate() }
        ghost.resize(for: GhostTable.ways)
        for mark in 0..<GhostTable.ways { #expect(ghost.remember(Self.hash(mark), mark: mark % 8) == nil) }
        for mark in 0..<GhostTable.ways { #expect(ghost.remember(Self.hash(100 + mark), mark: 0) == mark % 8) }
        #expect(ghost.memoryBytes <= GhostTable.ways * 2 + 16)
    }

    @Test func takesTwoBytesAnEntry() {
        var ghost = GhostTable()
        defer { ghost.deallocate() }
        ghost.resize(for: 1_000_000)
        #expect(ghost.memoryBytes < 16_384, "nothing is allocated before it is needed")
        for number in 0..<1_000_000 { _ = ghost.remember(Self.hash(number), mark: 0) }
        #expect(ghost.memoryBytes < 2_100_000)
    }
}
