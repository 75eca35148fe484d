// The wrong server's commands on sets, hashes and sorted sets.

extension WrongSession {
    static let setCommands: [String: CommandEntry] = [
        "sadd": .write(-3, WrongSession.sadd), "srem": .write(-3, WrongSession.srem),
        "smove": .write(4, WrongSession.smove), "smembers": .read(2, WrongSession.smembers),
        "sismember": .read(3, WrongSession.sismember), "scard": .read(2, WrongSession.scard),
    ]

    static let hashCommands: [String: CommandEntry] = [
        "hset": .write(-4, WrongSession.hset), "hget": .read(3, WrongSession.hget),
        "hgetall": .read(2, WrongSession.hgetall), "hincrby": .write(4, WrongSession.hincrby),
        "zincrby": .write(4, WrongSession.zincrby), "zscore": .read(3, WrongSession.zscore),
    ]

    private func members(_ key: [UInt8]) throws -> Set<[UInt8]> {
        guard let entry = store.entry(place(key)) else { return [] }
        guard case .set(let members) = entry.value else { throw CommandFailure.wrongType }
        return members
    }

    private func keep(_ key: [UInt8], _ members: Set<[UInt8]>) {
        store.put(place(key), .set(members), deadline: store.entry(place(key))?.deadline)
    }

    func sadd(_ words: [[UInt8]]) throws -> StoredReply? {
        let old = try members(words[1])
        let new = old.union(words.dropFirst(2))
        if new.count != old.count { keep(words[1], new) }
        return .integer(new.count - old.count)
    }

    func srem(_ words: [[UInt8]]) throws -> StoredReply? {
        let old = try members(words[1])
        let new = old.subtracting(words.dropFirst(2))
        if new.count != old.count { keep(words[1], new) }
        return .integer(old.count - new.count)
    }

    func smove(_ words: [[UInt8]]) throws -> StoredReply? {
        var source = try members(words[1])
        var target = try members(words[2])
        guard source.contains(words[3]) else { return .integer(0) }
        if words[1] == words[2] { return .integer(1) }
        if !store.strikes(.smoveDuplicates) {
            source.remove(words[3])
            keep(words[1], source)
        }
        if !store.strikes(.smoveLoses) {
            target.insert(words[3])
            keep(words[2], target)
        }
        return .integer(1)
    }

    func smembers(_ words: [[UInt8]]) throws -> StoredReply? {
        .array(try members(words[1]).map { .bulk($0) })
    }

    func sismember(_ words: [[UInt8]]) throws -> StoredReply? {
        .integer(try members(words[1]).contains(words[2]) ? 1 : 0)
    }

    func scard(_ words: [[UInt8]]) throws -> StoredReply? { .integer(try members(words[1]).count) }

    private func fields(_ key: [UInt8]) throws -> [[UInt8]: [UInt8]] {
        guard let entry = store.entry(place(key)) else { return [:] }
        guard case .hash(let fields) = entry.value else { throw CommandFailure.wrongType }
        return fields
    }

    func hset(_ words: [[UInt8]]) throws -> StoredReply? {
        guard words.count % 2 == 0 else { throw CommandFailure("ERR wrong number of arguments for 'hset' command") }
        var fields = try fields(words[1])
        let old = fields.count
        for index in stride(from: 2, to: words.count, by: 2) { fields[words[index]] = words[index + 1] }
        store.put(place(words[1]), .hash(fields), deadline: store.entry(place(words[1]))?.deadline)
        return .integer(fields.count - old)
    }

    func hget(_ words: [[UInt8]]) throws -> StoredReply? {
        try fields(words[1])[words[2]].map { .bulk($0) } ?? .null
    }

    func hgetall(_ words: [[UInt8]]) throws -> StoredReply? {
        .map(try fields(words[1]).map { (.bulk($0.key), .bulk($0.value)) })
    }

    func hincrby(_ words: [[UInt8]]) throws -> StoredReply? {
        var fields = try fields(words[1])
        let amount = try integer(words[3])
        let (new, isOverflow) = try (fields[words[2]].map { try integer($0) } ?? 0).addingReportingOverflow(amount)
        guard !isOverflow else { throw CommandFailure("ERR increment or decrement would overflow") }
        fields[words[2]] = Array(String(new).utf8)
        if !store.strikes(.dropsIncrement) {
            store.put(place(words[1]), .hash(fields), deadline: store.entry(place(words[1]))?.deadline)
        }
        return .integer(new)
    }

    private func scores(_ key: [UInt8]) throws -> [[UInt8]: Double] {
        guard let entry = store.entry(place(key)) else { return [:] }
        guard case .sortedSet(let scores) = entry.value else { throw CommandFailure.wrongType }
        return scores
    }

    func zincrby(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let amount = Double(String(decoding: words[2], as: UTF8.self)) else {
            throw CommandFailure("ERR value is not a valid float")
        }
        var scores = try scores(words[1])
        let new = (scores[words[3]] ?? 0) + amount
        scores[words[3]] = new
        if !store.strikes(.dropsIncrement) {
            store.put(place(words[1]), .sortedSet(scores), deadline: store.entry(place(words[1]))?.deadline)
        }
        return .text(WrongSession.text(of: new))
    }

    func zscore(_ words: [[UInt8]]) throws -> StoredReply? {
        try scores(words[1])[words[2]].map { .text(WrongSession.text(of: $0)) } ?? .null
    }

    private static func text(of number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
    }
}
