// The wrong server's commands on strings.
import Platform

extension WrongSession {
    static let stringCommands: [String: CommandEntry] = [
        "get": .read(2, WrongSession.get), "set": .write(-3, WrongSession.set),
        "setnx": .write(3, WrongSession.setnx), "getdel": .write(2, WrongSession.getdel),
        "mget": .read(-2, WrongSession.mget), "mset": .write(-3, WrongSession.mset),
        "incr": .write(2, WrongSession.incr), "incrby": .write(3, WrongSession.incrby),
        "decr": .write(2, WrongSession.decr), "decrby": .write(3, WrongSession.decrby),
        "append": .write(3, WrongSession.append), "strlen": .read(2, WrongSession.strlen),
        "getrange": .read(4, WrongSession.getrange), "psetex": .write(4, WrongSession.psetex),
    ]

    /// The string at a key; throws for other types.
    func string(_ key: [UInt8]) throws -> [UInt8]? {
        guard let entry = store.entry(place(key)) else { return nil }
        guard case .string(let bytes) = entry.value else { throw CommandFailure.wrongType }
        return bytes
    }

    /// What a read of the string shows: it, or something else if the server is wrong.
    private func shown(_ key: [UInt8], _ bytes: [UInt8]?) -> [UInt8]? {
        if store.fault == .staleRead, let old = store.formerString(place(key)), store.strikes(.staleRead) { return old }
        guard var bytes, bytes.count > 16 * 1024 else { return bytes }
        if store.strikes(.truncatesBigValue) { bytes.removeLast() }
        if store.strikes(.corruptsBigValue) { bytes[store.chance(below: bytes.count)] ^= 0x20 }
        return bytes
    }

    func get(_ words: [[UInt8]]) throws -> StoredReply? {
        tracking?.note(words[1])
        return shown(words[1], try string(words[1])).map { .bulk($0) } ?? .null
    }

    func mget(_ words: [[UInt8]]) throws -> StoredReply? {
        .array(
            words.dropFirst().map { key in
                let bytes = shown(key, (try? string(key)) ?? nil)
                return bytes.map { .bulk($0) } ?? .null
            })
    }

    func getdel(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let bytes = try string(words[1]) else { return .null }
        store.remove(place(words[1]))
        return .bulk(bytes)
    }

    func set(_ words: [[UInt8]]) throws -> StoredReply? {
        var deadline: Int64?
        var mustExist: Bool?
        var expected: [UInt8]?
        var returnsOld = false
        var keepsTimeToLive = false
        var index = 3
        while index < words.count {
            let option = text(words[index])
            switch option {
            case "nx": mustExist = false
            case "xx": mustExist = true
            case "get": returnsOld = true
            case "keepttl": keepsTimeToLive = true
            case "ex", "px", "ifeq":
                index += 1
                guard index < words.count else { throw CommandFailure.syntax }
                if option == "ifeq" {
                    expected = words[index]
                } else {
                    deadline = try self.deadline(words[index], millisecondsEach: option == "ex" ? 1000 : 1)
                }
            default: throw CommandFailure.syntax
            }
            index += 1
        }
        let old = store.entry(place(words[1]))
        let oldString = returnsOld || expected != nil ? try string(words[1]) : nil
        var isDone = mustExist.map { $0 == (old != nil) } ?? true
        if let expected { isDone = isDone && oldString == expected }
        if isDone, !store.strikes(.lostUpdate) {
            store.put(place(words[1]), .string(words[2]), deadline: keepsTimeToLive ? old?.deadline : deadline)
        }
        if returnsOld { return oldString.map { .bulk($0) } ?? .null }
        return isDone ? .ok : .null
    }

    func setnx(_ words: [[UInt8]]) throws -> StoredReply? {
        if store.entry(place(words[1])) != nil { return .integer(0) }
        store.put(place(words[1]), .string(words[2]), deadline: nil)
        return .integer(1)
    }

    func psetex(_ words: [[UInt8]]) throws -> StoredReply? {
        let deadline = try deadline(words[2], millisecondsEach: 1)
        store.put(place(words[1]), .string(words[3]), deadline: deadline)
        return .ok
    }

    /// The deadline that a time to live means.
    func deadline(_ word: [UInt8], millisecondsEach: Int) throws -> Int64 {
        let number = try integer(word)
        guard number > 0, number < 1 << 40 else { throw CommandFailure("ERR invalid expire time") }
        return store.deadline(milliseconds: number * millisecondsEach)
    }

    func mset(_ words: [[UInt8]]) throws -> StoredReply? {
        guard words.count % 2 == 1 else { throw CommandFailure("ERR wrong number of arguments for 'mset' command") }
        let half = words.count > 3 && store.strikes(.halfMultiKey) ? words.count / 4 * 2 + 1 : 0
        for index in stride(from: 1, to: words.count, by: 2) {
            if index == half { store.pause() }
            store.put(place(words[index]), .string(words[index + 1]), deadline: nil)
        }
        return .ok
    }

    private func add(_ key: [UInt8], _ amount: Int) throws -> StoredReply? {
        let old = try string(key).map { try integer($0) } ?? 0
        let (new, isOverflow) = old.addingReportingOverflow(amount)
        guard !isOverflow else { throw CommandFailure("ERR increment or decrement would overflow") }
        if !store.strikes(.dropsIncrement) {
            store.put(place(key), .string(Array(String(new).utf8)), deadline: store.entry(place(key))?.deadline)
        }
        return .integer(new)
    }

    func incr(_ words: [[UInt8]]) throws -> StoredReply? { try add(words[1], 1) }
    func decr(_ words: [[UInt8]]) throws -> StoredReply? { try add(words[1], -1) }
    func incrby(_ words: [[UInt8]]) throws -> StoredReply? { try add(words[1], try integer(words[2])) }
    func decrby(_ words: [[UInt8]]) throws -> StoredReply? { try add(words[1], 0 &- (try integer(words[2]))) }

    func append(_ words: [[UInt8]]) throws -> StoredReply? {
        let old = try string(words[1]) ?? []
        if !store.strikes(.appendLoses) {
            store.put(place(words[1]), .string(old + words[2]), deadline: store.entry(place(words[1]))?.deadline)
        }
        return .integer(old.count + words[2].count)
    }

    func strlen(_ words: [[UInt8]]) throws -> StoredReply? { .integer(try string(words[1])?.count ?? 0) }

    func getrange(_ words: [[UInt8]]) throws -> StoredReply? {
        let bytes = shown(words[1], try string(words[1])) ?? []
        let range = WrongSession.range(try integer(words[2]), try integer(words[3]), count: bytes.count)
        return .bulk(Array(bytes[range]))
    }

    /// The elements from `first` to `last`, where negative numbers count from the end.
    static func range(_ first: Int, _ last: Int, count: Int) -> Range<Int> {
        let start = max(0, first < 0 ? count &+ first : first)
        let end = min(count, (last < 0 ? count &+ last : min(last, count)) &+ 1)
        return start < end ? start..<end : 0..<0
    }
}
