// The wrong server's commands on streams and their groups.
import Platform

extension WrongSession {
    static let streamCommands: [String: CommandEntry] = [
        "xadd": .write(-5, WrongSession.xadd), "xlen": .read(2, WrongSession.xlen),
        "xrange": .read(-4, WrongSession.xrange), "xgroup": .write(-5, WrongSession.xgroup),
        "xreadgroup": .write(-7, WrongSession.xreadgroup), "xack": .write(-4, WrongSession.xack),
        "xpending": .read(6, WrongSession.xpending), "xclaim": .write(-6, WrongSession.xclaim),
        "xautoclaim": .write(-6, WrongSession.xautoclaim), "xinfo": .read(3, WrongSession.xinfo),
    ]

    private func stream(_ key: [UInt8]) throws -> StoredStream? {
        guard let entry = store.entry(place(key)) else { return nil }
        guard case .stream(let stream) = entry.value else { throw CommandFailure.wrongType }
        return stream
    }

    private func makeStream(_ key: [UInt8]) throws -> StoredStream {
        if let stream = try stream(key) { return stream }
        let stream = StoredStream()
        store.put(place(key), .stream(stream), deadline: nil)
        return stream
    }

    private func group(_ key: [UInt8], _ name: [UInt8]) throws -> (StoredStream, StoredStream.Group) {
        guard let stream = try stream(key), let group = stream.groups[name] else {
            throw CommandFailure("NOGROUP No such key or consumer group")
        }
        return (stream, group)
    }

    func xadd(_ words: [[UInt8]]) throws -> StoredReply? {
        let stream = try makeStream(words[1])
        var identifier = StoredID(words[2]) ?? StoredID(Int(Clock.monotonicNanoseconds() / 1_000_000))
        if words[2] == [UInt8(ascii: "*")], identifier <= stream.last {
            identifier = StoredID(stream.last.milliseconds, stream.last.sequence + 1)
        }
        guard identifier > stream.last else { throw CommandFailure("ERR The ID specified in XADD is too small") }
        stream.last = identifier
        if !store.strikes(.streamLosesEntry) {
            stream.entries.append(.init(identifier: identifier, fields: Array(words.dropFirst(3))))
        }
        return .text(identifier.text)
    }

    func xlen(_ words: [[UInt8]]) throws -> StoredReply? { .integer(try stream(words[1])?.entries.count ?? 0) }

    /// All of it, whatever the range.
    func xrange(_ words: [[UInt8]]) throws -> StoredReply? {
        .array(try stream(words[1])?.entries.map(\.reply) ?? [])
    }

    /// CREATE of a group that begins at 0.
    func xgroup(_ words: [[UInt8]]) throws -> StoredReply? {
        guard try words.count > 5 || stream(words[2]) != nil else { throw CommandFailure("ERR no such key") }
        let stream = try makeStream(words[2])
        if stream.groups[words[3]] != nil { throw CommandFailure("BUSYGROUP Consumer Group name already exists") }
        stream.groups[words[3]] = StoredStream.Group()
        return .ok
    }

    func xreadgroup(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let start = words.firstIndex(where: { text($0) == "streams" }) else { throw CommandFailure.syntax }
        let blocks = words[..<start].contains { text($0) == "block" }
        let count = try integer(words[5])
        let half = (words.count - start - 1) / 2
        for key in words[start + 1..<start + 1 + half] { _ = try group(key, words[2]) }
        var found: [StoredReply] = []
        for index in start + 1..<start + 1 + half {
            let (stream, before) = try group(words[index], words[2])
            if words[index + half] == [UInt8(ascii: ">")] {
                let entries = deliver(stream, words[2], to: words[3], count: count)
                if !entries.isEmpty { found.append(.array([.bulk(words[index]), .array(entries.map(\.reply))])) }
            } else {
                let own = before.pending.values.filter { $0.consumer == words[3] }.map(\.entry)
                    .sorted { $0.identifier < $1.identifier }
                found.append(.array([.bulk(words[index]), .array(own.prefix(count).map(\.reply))]))
            }
        }
        if found.isEmpty { return blocks ? nil : .nullArray }
        return .array(found)
    }

