// How the wrong server executes a command: lookup, queueing, waiting, faults that concern every command.
import Foundation
import Platform

/// A command: how many words it takes (as COMMAND INFO has it), whether it changes keys, and what it does. The handler
/// returns nil if it has to wait.
struct CommandEntry: Sendable {
    let arity: Int
    let isWrite: Bool
    let handler: @Sendable (WrongSession) -> ([[UInt8]]) throws -> StoredReply?

    static func read(
        _ arity: Int, _ handler: @escaping @Sendable (WrongSession) -> ([[UInt8]]) throws -> StoredReply?
    ) -> CommandEntry { CommandEntry(arity: arity, isWrite: false, handler: handler) }

    static func write(
        _ arity: Int, _ handler: @escaping @Sendable (WrongSession) -> ([[UInt8]]) throws -> StoredReply?
    ) -> CommandEntry { CommandEntry(arity: arity, isWrite: true, handler: handler) }
}

extension WrongSession {
    static let commands: [String: CommandEntry] = [
        connectionCommands, stringCommands, keyCommands, listCommands, setCommands, hashCommands,
        transactionCommands, messageCommands, streamCommands,
    ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

    /// Commands that are not queued after MULTI.
    private static let unqueued: Set<String> = ["exec", "discard", "multi", "watch", "quit", "reset"]

    /// Executes one command and returns its reply; nil if there is none because the connection ends.
    func execute(_ words: [[UInt8]]) -> StoredReply? {
        guard let first = words.first else { return nil }
        let name = String(decoding: first, as: UTF8.self).lowercased()
        return store.locked {
            if store.strikes(.hangs) { return hang() }
            if store.strikes(.closesWithoutReason) {
                isEnding = true
                return nil
            }
            guard let entry = WrongSession.commands[name], !store.lacking.contains(name) else {
                isQueueBroken = true
                return .error("ERR unknown command '\(name)'")
            }
            guard entry.arity > 0 ? words.count == entry.arity : words.count >= -entry.arity else {
                isQueueBroken = true
                return .error("ERR wrong number of arguments for '\(name)' command")
            }
            if queue != nil, !WrongSession.unqueued.contains(name) {
                queue?.append(words)
                return .simple("QUEUED")
            }
            let reply = run(entry, words, mayWait: true)
            store.evict()
            return reply.map { mixed($0) }
        }
    }

    /// Runs a handler, again and again while it has to wait.
    func run(_ entry: CommandEntry, _ words: [[UInt8]], mayWait: Bool) -> StoredReply? {
        do {
            let start = Clock.monotonicNanoseconds()
            while true {
                if let reply = try entry.handler(self)(words) {
                    if entry.isWrite {
                        if store.strikes(.executesTwice) { _ = try entry.handler(self)(words) }
                        store.condition.broadcast()
                    }
                    return reply
                }
                if !mayWait { return .nullArray }
                let timeout = try seconds(words)
                let elapsed = Double(Clock.monotonicNanoseconds() - start) / 1e9
                if timeout > 0, elapsed >= timeout {
                    return entry.arity == 6 ? .null : .nullArray
                }
                let rest = timeout > 0 ? timeout - elapsed : 1
                _ = store.condition.wait(until: Date(timeIntervalSinceNow: min(0.02, rest)))
                if store.isClosing || isPeerGone {
                    isEnding = true
                    return nil
                }
            }
        } catch let failure as CommandFailure {
            return .error(failure.text)
        } catch {
            return .error("ERR \(error)")
        }
    }

    /// The timeout of a blocking command: its last word, or what stands behind BLOCK.
    private func seconds(_ words: [[UInt8]]) throws -> Double {
        if let index = words.firstIndex(where: { text($0) == "block" }) {
            return Double(try integer(words[index + 1])) / 1000
        }
        guard let last = words.last, let seconds = Double(String(decoding: last, as: UTF8.self)), seconds >= 0 else {
            throw CommandFailure("ERR timeout is not a float or out of range")
        }
        return seconds
    }

    /// Answers nothing until the connection or the server ends.
    private func hang() -> StoredReply? {
        while !store.isClosing, !isPeerGone {
            _ = store.condition.wait(until: Date(timeIntervalSinceNow: 0.02))
        }
        isEnding = true
        return nil
    }

    /// The reply, or that of another connection.
    private func mixed(_ reply: StoredReply) -> StoredReply {
        guard store.fault == .mixesReplies else { return reply }
        defer { store.lastReply = (identifier, reply) }
        guard let last = store.lastReply, last.session != identifier, store.strikes(.mixesReplies) else { return reply }
        return last.reply
    }

    // MARK: words

    func place(_ key: [UInt8]) -> StoredPlace { StoredPlace(database: database, key: key) }

    func text(_ word: [UInt8]) -> String { String(decoding: word, as: UTF8.self).lowercased() }

    func integer(_ word: [UInt8]) throws -> Int {
        guard let number = Int(String(decoding: word, as: UTF8.self)) else { throw CommandFailure.notInteger }
        return number
    }
}
