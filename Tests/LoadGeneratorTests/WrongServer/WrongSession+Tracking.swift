// The wrong server's client-side caching: who has read what, and who is told that it has changed.

/// What one connection keeps copies of.
struct WrongTracking {
    /// It wants to hear of all keys that begin so; nil: of those that it has read.
    var prefix: [UInt8]?
    /// It says which of its reads it keeps.
    var isOptIn = false
    /// It has said so of the next one.
    var isMarked = false
    var keys: Set<[UInt8]> = []

    mutating func note(_ key: [UInt8]) {
        if !isOptIn || isMarked { keys.insert(key) }
        isMarked = false
    }

    /// Whether it has to be told of a change; it is told once.
    mutating func isConcerned(by key: [UInt8]) -> Bool {
        if let prefix { return key.starts(with: prefix) }
        return keys.remove(key) != nil
    }
}

extension WrongSession {
    func track(_ words: [[UInt8]]) -> StoredReply? {
        guard text(words[2]) == "on" else {
            tracking = nil
            return .ok
        }
        var tracking = WrongTracking()
        tracking.isOptIn = words.contains { text($0) == "optin" }
        if let place = words.firstIndex(where: { text($0) == "prefix" }), place + 1 < words.count {
            tracking.prefix = words[place + 1]
        }
        self.tracking = tracking
        return .ok
    }

    /// Whether it may be told of changes.
    var tracksKeys: Bool { store.locked { tracking != nil } }
}

extension ServerStore {
    /// Tells whoever has a copy of a key that it has changed.
    func invalidate(_ key: [UInt8]) {
        for session in sessions.values where session.tracking?.isConcerned(by: key) == true {
            if strikes(.losesInvalidation) { continue }
            var bytes = Array(">2\r\n".utf8)
            StoredReply.text("invalidate").append(to: &bytes, protocolVersion: 3)
            StoredReply.array([.bulk(key)]).append(to: &bytes, protocolVersion: 3)
            session.messages.append(bytes)
        }
    }
}
