// XGROUP: the consumer groups of a stream.
import Bytes
import Containers
import Keyspace
import RESP

extension ByteView {
    /// What Redis prints of it: there it is a C string.
    var untilZero: ByteView { prefix(firstIndex(of: 0) ?? count) }
}

extension CommandContext {
    /// NOGROUP of a key and a group; `tail` says of what command.
    func replyNoGroup(key: ByteView, group: ByteView, _ tail: StaticString = "") {
        reply.errorParts { line in
            line.append("NOGROUP No such key '")
            line.append(key.untilZero)
            line.append("' or consumer group '")
            line.append(group.untilZero)
            line.append("'")
            line.append(tail)
        }
    }

    /// NOGROUP of a group where the key is there.
    func replyNoGroup(of key: ByteView, _ group: ByteView) {
        reply.errorParts { line in
            line.append("NOGROUP No such consumer group '")
            line.append(group.untilZero)
            line.append("' for key name '")
            line.append(key.untilZero)
            line.append("'")
        }
    }

    /// The consumer of that name; a new one if there is none, of which those are told who listen.
    func consumer(_ name: ByteView, of group: ConsumerGroup, _ key: Key, _ found: Found) -> Consumer {
        if let consumer = group.consumer(name) { return consumer }
        let now = self.now
        guard let consumer = reshapeStream(key, found, { $0.createConsumer(name, in: group, now: now) }) else {
            preconditionFailure("the consumer is there and is not")
        }
        changed(key, .stream, "xgroup-createconsumer")
        return consumer
    }

    /// The stream that a subcommand of XGROUP is about. Nil: an error was replied.
    private func groupKey(_ key: Key) -> Found? {
        switch find(key, as: .stream, .write) {
        case .found(let found): return found
        case .absent:
            reply.error(
                """
                ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the \
                MKSTREAM option to create an empty stream automatically.
                """)
            return nil
        case .refused: return nil
        }
    }

    /// The stream and its group. Nil: an error was replied.
    fileprivate func groupOfKey(_ key: Key) -> (found: Found, group: ConsumerGroup)? {
        guard let found = groupKey(key) else { return nil }
        if let group = found.stream.group(arguments[3]) { return (found, group) }
        replyNoGroup(of: arguments[2], arguments[3])
        return nil
    }

    fileprivate func existingStream(_ key: Key) -> Found? { groupKey(key) }
}

/// The options of XGROUP CREATE and SETID.
private struct GroupOptions {
    var createsStream = false
    var entriesRead: Int64 = -1

    /// Nil: an error was replied.
    static func parse(_ context: CommandContext, isCreation: Bool) -> GroupOptions? {
        var options = GroupOptions()
        let arguments = context.arguments
        var index = 5
        while index < arguments.count {
            if isCreation && arguments[index].equalsIgnoringCase("mkstream") {
                options.createsStream = true
                index += 1
                continue
            }
            guard arguments[index].equalsIgnoringCase("entriesread"), index + 1 < arguments.count else {
                context.reply.errorParts { line in
                    line.append("ERR unknown subcommand or wrong number of arguments for '")
                    line.append(arguments[1].prefix(128))
                    line.append("'. Try XGROUP HELP.")
                }
                return nil
            }
            guard let value = IntegerText.parse(arguments[index + 1]) else {
                context.reply.error(ErrorText.notInteger)
                return nil
            }
            if value < -1 {
                context.reply.error("ERR value for ENTRIESREAD must be positive or -1")
                return nil
            }
            options.entriesRead = value
            index += 2
        }
        return options
    }
}

func xgroupCreate(_ context: inout CommandContext) {
    guard let options = GroupOptions.parse(context, isCreation: true) else { return }
    let key = context.key(2)
    var found: Found?
    if options.createsStream {
        let lookup = context.find(key, as: .stream, .write)
        if lookup.isRefused { return }
        found = lookup.found
    } else {
        found = context.existingStream(key)
        if found == nil { return }
    }
    var id = found?.stream.lastID ?? .zero
    if !(context.arguments[4] == "$") {
        guard let given = context.streamID(4) else { return }
        id = given
    }
    let name = context.arguments[3]
    if let found {
        if found.stream.group(name) != nil {
            return context.reply.error("BUSYGROUP Consumer Group name already exists")
        }
        context.reshapeStream(key, found) { _ = $0.createGroup(name, id, entriesRead: options.entriesRead) }
    } else {
        let stream = StreamValue.create()
        _ = stream.createGroup(name, id, entriesRead: options.entriesRead)
        context.set(key, replacing: nil, .external(.stream, stream.value))
    }
    context.reply.ok()
    context.changed(key, .stream, "xgroup-create")
}

func xgroupSetID(_ context: inout CommandContext) {
    guard let options = GroupOptions.parse(context, isCreation: false) else { return }
    let key = context.key(2)
    guard let (found, group) = context.groupOfKey(key) else { return }
    var id = found.stream.lastID
    if !(context.arguments[4] == "$") {
        guard let given = StreamIDText.parse(context.arguments[4], isStrict: false)?.id else {
            return context.reply.error(StreamErrorText.invalidID)
        }
        id = given
    }
    group.lastID = id
    group.entriesRead = options.entriesRead
    context.reply.ok()
    context.changed(key, .stream, "xgroup-setid")
    // Entries that were read are new again.
    context.database(of: key).wake(key.name)
}

func xgroupDestroy(_ context: inout CommandContext) {
    let key = context.key(2)
    guard let found = context.existingStream(key) else { return }
    let name = context.arguments[3]
    var rest: StreamValue?
    guard context.reshapeStream(key, found, { $0.destroyGroup(name, leaving: &rest) }) else {
        return context.reply.integer(0)
    }
    if let rest { context.database(of: key).freeLater(rest.value) }
    context.reply.integer(1)
    context.changed(key, .stream, "xgroup-destroy")
    context.database(of: key).wake(key.name)
}

func xgroupCreateConsumer(_ context: inout CommandContext) {
    let key = context.key(2)
    guard let (found, group) = context.groupOfKey(key) else { return }
    let name = context.arguments[4]
    if group.consumer(name) != nil { return context.reply.integer(0) }
    _ = context.consumer(name, of: group, key, found)
    context.reply.integer(1)
}

func xgroupDeleteConsumer(_ context: inout CommandContext) {
    let key = context.key(2)
    guard let (found, group) = context.groupOfKey(key) else { return }
    let name = context.arguments[4]
    let pending = context.reshapeStream(key, found) { $0.removeConsumer(name, of: group) }
    if pending != nil { context.changed(key, .stream, "xgroup-delconsumer") }
    context.reply.integer(pending ?? 0)
}

func xgroupHelp(_ context: inout CommandContext) {
    let lines: [StaticString] = [
        "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CREATE <key> <group> <id|$> [MKSTREAM] [ENTRIESREAD <count>]",
        "    A new consumer group, which reads what comes after <id>. MKSTREAM makes the stream",
        "    if there is none; ENTRIESREAD says how many entries count as read.",
        "CREATECONSUMER <key> <group> <consumer>",
        "    A new consumer of <group>.",
        "DELCONSUMER <key> <group> <consumer>",
        "    Remove <consumer> and what is pending for it.",
        "DESTROY <key> <group>",
        "    Remove <group>.",
        "SETID <key> <group> <id|$> [ENTRIESREAD <count>]",
        "    Let <group> go on reading after <id>.",
        "HELP",
        "    These lines.",
    ]
    context.reply.array(lines.count)
    for line in lines { context.reply.simple(line) }
}
