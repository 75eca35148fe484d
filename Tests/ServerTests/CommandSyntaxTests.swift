// The notation of commands' arguments, as COMMAND DOCS takes it apart.
import Server
import Testing

private func described(_ arguments: [SyntaxArgument]) -> String {
    arguments.map { argument in
        var text = argument.token.map { "\($0)=" } ?? ""
        text += "\(argument.name):\(argument.kind.rawValue)"
        if let index = argument.keySpecIndex { text += "#\(index)" }
        if argument.isOptional { text += "?" }
        if argument.isMultiple { text += "*" }
        if !argument.children.isEmpty { text += "(\(described(argument.children)))" }
        return text
    }.joined(separator: " ")
}

private func parsed(_ text: String, keySpecs: Int = 1) -> String {
    described(CommandSyntax.parse(text, keySpecs: keySpecs))
}

@Suite struct CommandSyntaxTests {
    @Test func nothing() {
        #expect(parsed("") == "")
    }

    @Test func values() {
        #expect(parsed("key value") == "key:key#0 value:string")
        #expect(parsed("key seconds") == "key:key#0 seconds:integer")
        #expect(parsed("pattern", keySpecs: 0) == "pattern:pattern")
    }

    @Test func keysCountUpToTheLastSpecification() {
        #expect(parsed("source destination", keySpecs: 2) == "source:key#0 destination:key#1")
        #expect(parsed("key destination") == "key:key#0 destination:key#0")
    }

    @Test func repetition() {
        #expect(parsed("key [key ...]") == "key:key#0*")
        #expect(parsed("key value [key value ...]") == "key_value:block*(key:key#0 value:string)")
        #expect(parsed("[section [section ...]]") == "section:string?*")
    }

    @Test func tokens() {
        #expect(parsed("[NX | XX]") == "condition:oneof?(NX=nx:pure-token XX=xx:pure-token)")
        #expect(
            parsed("[EX seconds | KEEPTTL]")
                == "expiration:oneof?(EX=seconds:integer KEEPTTL=keepttl:pure-token)")
        #expect(parsed("[GET]") == "GET=get:pure-token?")
    }

    @Test func groupsBelongToTheTokenBeforeThem() {
        #expect(
            parsed("[TYPE <NORMAL | PUBSUB>]")
                == "TYPE=normal-or-pubsub:oneof?(NORMAL=normal:pure-token PUBSUB=pubsub:pure-token)")
    }

    @Test func aTokenWithSeveralValuesIsABlock() {
        #expect(
            parsed("[AUTH username password]")
                == "AUTH=username_password:block?(username:string password:string)")
    }

    @Test(arguments: ["[", "]", "[a", "a]", "<a", "a |", "| |", "[key ...", "...", "[...]", "<", "[ | ]"])
    func brokenNotationEndsSomehow(text: String) {
        _ = parsed(text)
    }
}

@Suite struct LatencyHistogramTests {
    private func buckets(_ counts: [Int: Int]) -> [Int] { (0..<44).map { counts[$0] ?? 0 } }

    @Test func boundsAreThoseOfRedis() {
        // A thousand cycles a microsecond: 2^10…2^11 cycles are at most 2.048 µs.
        let histogram = LatencyHistogram(buckets([9: 1, 10: 2, 14: 3, 20: 4]), cyclesPerMicrosecond: 1000)
        #expect(histogram.cumulative.map(\.bound) == [1, 2, 33, 2113])
        #expect(histogram.cumulative.map(\.calls) == [1, 3, 6, 10])
    }

    @Test func percentiles() {
        let histogram = LatencyHistogram(buckets([9: 50, 19: 50]), cyclesPerMicrosecond: 1000)
        #expect(histogram.microseconds(at: 50) == 1.024)
        #expect(histogram.microseconds(at: 51) == 1048.576)
        #expect(histogram.microseconds(at: 100) == 1048.576)
        #expect(LatencyHistogram(buckets([:]), cyclesPerMicrosecond: 1000).microseconds(at: 50) == 0)
    }
}