    private func deliver(
        _ stream: StoredStream, _ name: [UInt8], to consumer: [UInt8], count: Int
    ) -> [StoredStream.Entry] {
        guard var group = stream.groups[name] else { return [] }
        var entries = Array(stream.entries.dropFirst(group.position).prefix(count))
        guard let last = entries.last else { return [] }
        if !store.strikes(.streamDeliversTwice) {
            group.position += entries.count
            group.lastDelivered = last.identifier
        }
        if store.strikes(.streamSkipsEntry) { entries.remove(at: store.chance(below: entries.count)) }
        if entries.count > 1, store.strikes(.streamSwapsEntries) { entries.swapAt(0, 1) }
        if entries.count > 1, store.strikes(.streamDefersEntry) {
            group.deferred.append(entries.removeFirst())
        } else if !group.deferred.isEmpty {
            entries.insert(group.deferred.removeFirst(), at: 0)
        }
        for entry in entries {
            group.pending[entry.identifier] = .init(
                entry: entry, consumer: consumer, deliveredAt: Clock.monotonicNanoseconds(), count: 1)
        }
        stream.groups[name] = group
        return entries
    }

    func xack(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let stream = try stream(words[1]), var group = stream.groups[words[2]] else { return .integer(0) }
        var counted = 0
        for identifier in words.dropFirst(3).compactMap({ StoredID($0) }) {
            guard let pending = group.pending[identifier] else { continue }
            counted += 1
            if store.strikes(.streamCountsTwice) { continue }
            group.pending[identifier] = nil
            if store.fault == .claimsAcknowledged { group.done = group.done.suffix(20) + [pending.entry] }
        }
        stream.groups[words[2]] = group
        return .integer(counted)
    }

    func xpending(_ words: [[UInt8]]) throws -> StoredReply? {
        let (_, group) = try group(words[1], words[2])
        let now = Clock.monotonicNanoseconds()
        let pending = group.pending.sorted { $0.key < $1.key }.prefix(try integer(words[5]))
        return .array(
            pending.map { identifier, pending in
                .array([
                    .text(identifier.text), .bulk(pending.consumer),
                    .integer(Int((now - pending.deliveredAt) / 1_000_000)), .integer(pending.count),
                ])
            })
    }

    private func claim(
        _ identifiers: [StoredID], _ group: inout StoredStream.Group, _ consumer: [UInt8], minimum: Int
    ) -> [StoredStream.Entry] {
        let now = Clock.monotonicNanoseconds()
        var entries: [StoredStream.Entry] = []
        for identifier in identifiers {
            guard var pending = group.pending[identifier], now - pending.deliveredAt >= Int64(minimum) * 1_000_000
            else { continue }
            pending.consumer = consumer
            pending.deliveredAt = now
            pending.count += 1
            group.pending[identifier] = pending
            entries.append(pending.entry)
        }
        return entries
    }

    func xclaim(_ words: [[UInt8]]) throws -> StoredReply? {
        var (stream, group) = try group(words[1], words[2])
        let identifiers = words.dropFirst(5).compactMap { StoredID($0) }
        let entries = claim(identifiers, &group, words[3], minimum: try integer(words[4]))
        stream.groups[words[2]] = group
        return .array(entries.map(\.reply))
    }

    /// From the beginning, whatever the start.
    func xautoclaim(_ words: [[UInt8]]) throws -> StoredReply? {
        var (stream, group) = try group(words[1], words[2])
        let pending = group.pending.keys.sorted().prefix(try integer(words[7]))
        var entries = claim(Array(pending), &group, words[3], minimum: try integer(words[4]))
        if let done = group.done.first, store.strikes(.claimsAcknowledged) { entries.insert(done, at: 0) }
        stream.groups[words[2]] = group
        return .array([.text("0-0"), .array(entries.map(\.reply)), .array([])])
    }

    /// GROUPS.
    func xinfo(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let stream = try stream(words[2]) else { throw CommandFailure("ERR no such key") }
        let groups = stream.groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return .array(
            groups.map { name, group in
                .map([
                    (.text("name"), .bulk(name)), (.text("pending"), .integer(group.pending.count)),
                    (.text("last-delivered-id"), .text(group.lastDelivered.text)),
                    (.text("entries-read"), .integer(group.position)),
                    (.text("lag"), .integer(stream.entries.count - group.position)),
                ])
            })
    }
}
