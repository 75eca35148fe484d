// The page: what stands in it, and what must not.
@testable import LoadGenerator
import Platform
import Testing

@Suite struct PageTests {
    private func result(name: String = "MIX", commands: Int = 3) throws -> LoadResult {
        let commands0 = ["GET", "SET <x>"].map { CommandDescription(name: $0, words: [$0]) }
        let options = LoadOptions(address: try ServerAddress.unix(path: "socket"))
        var thread = ThreadResult(kinds: 2)
        thread.begin(at: 1)
        if commands > 0 {
            thread.record(kind: 0, nanoseconds: 1_000_000, count: commands, at: 1_000_000_001)
            thread.record(kind: 1, nanoseconds: 2_000_000, count: 1, at: 2_000_000_001)
        }
        thread.errors[1] = 1
        thread.errorTexts[1] = "ERR <no>"
        var result = LoadResult(Workload(name: name, commands: commands0), options, [thread], clientSeconds: 8e-6)
        let info = InfoSnapshot("redis_version:7.0.15\r\nused_memory:1048576\r\nkeyspace_hits:1\r\n")
        let after = InfoSnapshot("redis_version:7.0.15\r\nused_memory:524288\r\nkeyspace_hits:2\r\n")
        if let info, let after { result.info = InfoChanges(before: info, after: after) }
        return result
    }

    @Test func hasEverything() throws {
        var search = RateSearch(name: "GET", bound: 1, start: 100)
        search.record(achieved: 100, p50: 0.1, p99: 0.5)
        search.record(achieved: 0, p50: 0, p99: 0, failure: "lost")
        let results = [try result(), try result(name: "<b>", commands: 0)]
        let text = Page(results, [search], server: "127.0.0.1:1", line: ["/x/bench", "--mix", "get:1 '"]).text
        #expect(
            text.contains("<h1>Redis 7.0.15</h1>")
                && text.contains("<code>bench --mix &#39;get:1 &#39;\\&#39;&#39;&#39;"))
        #expect(text.contains("Throughput over time") && text.contains("Latency by percentile"))
        #expect(text.contains("SET &lt;x&gt;") && text.contains("ERR &lt;no&gt;") && text.contains("−0.50 MiB"))
        #expect(text.contains("Highest rate: GET") && text.contains("<h2>&lt;b&gt;</h2>"))
        #expect(!text.contains("<b>") && !text.contains("<script") && !text.contains("nan"))
        for network in ["src=", "@import", "url(", "<link"] { #expect(!text.contains(network)) }
        #expect(Page([], [], server: "x", line: []).text.contains("Nothing was measured"))
    }

    @Test func passwordsAreNotShown() {
        let line = ["bench", "-a", "secret", "--password=secret", "--password", "secret", "-a=secret", "-t", "get"]
        let shown = Page.withoutPasswords(line)
        #expect(!shown.joined().contains("secret") && shown.count == line.count && shown.last == "get")
    }
}
