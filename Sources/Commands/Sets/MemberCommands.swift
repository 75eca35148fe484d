// Members of one set: SADD, SREM, SISMEMBER, SMISMEMBER, SCARD, SMEMBERS and SMOVE.
import Bytes
import Containers
import Keyspace
import RESP

func sadd(_ context: inout CommandContext) {
    let key = context.key(1)
    let arguments = context.arguments
    let (limits, seed) = (context.setLimits, context.hashSeed)
    var added = 0
    switch context.find(key, as: .set, .write) {
    case .found(let found):
        let database = context.database(of: key)
        added = database.reshape(found) { value in
            var set = SetValue(value)
            set.prepare(adding: arguments.count &- 2, limits, seed: seed)
            let added = insert(arguments, into: &set, limits, seed)
            value = set.value
            return added
        }
        if added > 0 { database.touch(key.name) }
    case .absent:
        var set = SetValue.empty(for: arguments[2], count: arguments.count - 2, limits, seed: seed)
        added = insert(arguments, into: &set, limits, seed)
        context.set(key, replacing: nil, .external(.set, set.value))
    case .refused: return
    }
    if added > 0 {
        context.database(of: key).noteChanges(added &- 1)
        context.changed(key, .set, "sadd")
    }
    context.reply.integer(added)
}

@inline(__always)
private func insert(_ arguments: Arguments, into set: inout SetValue, _ limits: SetLimits, _ seed: UInt64) -> Int {
    var added = 0
    var index = 2
    while index < arguments.count {
        if set.insert(arguments[index], limits, seed: seed) { added &+= 1 }
        index &+= 1
    }
    return added
}

func srem(_ context: inout CommandContext) {
    let key = context.key(1)
    guard case .found(let found) = context.find(key, as: .set, .write, absent: { $0.integer(0) }) else { return }
    let arguments = context.arguments
    let database = context.database(of: key)
    var isEmpty = false
    let removed = database.reshape(found) { value in
        var set = SetValue(value)
        var removed = 0
        for index in 2..<arguments.count where set.remove(arguments[index]) {
            removed &+= 1
            isEmpty = set.count == 0
            if isEmpty { break }
        }
        value = set.value
        return removed
    }
    if removed > 0 {
        database.touch(key.name)
        database.noteChanges(removed &- 1)
        context.changed(key, .set, "srem")
        if isEmpty { context.removeEmptied(key, found) }
    }
    context.reply.integer(removed)
}

func sismember(_ context: inout CommandContext) {
    guard case .found(let found) = context.find(context.key(1), as: .set, absent: { $0.integer(0) }) else { return }
    context.reply.integer(SetValue(found.entry.external).contains(context.arguments[2]) ? 1 : 0)
}

func smismember(_ context: inout CommandContext) {
    let lookup = context.find(context.key(1), as: .set)
    if case .refused = lookup { return }
    context.reply.array(context.arguments.count - 2)
    for index in 2..<context.arguments.count {
        var isMember = false
        if case .found(let found) = lookup {
            isMember = SetValue(found.entry.external).contains(context.arguments[index])
        }
        context.reply.integer(isMember ? 1 : 0)
    }
}

func scard(_ context: inout CommandContext) {
    guard case .found(let found) = context.find(context.key(1), as: .set, absent: { $0.integer(0) }) else { return }
    context.reply.integer(SetValue(found.entry.external).count)
}

func smembers(_ context: inout CommandContext) {
    guard case .found(let found) = context.find(context.key(1), as: .set, absent: { $0.set(0) }) else { return }
    let set = SetValue(found.entry.external)
    let reply = context.reply
    reply.set(set.count)
    set.forEach { reply.bulk($0) }
}

func smove(_ context: inout CommandContext) {
    let source = context.key(1)
    let target = context.key(2)
    let member = context.arguments[3]
    // The target first: that it has expired moves what is behind the source. If it is the source, the member stays.
    let targetLookup = context.find(target, .write)
    guard let found = context.find(source, .write) else { return context.reply.integer(0) }
    guard found.entry.type == .set, targetLookup.map({ $0.entry.type == .set }) ?? true else {
        return context.reply.error(ErrorText.wrongType)
    }
    if source.name == target.name {
        return context.reply.integer(SetValue(found.entry.external).contains(member) ? 1 : 0)
    }
    var isEmpty = false
    let database = context.database(of: source)
    let isRemoved = database.reshape(found) { value in
        var set = SetValue(value)
        let isRemoved = set.remove(member)
        isEmpty = set.count == 0
        value = set.value
        return isRemoved
    }
    guard isRemoved else { return context.reply.integer(0) }
    database.touch(source.name)
    context.changed(source, .set, "srem")
    if isEmpty { context.removeEmptied(source, found) }
    receive(&context, target, member)
    context.reply.integer(1)
}

/// Adds what SMOVE has taken from elsewhere.
private func receive(_ context: inout CommandContext, _ target: Key, _ member: ByteView) {
    let (limits, seed) = (context.setLimits, context.hashSeed)
    let database = context.database(of: target)
    if let found = context.find(target, .peek) {
        let isNew = database.reshape(found) { value in
            var set = SetValue(value)
            let isNew = set.insert(member, limits, seed: seed)
            value = set.value
            return isNew
        }
        if !isNew { return }
        database.touch(target.name)
    } else {
        var set = SetValue.empty(for: member, count: 1, limits, seed: seed)
        _ = set.insert(member, limits, seed: seed)
        context.set(target, replacing: nil, .external(.set, set.value))
    }
    context.changed(target, .set, "sadd")
}
