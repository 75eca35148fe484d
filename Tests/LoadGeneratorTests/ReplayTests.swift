// Traces and the bounds of caches, beside searches that try everything.
import LoadGenerator
import Testing

@Suite struct ReplayTests {
    private func trace(_ requests: [(key: String, size: Int)]) throws -> Trace {
        let lines = requests.enumerated().map { "\($0.offset),\($0.element.key),\($0.element.size)" }
        return try Trace.parse(Array(lines.joined(separator: "\n").utf8), name: "test")
    }

    private func randomTrace(_ random: inout RandomSource, requests: Int, keys: Int, sizes: Int) throws -> Trace {
        try trace((0..<requests).map { _ in ("k\(random.below(keys))", 1 + random.below(sizes)) })
    }

    /// The most hits of all decisions about what to keep, in entries: after each request any part of what was held and
    /// what was asked for may be kept.
    private func mostHits(_ keys: [Int32], capacity: Int) -> Int {
        var best: [UInt32: Int] = [0: 0]
        for key in keys {
            var following: [UInt32: Int] = [:]
            for (held, hits) in best {
                let all = held | 1 << UInt32(key)
                let gained = hits + (held & 1 << UInt32(key) != 0 ? 1 : 0)
                var part = all
                while true {
                    if part.nonzeroBitCount <= capacity { following[part] = max(following[part] ?? 0, gained) }
                    if part == 0 { break }
                    part = (part - 1) & all
                }
            }
            best = following
        }
        return best.values.max() ?? 0
    }

    /// Exact LRU in the plainest way.
    private func plainLRUHits(_ trace: Trace, limit: Int, weight: (Int) -> Int) -> Int {
        var held: [(key: Int32, weight: Int)] = []
        var hits = 0
        for place in 0..<trace.count {
            let key = trace.keys[place]
            if let found = held.firstIndex(where: { $0.key == key }) {
                hits += 1
                held.append(held.remove(at: found))
            } else if weight(place) <= limit {
                while held.reduce(0, { $0 + $1.weight }) + weight(place) > limit { held.removeFirst() }
                held.append((key, weight(place)))
            }
        }
        return hits
    }

    @Test(arguments: 1...60)
    func theOptimumIsTheMostThatCanBeHit(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let trace = try randomTrace(&random, requests: 40, keys: 3 + random.below(5), sizes: 1)
        for capacity in 1...4 {
            #expect(Optimum.hits(trace, .entries(capacity)) == mostHits(trace.keys, capacity: capacity))
        }
    }

    @Test(arguments: 1...40)
    func exactLRUIsExact(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let trace = try randomTrace(&random, requests: 300, keys: 30, sizes: 9)
        for capacity in [1, 5, 20, 100] {
            let inEntries = plainLRUHits(trace, limit: capacity) { _ in 1 }
            #expect(ExactLRU.hits(trace, .entries(capacity)) == inEntries)
            let inBytes = plainLRUHits(trace, limit: capacity) {
                2 + trace.keyName(Int(trace.keys[$0])).count + Int(trace.sizes[$0])
            }
            #expect(ExactLRU.hits(trace, .bytes(capacity, overhead: 2)) == inBytes)
        }
    }

    @Test(arguments: 1...20)
    func theOptimumByBytesIsNoWorseThanLRU(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let trace = try randomTrace(&random, requests: 2000, keys: 100, sizes: 50)
        for capacity in [100, 1000, 100_000] {
            let bounds = CacheBounds(trace, .bytes(capacity, overhead: 10))
            #expect(bounds.optimumHits >= bounds.exactLRUHits)
        }
        // What everything fits into hits all but the first requests.
        #expect(CacheBounds(trace, .bytes(1 << 30, overhead: 10)).optimumHits == trace.count - trace.keyCount)
    }

