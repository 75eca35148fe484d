// DEBUG: what tests of clients and of the server ask for. Only where `enable-debug-command` allows it.
import Bytes
import Commands
import Containers
import Keyspace
import Logging
import Platform
import RESP

let debugCommands: [Command] = unsafe [
    Command(
        "debug", arity: -2, [.admin, .noScript, .loading, .stale], routing: .allShards, group: .server,
        since: "1.0.0", complexity: "Depends on subcommand.", summary: "Tools for tests.",
        syntax: "subcommand [arg [arg ...]]"
    ) { unsafe debug(&$0.context) }
]

private func debug(_ context: inout CommandContext) {
    switch context.server.configuration.debugCommand {
    case .yes: break
    case .local where context.session.peer.isLocal: break
    default:
        return context.reply.error(
            """
            ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a \
            local connection, otherwise you need to set this option in the configuration file, and then restart the \
            server.
            """)
    }
    let arguments = context.arguments
    let word = arguments[1].string.lowercased()
    switch (word, arguments.count) {
    case ("help", 2): debugHelp(context)
    case ("sleep", 3): debugSleep(context)
    case ("object", 3), ("object", 4): debugObject(context)
    case ("error", 3): debugError(context)
    case ("protocol", 3): debugProtocol(context)
    case ("set-active-expire", 3): debugActiveExpiry(context)
    case ("loop-times", 3): debugLoopTimes(context)
    case ("mallctl", 3...4): debugAllocator(context)
    case ("digest", 2): DataDigest.reply(context)
    case ("digest-value", 2...): DataDigest.replyValues(context)
    case ("stringmatch-len", 4): debugMatch(context)
    case ("populate", 3...5): debugPopulate(context)
    case ("change-repl-id", 2):
        context.server.replication.change()
        context.reply.ok()
    case ("log", 3):
        context.server.log.warning("DEBUG LOG: \(arguments[2].string)")
        context.reply.ok()
    case ("reload", 2...), ("loadaof", 2), ("restart", 2...), ("crash-and-recover", 2...):
        context.reply.error("ERR This server has no persistence to reload from")
    case ("htstats", 3), ("htstats", 4): debugTable(context)
    case ("htstats-key", 3), ("htstats-key", 4): debugElementTable(context)
    case ("listpack", 3): debugStructure(context, [.listpack, .listpackWithDeadlines], "listpack")
    case ("quicklist", 3), ("quicklist", 4): debugStructure(context, [.quicklist], "quicklist")
    case ("jmap", 2), ("quicklist-packed-threshold", 3), ("set-skip-checksum-validation", 3), ("pause-cron", 3),
        ("replybuffer", 4), ("dict-resizing", 3), ("set-disable-deny-scripts", 3), ("leak", 3),
        ("stringmatch-test", 2), ("mallctl-str", 3...4):
        debugNothing(context, word)
    default: context.wrongSubcommand("DEBUG")
    }
}

/// Switches of parts that do not exist here: turning them changes nothing.
private func debugNothing(_ context: CommandContext, _ word: String) {
    if word == "jmap" { return context.wrongSubcommand("DEBUG") }
    context.reply.ok()
}

/// All shards are held, so that nobody gets at any key meanwhile.
private func debugSleep(_ context: CommandContext) {
    let seconds = DoubleText.parse(context.arguments[2]) ?? 0
    Clock.sleep(microseconds: Int64(max(0, min(seconds, 86_400)) * 1_000_000))
    context.reply.ok()
}

private func debugError(_ context: CommandContext) { context.reply.error(context.arguments[2]) }

private func debugMatch(_ context: CommandContext) {
    guard let length = IntegerText.parse(context.arguments[2]), length >= 0, length <= 1 << 30 else {
        return context.reply.error(ErrorText.notInteger)
    }
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: Int(length))
    let matches = ByteView.withView(text) { GlobPattern(context.arguments[3]).matches($0) }
    context.reply.integer(matches ? 1 : 0)
}

private func debugActiveExpiry(_ context: CommandContext) {
    let word = context.arguments[2]
    let isOn = !(word == "0")
    context.server.board.change { $0.expiresActively = isOn }
    context.announceSettings()
    context.reply.ok()
}

/// From now on, or no longer; what was measured is forgotten when it begins.
private func debugLoopTimes(_ context: CommandContext) {
    let isOn = !(context.arguments[2] == "0")
    let server = context.server
    if isOn { for index in 0..<server.workerCount { unsafe server.workers[index].statistics.pointee.loop.reset() } }
    server.board.change { $0.timesLoop = isOn }
    context.announceSettings()
    context.reply.ok()
}

/// DEBUG MALLCTL name [integer]: the value it had; what may be read and written is in jemalloc's manual.
private func debugAllocator(_ context: CommandContext) {
    let arguments = context.arguments
    var value: Int?
    if arguments.count > 3 {
        guard let number = IntegerText.parse(arguments[3]) else { return context.reply.error(ErrorText.notInteger) }
        value = Int(number)
    }
    guard let previous = Allocator.setting(arguments[2].string, to: value) else {
        return context.reply.error("ERR The allocator has no such number, or does not take this value")
    }
    context.reply.integer(Int64(previous))
}

