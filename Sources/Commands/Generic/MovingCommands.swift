// RENAME, RENAMENX, COPY and MOVE.
import Bytes
import Keyspace
import RESP

let movingCommands: [Command] = unsafe [
    Command(
        "rename", arity: 3, [.write], [.keyspace],
        keys: [.one([.readWrite, .access, .delete]), .one([.overwrite, .update], at: 2)], group: .generic,
        since: "1.0.0", complexity: "O(1); what was under the new name is freed in small steps if it is large.",
        summary: "Gives a key another name; what was there before is lost.", syntax: "key newkey"
    ) { unsafe rename(&$0.context, onlyIfAbsent: false) },
    unsafe Command(
        "renamenx", arity: 3, [.write, .fast], [.keyspace],
        keys: [.one([.readWrite, .access, .delete]), .one([.overwrite, .insert], at: 2)], group: .generic,
        since: "1.0.0", summary: "Gives a key another name that no key has yet.", syntax: "key newkey"
    ) { unsafe rename(&$0.context, onlyIfAbsent: true) },
    unsafe Command(
        "copy", arity: -3, [.write, .denyOutOfMemory], [.keyspace],
        keys: [.one([.readOnly, .access]), .one([.overwrite, .update], at: 2)], group: .generic, since: "6.2.0",
        complexity: "O(1) for strings, O(N) for collections of N elements.",
        summary: "Copies a key's value and its time to live to another key.",
        syntax: "source destination [DB destination-db] [REPLACE]"
    ) { unsafe copy(&$0.context) },
    unsafe Command(
        "move", arity: 3, [.write, .fast], [.keyspace], keys: [.one([.readWrite, .access, .update])],
        group: .generic, since: "1.0.0", summary: "Moves a key to another database.", syntax: "key db"
    ) { unsafe move(&$0.context) },
]

private func rename(_ context: inout CommandContext, onlyIfAbsent: Bool) {
    let source = context.key(1)
    let target = context.key(2)
    guard context.find(source, .write) != nil else {
        context.reply.error(ErrorText.noSuchKey)
        return
    }
    let isSame = source.name == target.name
    if onlyIfAbsent && (isSame || context.find(target, .write) != nil) {
        context.reply.integer(0)
        return
    }
    // The look at the target may have removed an expired entry, and so moved the source's.
    if !isSame, let found = context.find(source, .peek) {
        let taken = context.database(of: source).take(found, hash: source.hash)
        let replaced = context.find(target, .peek)
        // The old target goes first, as if it had been deleted.
        if replaced != nil { context.notify(.new, "new", target.name) }
        context.database(of: target).insert(taken, as: target.name, hash: target.hash, replacing: replaced)
        context.changed(source, .generic, "rename_from")
        context.notify(.generic, "rename_to", target.name)
    }
    if onlyIfAbsent { context.reply.integer(1) } else { context.reply.ok() }
}

private func copy(_ context: inout CommandContext) {
    var databaseIndex = context.database
    var replaces = false
    var index = 3
    while index < context.arguments.count {
        let option = context.arguments[index]
        if option.equalsIgnoringCase("replace") {
            replaces = true
            index += 1
        } else if option.equalsIgnoringCase("db"), index + 1 < context.arguments.count {
            guard let number = context.databaseIndex(at: index + 1) else { return }
            databaseIndex = number
            index += 2
        } else {
            context.reply.error(ErrorText.syntax)
            return
        }
    }
    let source = context.key(1)
    let target = context.key(2)
    if databaseIndex == context.database && source.name == target.name {
        context.reply.error(ErrorText.sameObject)
        return
    }
    guard let original = context.find(source, .read)?.entry else {
        context.reply.integer(0)
        return
    }
    let database = unsafe target.shard.pointee.database(databaseIndex)
    let replaced = database.find(target.name, hash: target.hash, now: context.now, .write)
    if replaced != nil && !replaces {
        context.reply.integer(0)
        return
    }
    if replaced != nil { context.notify(.new, "new", target.name, in: databaseIndex) }
    database.set(
        target.name, hash: target.hash, replacing: replaced, original.copiedValue, deadline: original.deadline)
    context.changed(target, .generic, "copy_to", in: databaseIndex)
    context.reply.integer(1)
}

private func move(_ context: inout CommandContext) {
    guard let databaseIndex = context.databaseIndex(at: 2) else { return }
    if databaseIndex == context.database {
        context.reply.error(ErrorText.sameObject)
        return
    }
    let key = context.key(1)
    let target = unsafe key.shard.pointee.database(databaseIndex)
    guard let found = context.find(key, .write),
        target.find(key.name, hash: key.hash, now: context.now, .write) == nil
    else {
        context.reply.integer(0)
        return
    }
    let taken = context.database(of: key).take(found, hash: key.hash)
    target.insert(taken, as: key.name, hash: key.hash, replacing: nil)
    context.notify(.generic, "move_from", key.name)
    context.changed(key, .generic, "move_to", in: databaseIndex)
    context.reply.integer(1)
}

extension CommandContext {
    /// The number of a database in an argument; nil if there is none, which the client has been told.
    func databaseIndex(at index: Int) -> Int? {
        guard let number = IntegerText.parse(arguments[index]) else {
            reply.error(ErrorText.notInteger)
            return nil
        }
        guard let number = Int32(exactly: number) else {
            reply.error("ERR value is out of range, value must between -2147483648 and 2147483647")
            return nil
        }
        guard number >= 0, Int(number) < databaseCount else {
            reply.error(ErrorText.databaseOutOfRange)
            return nil
        }
        return Int(number)
    }

    /// How many databases there are; the same in every shard from start to end.
    var databaseCount: Int { unsafe keyspace.shards[0].pointee.databaseCount }
}