    @Test func aLoopIsLostOnLRU() {
        var scale = TraceScale()
        (scale.requests, scale.keys) = (10_000, 100)
        let bounds = CacheBounds(Trace(.loop, name: "loop", scale), .entries(50))
        #expect(bounds.exactLRUHits == 0)
        // Of every 99 requests for others between two for a key, 49 find theirs.
        #expect(abs(bounds.optimumHits - 10_000 * 49 / 99) < 60)
    }

    @Test(arguments: TraceShape.names)
    func madeTracesAreTheSameForTheSameSeed(name: String) throws {
        var scale = TraceScale()
        (scale.requests, scale.keys, scale.sizes) = (20_000, 1000, try ValueSizes.parse("10-20"))
        let shape = try TraceShape.parse(name)
        let trace = Trace(shape, name: name, scale)
        let again = Trace(shape, name: name, scale)
        #expect(trace.count == 20_000 && trace.keys == again.keys && trace.sizes == again.sizes)
        scale.seed = 2
        #expect(Trace(shape, name: name, scale).sizes != trace.sizes)
        // A key is of one size always, and its name is like no other.
        var sizes = [Int32](repeating: -1, count: trace.keyCount)
        for (key, size) in zip(trace.keys, trace.sizes) {
            #expect(sizes[Int(key)] == -1 || sizes[Int(key)] == size)
            sizes[Int(key)] = size
        }
        #expect(Set((0..<trace.keyCount).map { trace.keyName($0) }).count == trace.keyCount)
    }

    @Test func shapesAreWhatTheySay() {
        var scale = TraceScale()
        (scale.requests, scale.keys) = (100_000, 1000)
        func keys(_ shape: TraceShape) -> Trace { Trace(shape, name: "", scale) }
        // Half of all requests for keys of their own, the others for a thousand.
        #expect(abs(keys(.oneHitWonders).keyCount - 51_000) < 1000)
        // Four times a thousand keys are replaced.
        let shifting = keys(.shiftingWorkingSet).keyCount
        #expect(shifting > 3000 && shifting <= 5000)
        #expect(keys(.loop).keyCount == 1000)
        let scans = keys(.zipfWithScans)
        // A third of the requests are scans, whose keys stand beside the thousand of the law.
        let scanned = scans.keys.count {
            scans.keyName(Int($0)).elementsEqual("key:000000001".utf8) == false
                && (Int(String(decoding: scans.keyName(Int($0)).dropFirst(4), as: UTF8.self)) ?? 0) >= 1000
        }
        #expect(abs(scanned - 33_333) < 6000)
        #expect(keys(.zipf(exponent: 1.1)).keyCount <= keys(.zipf(exponent: 0.7)).keyCount)
    }

    @Test func filesAreRead() throws {
        let text = "time,key,size\r\n# of a cache\n0.5,a,10\n1,b,c,20\n\n2,a,30\n"
        let trace = try Trace.parse(Array(text.utf8), name: "file")
        #expect(trace.keys == [0, 1, 0] && trace.sizes == [10, 20, 30])
        #expect(trace.keyName(1) == Array("b,c".utf8) && trace.uniqueBytes == (4, 30) && !trace.isOfOneSize)
        let again = try Trace.parse(trace.fileContents, name: "file")
        #expect(again.keys == trace.keys && again.sizes == trace.sizes && again.keyName(1) == trace.keyName(1))
    }

    @Test(arguments: ["", "1,a\n", "1,,5\n", "1,a,-1\n", "1,a,\n", "1,a,1e3\n", "1,a,999999999\n", "1;a;3\n"])
    func wrongFilesAreRefused(text: String) {
        #expect(throws: OptionError.self) { try Trace.parse(Array(text.utf8), name: "file") }
    }

    @Test(arguments: ["", "zipf", "zipf:", "zipf:0", "zipf:x", "zipf:1:2", "loops"])
    func wrongShapesAreRefused(text: String) {
        #expect(throws: OptionError.self) { try TraceShape.parse(text) }
    }
}
