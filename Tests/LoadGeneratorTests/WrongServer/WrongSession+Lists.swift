// The wrong server's commands on lists, the blocking ones included.
import Platform

extension WrongSession {
    static let listCommands: [String: CommandEntry] = [
        "lpush": .write(-3, WrongSession.lpush), "rpush": .write(-3, WrongSession.rpush),
        "lpop": .write(-2, WrongSession.lpop), "rpop": .write(-2, WrongSession.rpop),
        "lrange": .read(4, WrongSession.lrange), "llen": .read(2, WrongSession.llen),
        "lrem": .write(4, WrongSession.lrem), "lmove": .write(5, WrongSession.lmove),
        "blmove": .write(6, WrongSession.blmove), "brpop": .write(-3, WrongSession.brpop),
        "blpop": .write(-3, WrongSession.blpop),
    ]

    private func list(_ key: [UInt8]) throws -> [[UInt8]] {
        guard let entry = store.entry(place(key)) else { return [] }
        guard case .list(let elements) = entry.value else { throw CommandFailure.wrongType }
        return elements
    }

    private func keep(_ key: [UInt8], _ elements: [[UInt8]]) {
        store.put(place(key), .list(elements), deadline: store.entry(place(key))?.deadline)
    }

    private func push(_ words: [[UInt8]], atHead: Bool) throws -> StoredReply? {
        var elements = try list(words[1])
        for element in words.dropFirst(2) { elements.insert(element, at: atHead ? 0 : elements.count) }
        if !store.strikes(.pushLoses) { keep(words[1], elements) }
        return .integer(elements.count)
    }

    func lpush(_ words: [[UInt8]]) throws -> StoredReply? { try push(words, atHead: true) }
    func rpush(_ words: [[UInt8]]) throws -> StoredReply? { try push(words, atHead: false) }

    private func pop(_ words: [[UInt8]], atHead: Bool) throws -> StoredReply? {
        var elements = try list(words[1])
        guard words.count > 2 else {
            guard !elements.isEmpty else { return .null }
            let element = elements.remove(at: atHead ? 0 : elements.count - 1)
            keep(words[1], elements)
            return .bulk(element)
        }
        let count = min(elements.count, max(0, try integer(words[2])))
        guard count > 0 else { return .nullArray }
        let taken = atHead ? Array(elements.prefix(count)) : elements.suffix(count).reversed()
        keep(words[1], atHead ? Array(elements.dropFirst(count)) : elements.dropLast(count))
        return .array(taken.map { .bulk($0) })
    }

    func lpop(_ words: [[UInt8]]) throws -> StoredReply? { try pop(words, atHead: true) }
    func rpop(_ words: [[UInt8]]) throws -> StoredReply? { try pop(words, atHead: false) }

    func lrange(_ words: [[UInt8]]) throws -> StoredReply? {
        let elements = try list(words[1])
        let range = WrongSession.range(try integer(words[2]), try integer(words[3]), count: elements.count)
        return .array(elements[range].map { .bulk($0) })
    }

    func llen(_ words: [[UInt8]]) throws -> StoredReply? { .integer(try list(words[1]).count) }

    func lrem(_ words: [[UInt8]]) throws -> StoredReply? {
        let wanted = try integer(words[2])
        var elements = try list(words[1])
        let places = elements.indices.filter { elements[$0] == words[3] }
        let count = wanted == 0 ? places.count : min(places.count, abs(wanted))
        let removed = wanted < 0 ? places.suffix(count) : places.prefix(count)
        for index in removed.reversed() { elements.remove(at: index) }
        if count > 0 { keep(words[1], elements) }
        return .integer(count)
    }

    func lmove(_ words: [[UInt8]]) throws -> StoredReply? { try moveElement(words) ?? .null }
    func blmove(_ words: [[UInt8]]) throws -> StoredReply? { try moveElement(words) }

    private func moveElement(_ words: [[UInt8]]) throws -> StoredReply? {
        let (fromHead, toHead) = (text(words[3]) == "left", text(words[4]) == "left")
        var source = try list(words[1])
        guard !source.isEmpty else { return nil }
        let element = source.remove(at: fromHead ? 0 : source.count - 1)
        if !store.strikes(.lmoveDuplicates) { keep(words[1], source) }
        if !store.strikes(.lmoveLoses) {
            var target = try list(words[2])
            target.insert(element, at: toHead ? 0 : target.count)
            keep(words[2], target)
        }
        return .bulk(element)
    }

    private func blockingPop(_ words: [[UInt8]], atHead: Bool) throws -> StoredReply? {
        for key in words.dropFirst().dropLast() {
            var elements = try list(key)
            guard !elements.isEmpty else { continue }
            let element = elements.remove(at: atHead ? 0 : elements.count - 1)
            if !store.strikes(.blockedDeliveredTwice) { keep(key, elements) }
            if store.strikes(.blockedLost) { return nil }
            return .array([.bulk(key), .bulk(element)])
        }
        return nil
    }

    func blpop(_ words: [[UInt8]]) throws -> StoredReply? { try blockingPop(words, atHead: true) }
    func brpop(_ words: [[UInt8]]) throws -> StoredReply? { try blockingPop(words, atHead: false) }
}
