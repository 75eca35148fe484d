// The flags and access categories of a command, with the names that COMMAND INFO prints.

/// What a command does, as Redis' command table names it. https://redis.io/docs/latest/commands/command/
package struct CommandFlags: OptionSet {
    @usableFromInline package let rawValue: UInt32
    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let write = CommandFlags(rawValue: 1 << 0)
    package static let readonly = CommandFlags(rawValue: 1 << 1)
    package static let denyOutOfMemory = CommandFlags(rawValue: 1 << 2)
    package static let module = CommandFlags(rawValue: 1 << 3)
    package static let admin = CommandFlags(rawValue: 1 << 4)
    package static let pubsub = CommandFlags(rawValue: 1 << 5)
    package static let noScript = CommandFlags(rawValue: 1 << 6)
    package static let blocking = CommandFlags(rawValue: 1 << 7)
    package static let loading = CommandFlags(rawValue: 1 << 8)
    package static let stale = CommandFlags(rawValue: 1 << 9)
    package static let skipMonitor = CommandFlags(rawValue: 1 << 10)
    package static let skipSlowlog = CommandFlags(rawValue: 1 << 11)
    package static let asking = CommandFlags(rawValue: 1 << 12)
    package static let fast = CommandFlags(rawValue: 1 << 13)
    package static let noAuthentication = CommandFlags(rawValue: 1 << 14)
    package static let mayReplicate = CommandFlags(rawValue: 1 << 15)
    package static let noAsyncLoading = CommandFlags(rawValue: 1 << 16)
    package static let noMulti = CommandFlags(rawValue: 1 << 17)
    package static let movableKeys = CommandFlags(rawValue: 1 << 18)
    package static let allowBusy = CommandFlags(rawValue: 1 << 19)
    /// Argument values do not belong into logs (AUTH, HELLO).
    package static let sensitive = CommandFlags(rawValue: 1 << 20)
    package static let noMandatoryKeys = CommandFlags(rawValue: 1 << 21)

    /// The names in the order in which COMMAND INFO prints them.
    package static let names: [(CommandFlags, StaticString)] = [
        (.write, "write"), (.readonly, "readonly"), (.denyOutOfMemory, "denyoom"), (.module, "module"),
        (.admin, "admin"), (.pubsub, "pubsub"), (.noScript, "noscript"), (.blocking, "blocking"),
        (.loading, "loading"), (.stale, "stale"), (.skipMonitor, "skip_monitor"),
        (.skipSlowlog, "skip_slowlog"), (.asking, "asking"), (.fast, "fast"),
        (.noAuthentication, "no_auth"),
        (.noAsyncLoading, "no_async_loading"), (.noMulti, "no_multi"),
        (.noMandatoryKeys, "no_mandatory_keys"), (.movableKeys, "movablekeys"),
        (.allowBusy, "allow_busy"),
    ]
}

/// The access-control categories. Those that follow from the flags are added by the table.
package struct CommandCategories: OptionSet {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let keyspace = CommandCategories(rawValue: 1 << 0)
    package static let read = CommandCategories(rawValue: 1 << 1)
    package static let write = CommandCategories(rawValue: 1 << 2)
    package static let set = CommandCategories(rawValue: 1 << 3)
    package static let sortedSet = CommandCategories(rawValue: 1 << 4)
    package static let list = CommandCategories(rawValue: 1 << 5)
    package static let hash = CommandCategories(rawValue: 1 << 6)
    package static let string = CommandCategories(rawValue: 1 << 7)
    package static let bitmap = CommandCategories(rawValue: 1 << 8)
    package static let hyperLogLog = CommandCategories(rawValue: 1 << 9)
    package static let geo = CommandCategories(rawValue: 1 << 10)
    package static let stream = CommandCategories(rawValue: 1 << 11)
    package static let pubsub = CommandCategories(rawValue: 1 << 12)
    package static let admin = CommandCategories(rawValue: 1 << 13)
    package static let fast = CommandCategories(rawValue: 1 << 14)
    package static let slow = CommandCategories(rawValue: 1 << 15)
    package static let blocking = CommandCategories(rawValue: 1 << 16)
    package static let dangerous = CommandCategories(rawValue: 1 << 17)
    package static let connection = CommandCategories(rawValue: 1 << 18)
    package static let transaction = CommandCategories(rawValue: 1 << 19)
    package static let scripting = CommandCategories(rawValue: 1 << 20)

    /// The names in the order in which Redis prints them.
    package static let names: [(CommandCategories, StaticString)] = [
        (.keyspace, "keyspace"), (.read, "read"), (.write, "write"), (.set, "set"),
        (.sortedSet, "sortedset"), (.list, "list"), (.hash, "hash"), (.string, "string"),
        (.bitmap, "bitmap"), (.hyperLogLog, "hyperloglog"), (.geo, "geo"), (.stream, "stream"),
        (.pubsub, "pubsub"), (.admin, "admin"), (.fast, "fast"), (.slow, "slow"),
        (.blocking, "blocking"), (.dangerous, "dangerous"), (.connection, "connection"),
        (.transaction, "transaction"), (.scripting, "scripting"),
    ]

    /// The categories that every command with these flags is in.
    package static func implied(by flags: CommandFlags) -> CommandCategories {
        var implied: CommandCategories = flags.contains(.fast) ? .fast : .slow
        if flags.contains(.write) { implied.insert(.write) }
        if flags.contains(.readonly) { implied.insert(.read) }
        if flags.contains(.admin) { implied.formUnion([.admin, .dangerous]) }
        if flags.contains(.pubsub) { implied.insert(.pubsub) }
        if flags.contains(.blocking) { implied.insert(.blocking) }
        return implied
    }
}