private func debugObject(_ context: CommandContext) {
    let key = context.key(2)
    let database = unsafe key.shard.pointee.database(context.database)
    guard let found = database.find(key.name, hash: key.hash, now: context.now, .peek) else {
        return context.reply.error(ErrorText.noSuchKey)
    }
    let entry = found.entry
    let length = entry.type == .string ? SerializedLength.string(entry) : entry.memoryBytes
    let clock = Int(context.now / 1000) & 0xff_ffff
    let idle = unsafe key.shard.pointee.accessClock.idleSeconds(of: entry)
    let address = String(key.hash, radix: 16)
    var details = ""
    if entry.encoding == .quicklist {
        details = quicklistDescription(entry, limit: context.server.configuration.encodings.listNodeSize)
    }
    context.reply.simple(
        """
        Value at:0x\(address) refcount:1 encoding:\(entry.encoding.name) serializedlength:\(length) \
        lru:\((clock - idle) & 0xff_ffff) lru_seconds_idle:\(idle)\(details)
        """)
}

/// The bytes that a value would take in an RDB file.
private enum SerializedLength {
    static func string(_ entry: Entry) -> Int {
        if entry.encoding == .integer {
            let value = entry.integer
            if value >= -128 && value < 128 { return 2 }
            if value >= -32_768 && value < 32_768 { return 3 }
            if value >= Int64(Int32.min) && value <= Int64(Int32.max) { return 5 }
            return 1 + String(value).utf8.count
        }
        let count = entry.stringLength
        return count + (count < 64 ? 1 : count < 16_384 ? 2 : 5)
    }
}

private func debugTable(_ context: CommandContext) {
    guard let index = IntegerText.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    guard index >= 0, index < Int64(context.server.options.databases) else {
        return context.reply.error("ERR Out of range database")
    }
    var text = ""
    for number in 0..<context.keyspace.map.shardCount {
        let database = unsafe context.keyspace.shards[number].pointee.database(Int(index))
        text += "[Shard \(number)]\nentries: \(database.count)\nwith a deadline: \(database.deadlineCount)\n"
    }
    context.reply.verbatim("txt", text)
}

/// DEBUG POPULATE count [prefix] [size]: keys that exist already are left alone.
private func debugPopulate(_ context: CommandContext) {
    let arguments = context.arguments
    guard let count = IntegerText.parse(arguments[2]), count >= 0 else {
        return context.reply.error("ERR value is out of range, must be positive")
    }
    let prefix = arguments.count > 3 ? arguments[3].bytes : Array("key".utf8)
    var size: Int64 = 0
    if arguments.count > 4 {
        guard let wanted = IntegerText.parse(arguments[4]), wanted >= 0, wanted <= 512 << 20 else {
            return context.reply.error("ERR value is out of range, must be positive")
        }
        size = wanted
    }
    for number in 0..<count {
        let name = prefix + Array(":\(number)".utf8)
        var value = Array("value:\(number)".utf8)
        if size > 0 {
            let missing = max(0, Int(size) - value.count)
            value = Array(value.prefix(Int(size))) + [UInt8](repeating: 0, count: missing)
        }
        ByteView.withView(name) { name in
            let route = context.keyspace.map.route(name)
            let database = unsafe context.keyspace.shards[route.shard].pointee.database(context.database)
            if database.find(name, hash: route.hash, now: context.now, .peek) != nil { return }
            ByteView.withView(value) {
                _ = database.set(name, hash: route.hash, replacing: nil, .string($0), deadline: .max)
            }
        }
    }
    context.reply.ok()
}

private func debugHelp(_ context: CommandContext) {
    context.help(
        "DEBUG",
        [
            "CHANGE-REPL-ID", "    Give the data a new replication identifier.",
            "DIGEST", "    A fingerprint of all data.",
            "DIGEST-VALUE <key> [<key> ...]", "    Fingerprints of these values.",
            "ERROR <string>", "    Answer with this error.",
            "HTSTATS <dbid>", "    How a database's keys lie in the shards.",
            "HTSTATS-KEY <key>", "    How the elements of a big hash or set are kept.",
            "LISTPACK <key>", "    Whether a value is a listpack.",
            "LOG <message>", "    Write the message to the log.",
            "LOOP-TIMES <0|1>", "    Time the turns of the event loops by their processor time: see INFO debug.",
            "MALLCTL <name> [<integer>]", "    Read or write a setting of the allocator.",
            "OBJECT <key>", "    What is known of a value.",
            "POPULATE <count> [<prefix>] [<size>]", "    Make string keys called <prefix>:<number>.",
            "PROTOCOL <type>", "    Answer with a reply of this type: string, integer, double, bignum, null, array,",
            "    set, map, attrib, push, verbatim, true, false.",
            "QUICKLIST <key>", "    Whether a value is a quicklist.",
            "SET-ACTIVE-EXPIRE <0|1>", "    Whether expired keys are removed before somebody asks for them.",
            "SLEEP <seconds>", "    Hold all data for so long. Decimals are allowed.",
            "STRINGMATCH-LEN <length> <pattern>", "    Match a pattern against a text of so many letters.",
        ])
}
