// Members chosen at random: SPOP and SRANDMEMBER.
import Bytes
import Containers
import Keyspace
import RESP

func spop(_ context: inout CommandContext) {
    if context.arguments.count == 3 { return popSeveral(&context) }
    guard context.arguments.count == 2 else { return context.reply.error(ErrorText.syntax) }
    let key = context.key(1)
    guard case .found(let found) = context.find(key, as: .set, .write, absent: { $0.null() }) else { return }
    let reply = context.reply
    let isEmpty = context.database(of: key).change(found) { value in
        var set = SetValue(value)
        _ = set.removeRandom({ unsafe key.shard.pointee.nextRandom() }, { reply.bulk($0) })
        value = set.value
        return set.count == 0
    }
    context.changed(key, .set, "spop")
    if isEmpty { context.removeEmptied(key, found) }
}

private func popSeveral(_ context: inout CommandContext) {
    guard let number = IntegerText.parse(context.arguments[2]), number >= 0 else {
        return context.reply.error(ErrorText.notPositive)
    }
    let key = context.key(1)
    guard case .found(let found) = context.find(key, as: .set, .write, absent: { $0.set(0) }) else { return }
    let reply = context.reply
    if number == 0 { return reply.set(0) }
    let set = SetValue(found.entry.external)
    let size = set.count
    let count = Int(min(number, Int64(size)))
    let database = context.database(of: key)
    reply.set(count)
    database.noteChanges(count - 1)
    if count == size {
        set.forEach { reply.bulk($0) }
        context.changed(key, .set, "spop")
        context.removeEmptied(key, found)
        return
    }
    if set.value.encoding == .hashTable && (size - count) * 5 <= count {
        popMost(&context, key, found, keeping: size - count)
    } else {
        database.change(found) { value in
            var set = SetValue(value)
            for _ in 0..<count {
                _ = set.removeRandom({ unsafe key.shard.pointee.nextRandom() }, { reply.bulk($0) })
            }
            value = set.value
        }
    }
    context.changed(key, .set, "spop")
}

/// Where few members stay, those move to a new set and the old one goes as a whole.
private func popMost(_ context: inout CommandContext, _ key: Key, _ found: Found, keeping kept: Int) {
    let (limits, seed) = (context.setLimits, context.hashSeed)
    let database = context.database(of: key)
    var rest = SetValue.emptyListpack()
    database.reshape(found) { value in
        var set = SetValue(value)
        for _ in 0..<kept {
            _ = set.removeRandom({ unsafe key.shard.pointee.nextRandom() }) {
                _ = rest.insert($0, limits, seed: seed, isNew: true)
            }
        }
        value = set.value
    }
    let reply = context.reply
    SetValue(found.entry.external).forEach { reply.bulk($0) }
    context.set(key, replacing: found, .external(.set, rest.value), deadline: found.entry.deadline)
}

func srandmember(_ context: inout CommandContext) {
    if context.arguments.count == 3 { return chooseSeveral(&context) }
    guard context.arguments.count == 2 else { return context.reply.error(ErrorText.syntax) }
    let key = context.key(1)
    guard case .found(let found) = context.find(key, as: .set, absent: { $0.null() }) else { return }
    guard let member = SetValue(found.entry.external).randomMember({ unsafe key.shard.pointee.nextRandom() }) else {
        return context.reply.null()
    }
    context.reply.bulk(member)
}

private func chooseSeveral(_ context: inout CommandContext) {
    guard let number = IntegerText.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    guard number > .min else {
        return context.reply.error(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")
    }
    let key = context.key(1)
    guard case .found(let found) = context.find(key, as: .set, absent: { $0.array(0) }) else { return }
    let set = SetValue(found.entry.external)
    let reply = context.reply
    if number < 0 {
        reply.array(Int(-number))
        set.drawRepeatedly(Int(-number), { unsafe key.shard.pointee.nextRandom() }) { member in
            reply.bulk(member)
            return !reply.isFullOfDraws
        }
        return
    }
    let size = set.count
    let count = Int(min(number, Int64(size)))
    reply.array(count)
    if count == size { return set.forEach { reply.bulk($0) } }
    if set.value.encoding != .hashTable || count > size / 3 {
        return set.sample(count, { unsafe key.shard.pointee.nextRandom() }, { reply.bulk($0) })
    }
    // Few of many: what was chosen already is refused.
    var chosen: Set<UInt> = []
    chosen.reserveCapacity(count)
    while chosen.count < count {
        guard let member = set.randomMember({ unsafe key.shard.pointee.nextRandom() })?.view else { return }
        if unsafe chosen.insert(UInt(bitPattern: member.base)).inserted { reply.bulk(member) }
    }
}
