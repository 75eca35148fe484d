// The wrong server's messages: who has subscribed, and what waits to be sent to them.
import Foundation
import Platform

extension WrongSession {
    static let messageCommands: [String: CommandEntry] = [
        "subscribe": .read(2, WrongSession.subscribe), "psubscribe": .read(2, WrongSession.psubscribe),
        "publish": .read(3, WrongSession.publish),
    ]

    func subscribe(_ words: [[UInt8]]) -> StoredReply? {
        channels.insert(words[1])
        return .array([.text("subscribe"), .bulk(words[1]), .integer(channels.count + patterns.count)])
    }

    /// Patterns end in one question mark, for any byte; there is no more to them here.
    func psubscribe(_ words: [[UInt8]]) -> StoredReply? {
        patterns.insert(words[1])
        return .array([.text("psubscribe"), .bulk(words[1]), .integer(channels.count + patterns.count)])
    }

    func publish(_ words: [[UInt8]]) -> StoredReply? {
        var receivers = 0
        for session in store.sessions.values {
            if session.channels.contains(words[1]) {
                receivers += 1
                session.deliver(.array([.text("message"), .bulk(words[1]), .bulk(words[2])]))
            }
            for pattern in session.patterns
            where pattern.count == words[1].count && pattern.dropLast() == words[1].dropLast() {
                receivers += 1
                session.deliver(.array([.text("pmessage"), .bulk(pattern), .bulk(words[1]), .bulk(words[2])]))
            }
        }
        return .integer(receivers)
    }

    /// Puts a message where this connection's thread will find it.
    private func deliver(_ message: StoredReply) {
        if store.strikes(.losesMessage) { return }
        var bytes: [UInt8] = []
        message.append(to: &bytes, protocolVersion: protocolVersion)
        messages.append(bytes)
        if store.strikes(.doublesMessage) { messages.append(bytes) }
        if messages.count > 1, store.strikes(.swapsMessages) { messages.swapAt(messages.count - 1, messages.count - 2) }
    }

    /// What has been put there, as bytes for the wire.
    func takeMessages() -> [UInt8] {
        store.locked {
            defer { messages = [] }
            return Array(messages.joined())
        }
    }

    /// Whether there is somebody who may be sent messages at any time.
    var isSubscriber: Bool { store.locked { !channels.isEmpty || !patterns.isEmpty } }
}
