// The wrong server's commands on keys of any type.
import Platform

extension WrongSession {
    static let keyCommands: [String: CommandEntry] = [
        "del": .write(-2, WrongSession.del), "unlink": .write(-2, WrongSession.del),
        "exists": .read(-2, WrongSession.exists), "expire": .write(-3, WrongSession.expire),
        "pexpire": .write(-3, WrongSession.pexpire), "persist": .write(2, WrongSession.persist),
        "pttl": .read(2, WrongSession.pttl), "ttl": .read(2, WrongSession.ttl),
        "rename": .write(3, WrongSession.rename), "renamenx": .write(3, WrongSession.renamenx),
        "copy": .write(-3, WrongSession.copy),
    ]

    func del(_ words: [[UInt8]]) throws -> StoredReply? {
        let half = words.count > 2 && store.strikes(.halfMultiKey) ? words.count / 2 + 1 : 0
        var count = 0
        for (index, key) in words.enumerated().dropFirst() {
            if index == half { store.pause() }
            if store.entry(place(key)) != nil, store.remove(place(key)) { count += 1 }
        }
        return .integer(count)
    }

    func exists(_ words: [[UInt8]]) throws -> StoredReply? {
        .integer(words.dropFirst().filter { store.entry(place($0)) != nil }.count)
    }

    private func expire(_ words: [[UInt8]], millisecondsEach: Int) throws -> StoredReply? {
        guard let entry = store.entry(place(words[1])) else { return .integer(0) }
        guard try integer(words[2]) > 0 else {
            store.remove(place(words[1]))
            return .integer(1)
        }
        let deadline = try deadline(words[2], millisecondsEach: millisecondsEach)
        store.put(place(words[1]), entry.value, deadline: deadline)
        return .integer(1)
    }

    func expire(_ words: [[UInt8]]) throws -> StoredReply? { try expire(words, millisecondsEach: 1000) }
    func pexpire(_ words: [[UInt8]]) throws -> StoredReply? { try expire(words, millisecondsEach: 1) }

    func persist(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let entry = store.entry(place(words[1])), entry.deadline != nil else { return .integer(0) }
        store.put(place(words[1]), entry.value, deadline: nil)
        return .integer(1)
    }

    /// The rest of a key's life in milliseconds; -1 without a deadline, -2 without a key.
    private func rest(_ key: [UInt8]) -> Int {
        guard let entry = store.entry(place(key)) else { return -2 }
        guard let deadline = entry.deadline else { return -1 }
        return max(0, Int(deadline - Clock.monotonicNanoseconds()) / 1_000_000)
    }

    func pttl(_ words: [[UInt8]]) throws -> StoredReply? { .integer(rest(words[1])) }

    func ttl(_ words: [[UInt8]]) throws -> StoredReply? {
        let rest = rest(words[1])
        return .integer(rest < 0 ? rest : (rest + 500) / 1000)
    }

    /// Moves what the source holds to the target.
    private func move(_ source: [UInt8], _ entry: StoredEntry, to target: [UInt8]) {
        guard source != target else { return }
        if !store.strikes(.renameDuplicates) { store.remove(place(source)) }
        if !store.strikes(.renameLoses) { store.put(place(target), entry.value, deadline: entry.deadline) }
    }

    func rename(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let entry = store.entry(place(words[1])) else { throw CommandFailure("ERR no such key") }
        move(words[1], entry, to: words[2])
        return .ok
    }

    func renamenx(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let entry = store.entry(place(words[1])) else { throw CommandFailure("ERR no such key") }
        if store.entry(place(words[2])) != nil { return .integer(0) }
        move(words[1], entry, to: words[2])
        return .integer(1)
    }

    func copy(_ words: [[UInt8]]) throws -> StoredReply? {
        let replaces = words.dropFirst(3).contains { text($0) == "replace" }
        guard let entry = store.entry(place(words[1])), words[1] != words[2] else { return .integer(0) }
        if !replaces, store.entry(place(words[2])) != nil { return .integer(0) }
        store.put(place(words[2]), entry.value, deadline: entry.deadline)
        return .integer(1)
    }
}
