// Replays the inputs that fuzzing has found worth keeping.
import FuzzTargets
import Platform
import Testing

@Test func requestParserCorpus() throws {
    let tests = String(#filePath.dropLast("FuzzTargetsTests/CorpusTests.swift".count))
    let inputs = File.matching(tests + "FuzzCorpus/RequestParser/*")
    #expect(!inputs.isEmpty)
    for path in inputs {
        let input = try File.read(path)
        unsafe input.withUnsafeBytes { unsafe RequestParserFuzz.run($0) }
        // Every place to cut, not only the one in the input.
        var cut = input
        for place in 0..<min(input.count, 512) {
            cut[0] = UInt8(place >> 8)
            cut[1] = UInt8(place & 0xff)
            unsafe cut.withUnsafeBytes { unsafe RequestParserFuzz.run($0) }
        }
    }
}
