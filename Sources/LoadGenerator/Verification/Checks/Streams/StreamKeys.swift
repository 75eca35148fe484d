// The streams of a round and their groups.

struct StreamKeys: Sendable {
    static let streamCount = 3
    static let groupCount = 2
    /// The first entry of each stream, by which one that was evicted and came again is told from one that stayed.
    static let birth = StreamEntry(StreamEntryID(0, 1), job: 0)

    let prefix: String

    var all: [String] { (0..<StreamKeys.streamCount).map { stream($0) } }

    func stream(_ number: Int) -> String { "\(prefix)stream:\(number)" }

    func number(_ key: String) -> Int? { all.firstIndex(of: key) }

    static func group(_ number: Int) -> String { "group:\(number)" }

    static func addition(_ key: String, _ identifier: String, _ job: Int) -> Request {
        Request(["XADD", key, identifier] + StreamEntry.fields(job))
    }

    /// Makes streams that nobody has used, with their groups; returns their keys.
    static func make(_ prefix: String, _ client: VerificationClient) throws -> StreamKeys {
        for attempt in 0..<100 {
            let keys = StreamKeys(prefix: "\(prefix)\(attempt):")
            var requests: [Request] = [["MULTI"]]
            for key in keys.all {
                requests.append(addition(key, "\(birth.identifier)", 0))
                for number in 0..<groupCount { requests.append(["XGROUP", "CREATE", key, group(number), "0"]) }
            }
            guard case .reply(let reply)? = try client.pipeline(requests + [["EXEC"]]).last else { continue }
            let isRight = reply.elements?.allSatisfy { $0.errorCode == nil } == true
            try client.expect(isRight, ["EXEC"], reply)
            return keys
        }
        throw ServerFailure(description: "a hundred connections broke at XGROUP CREATE")
    }

    /// One look at all streams; nil if the connection broke. nil for a stream that is not what `make` has made.
    func look(_ client: VerificationClient) throws -> [StreamEnd?]? {
        var requests: [Request] = [["MULTI"]]
        for key in all { requests += [["XLEN", key], ["XRANGE", key, "-", "+"], ["XINFO", "GROUPS", key]] }
        guard case .reply(let reply)? = try client.pipeline(requests + [["EXEC"]]).last else { return nil }
        guard let parts = reply.elements, parts.count == StreamKeys.streamCount * 3 else {
            try client.expect(false, ["EXEC"], reply)
            return nil
        }
        return try (0..<StreamKeys.streamCount).map { number in
            let parts = parts[number * 3..<number * 3 + 3].map { $0 }
            guard let length = parts[0].integer, let entries = StreamEntry.list(parts[1]) else {
                try client.expect(false, requests[2 + number * 3], parts[1])
                return nil
            }
            guard entries.first == StreamKeys.birth else { return nil }
            guard let groups = StreamEnd.Group.list(parts[2]) else {
                try client.expect(false, requests[3 + number * 3], parts[2])
                return nil
            }
            return StreamEnd(length: length, entries: entries, groups: groups)
        }
    }
}

extension StreamEnd.Group {
    /// What XINFO GROUPS answers; nil if it is not that.
    static func list(_ reply: Reply) -> [StreamEnd.Group]? {
        guard let elements = reply.elements, elements.count == StreamKeys.groupCount else { return nil }
        var groups: [StreamEnd.Group] = []
        for element in elements {
            guard let words = element.elements, words.count.isMultiple(of: 2) else { return nil }
            func value(_ name: String) -> Reply? {
                stride(from: 0, to: words.count, by: 2).first { words[$0].text == name }.map { words[$0 + 1] }
            }
            guard let pending = value("pending")?.integer, value("name")?.text == StreamKeys.group(groups.count),
                let last = StreamEntryID(value("last-delivered-id")?.text)
            else { return nil }
            groups.append(
                StreamEnd.Group(
                    pending: pending, lastDelivered: last, entriesRead: value("entries-read")?.integer,
                    lag: value("lag")?.integer))
        }
        return groups
    }
}
