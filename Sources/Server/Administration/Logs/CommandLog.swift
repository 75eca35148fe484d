// The slow log, and its two siblings of large requests and replies.
import Bytes
import Commands
import Containers
import Platform
import RESP

/// A command as it is remembered, or shown to monitors: who sent what.
struct CommandRecord {
    /// At most 32 arguments of at most 128 bytes, as Redis cuts them.
    let arguments: [[UInt8]]
    let address: String
    let clientName: [UInt8]
}

/// The last entries of one kind, newest first.
final class CommandLog: @unchecked Sendable {
    struct Entry {
        let identifier: Int
        /// Seconds since the epoch.
        let time: Int64
        /// Microseconds, or bytes.
        let value: Int
        let record: CommandRecord
    }

    private let lock = Mutex()
    private var entries: [Entry] = []
    private var nextIdentifier = 0
    private var maximum = 128

    var count: Int { lock.withLock { entries.count } }

    func reset() { lock.withLock { entries = [] } }

    /// Keeps at most `count` entries from now on.
    func limit(to count: Int) {
        lock.withLock {
            maximum = count
            trim()
        }
    }

    func add(_ value: Int, _ record: CommandRecord) {
        lock.withLock {
            let time = Clock.realtimeMilliseconds() / 1000
            entries.append(Entry(identifier: nextIdentifier, time: time, value: value, record: record))
            nextIdentifier += 1
            trim()
        }
    }

    /// The newest `count` entries, or all.
    func newest(_ count: Int?) -> [Entry] {
        lock.withLock { entries.suffix(min(count ?? .max, entries.count)).reversed() }
    }

    private func trim() {
        // In portions, so that a full log is not moved for every entry.
        if entries.count > maximum { entries.removeFirst(entries.count - maximum) }
    }
}

/// The three logs.
final class CommandLogs: Sendable {
    let slow = CommandLog()
    let largeRequests = CommandLog()
    let largeReplies = CommandLog()

    func limit(by store: ConfigurationStore) {
        func limit(_ log: CommandLog, _ name: String) {
            let value = ByteView.withView(store.value(name)) { IntegerText.parse($0) } ?? 128
            log.limit(to: Int(clamping: value))
        }
        limit(slow, "slowlog-max-len")
        limit(largeRequests, "commandlog-large-request-max-len")
        limit(largeReplies, "commandlog-large-reply-max-len")
    }
}

extension CommandRecord {
    private static let maximumArguments = 32
    private static let maximumBytes = 128

    /// Cuts long commands, and hides what is secret.
    init(_ arguments: Arguments, of command: Command, address: String, clientName: [UInt8]) {
        let secret = SecretArguments(arguments, of: command)
        let shown = arguments.count > Self.maximumArguments ? Self.maximumArguments - 1 : arguments.count
        var list: [[UInt8]] = []
        for index in 0..<shown {
            if secret.contains(index) {
                list.append(SecretArguments.replacement)
                continue
            }
            let argument = arguments[index]
            var bytes = argument.prefix(Self.maximumBytes).bytes
            if argument.count > Self.maximumBytes {
                bytes += Array("... (\(argument.count - Self.maximumBytes) more bytes)".utf8)
            }
            list.append(bytes)
        }
        if shown < arguments.count { list.append(Array("... (\(arguments.count - shown) more arguments)".utf8)) }
        self.arguments = list
        self.address = address
        self.clientName = clientName
    }
}

/// Which arguments of a command are passwords.
struct SecretArguments {
    static let replacement = Array("(redacted)".utf8)
    private var positions: Set<Int> = []

    init(_ arguments: Arguments, of command: Command) {
        if command.flags.contains(.sensitive) {
            if ByteView(command.name) == "hello" {
                for index in 2..<max(2, arguments.count) where arguments[index].equalsIgnoringCase("auth") {
                    positions.formUnion([index + 1, index + 2])
                }
            } else {
                positions = Set(1..<max(1, arguments.count))
            }
        } else if ByteView(command.name) == "set" && command.group == .server {
            let names: [StaticString] = ["requirepass", "masterauth", "masteruser", "tls-key-file-pass"]
            for index in stride(from: 2, to: arguments.count, by: 2)
            where names.contains(where: { arguments[index].equalsIgnoringCase($0) }) {
                positions.insert(index + 1)
            }
        }
    }

    func contains(_ index: Int) -> Bool { positions.contains(index) }
}
