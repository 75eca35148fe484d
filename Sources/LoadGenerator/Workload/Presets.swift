// The tests that redis-benchmark has, under its names, and some more.

package enum Presets {
    /// What `-t` takes, with the tests that each name stands for.
    package static let names: [String] = tests.map(\.name) + Array(groups.keys).sorted()

    /// What is run without `-t`: the list of redis-benchmark.
    package static let standard = [
        "ping_inline", "ping_mbulk", "set", "get", "incr", "lpush", "rpush", "lpop", "rpop", "sadd", "hset", "spop",
        "zadd", "zpopmin", "lrange_100", "lrange_300", "lrange_500", "lrange_600", "mset", "xadd",
    ]

    /// The tests of a list of names separated by commas.
    package static func parse(_ text: String, _ options: WorkloadOptions) throws(OptionError) -> [Workload] {
        var found: [Workload] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            for test in groups[name.lowercased()] ?? [name.lowercased()] { found.append(try named(test, options)) }
        }
        return found
    }

    /// One test. With a time to live, `set` sets it too.
    package static func named(_ name: String, _ options: WorkloadOptions) throws(OptionError) -> Workload {
        guard let test = tests.first(where: { $0.name == name.lowercased() }) else {
            throw OptionError("'\(name)' is no test; there are \(names.joined(separator: ", "))")
        }
        var words = test.words
        if test.name == "set", options.lifetime != nil { words += ["EX", "__ttl__"] }
        let title = test.name.uppercased()
        let isInline = test.name == "ping_inline"
        let command = CommandDescription(name: title, words: words, isInline: isInline)
        return Workload(name: title, commands: [command], preparation: test.preparation)
    }

    private struct Test {
        let name: String
        let words: [String]
        var preparation: [[String]] = []

        init(_ name: String, _ words: String, preparation: [[String]] = []) {
            self.name = name
            self.words = words.split(separator: " ").map(String.init)
            self.preparation = preparation
        }
    }

    private static let groups: [String: [String]] = [
        "ping": ["ping_inline", "ping_mbulk"],
        "script": ["eval", "evalsha"],
        "lrange": ["lrange_100", "lrange_300", "lrange_500", "lrange_600"],
    ]

    /// A script of one word, as the words of a test are separated by spaces, and its SHA-1.
    private static let scriptText = "return{redis.call('get',KEYS[1])}"
    private static let scriptDigest = "32c3194c6b491a051924d4f29ae5e16aaaea3803"

    private static let longList = [["RPUSH", "mylist"] + elements(650)]
    private static let longStream = (0..<100).map { ["XADD", "mystream", "*", "myfield", "\($0)"] }

    private static let tests: [Test] = [
        Test("ping_inline", "PING"),
        Test("ping_mbulk", "PING"),
        Test("set", "SET __key__ __data__"),
        Test("get", "GET __key__"),
        Test("incr", "INCR counter:__index__"),
        Test("lpush", "LPUSH mylist __data__"),
        Test("rpush", "RPUSH mylist __data__"),
        Test("lpop", "LPOP mylist"),
        Test("rpop", "RPOP mylist"),
        Test("sadd", "SADD myset element:__rand_int__"),
        Test("hset", "HSET myhash element:__rand_int__ __data__"),
        Test("spop", "SPOP myset"),
        Test("zadd", "ZADD myzset 0 element:__rand_int__"),
        Test("zpopmin", "ZPOPMIN myzset"),
        Test("lrange_100", "LRANGE mylist 0 99", preparation: longList),
        Test("lrange_300", "LRANGE mylist 0 299", preparation: longList),
        Test("lrange_500", "LRANGE mylist 0 499", preparation: longList),
        Test("lrange_600", "LRANGE mylist 0 599", preparation: longList),
        Test("mset", "MSET" + String(repeating: " __key__ __data__", count: 10)),
        Test("xadd", "XADD mystream * myfield __data__"),
        Test("mget", "MGET" + String(repeating: " __key__", count: 10)),
        Test("hgetall", "HGETALL smallhash", preparation: [["HSET", "smallhash"] + elements(32)]),
        Test(
            "zrange", "ZRANGE smallzset 0 99 WITHSCORES",
            preparation: [["ZADD", "smallzset"] + elements(100).enumerated().flatMap { ["\($0)", $1] }]),
        Test(
            "geosearch", "GEOSEARCH places FROMLONLAT 10.__rand_int__ 50.__rand_int__ BYRADIUS 5 km",
            preparation: places),
        Test("xread", "XREAD COUNT 10 STREAMS mystream 0", preparation: longStream),
        Test("getex", "GETEX __key__ EX 100"),
        Test("del", "DEL __key__"),
        Test("exists", "EXISTS __key__"),
        Test("expire", "EXPIRE __key__ 1000"),
        Test("eval", "EVAL \(scriptText) 1 __key__"),
        Test("evalsha", "EVALSHA \(scriptDigest) 1 __key__", preparation: [["SCRIPT", "LOAD", scriptText]]),
    ]

    /// Ten thousand places, spread evenly over two degrees of longitude and of latitude.
    private static let places: [[String]] = (0..<100).map { row in
        ["GEOADD", "places"]
            + (0..<100).flatMap { column in
                ["\(9 + Double(column) * 0.02)", "\(49 + Double(row) * 0.02)", "place:\(row * 100 + column)"]
            }
    }

    private static func elements(_ count: Int) -> [String] { (0..<count).map { "element:\($0)" } }
}
