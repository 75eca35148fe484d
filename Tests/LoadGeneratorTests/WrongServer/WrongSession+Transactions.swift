// The wrong server's transactions.

extension WrongSession {
    static let transactionCommands: [String: CommandEntry] = [
        "multi": .read(1, WrongSession.multi), "exec": .read(1, WrongSession.exec),
        "discard": .read(1, WrongSession.discard), "watch": .read(-2, WrongSession.watch),
        "unwatch": .read(1, WrongSession.unwatch),
    ]

    func multi(_ words: [[UInt8]]) throws -> StoredReply? {
        guard queue == nil else { throw CommandFailure("ERR MULTI calls can not be nested") }
        queue = []
        isQueueBroken = false
        return .ok
    }

    func discard(_ words: [[UInt8]]) throws -> StoredReply? {
        guard queue != nil else { throw CommandFailure("ERR DISCARD without MULTI") }
        queue = nil
        watched = [:]
        return .ok
    }

    func watch(_ words: [[UInt8]]) throws -> StoredReply? {
        guard queue == nil else { throw CommandFailure("ERR WATCH inside MULTI is not allowed") }
        for key in words.dropFirst() where watched[place(key)] == nil {
            _ = store.entry(place(key))
            watched[place(key)] = store.versions[place(key), default: 0]
        }
        return .ok
    }

    func unwatch(_ words: [[UInt8]]) throws -> StoredReply? {
        watched = [:]
        return .ok
    }

    func exec(_ words: [[UInt8]]) throws -> StoredReply? {
        guard let queued = queue else { throw CommandFailure("ERR EXEC without MULTI") }
        let versions = watched
        queue = nil
        watched = [:]
        if isQueueBroken { throw CommandFailure("EXECABORT Transaction discarded because of previous errors.") }
        let isChanged = versions.contains { store.versions[$0.key, default: 0] != $0.value }
        if isChanged, !store.strikes(.ignoresWatch) { return .nullArray }
        let isOpen = queued.count > 1 && store.strikes(.execWithoutIsolation)
        var replies: [StoredReply] = []
        for words in queued {
            if isOpen, !replies.isEmpty { store.pause() }
            guard let entry = WrongSession.commands[text(words[0])] else { continue }
            replies.append(run(entry, words, mayWait: false) ?? .null)
        }
        return .array(replies)
    }
}
