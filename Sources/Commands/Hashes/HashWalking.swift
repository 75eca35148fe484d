// HSCAN and HRANDFIELD.
import Bytes
import Containers
import Keyspace
import RESP

func hscan(_ context: inout CommandContext) {
    guard let cursor = ScanCursor.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.invalidCursor)
    }
    switch context.find(context.key(1), as: .hash) {
    case .found(let found):
        guard let options = ScanOptions(context, from: 3, allows: .noValues) else { return }
        let reply = context.reply
        let now = context.now
        reply.page(options, from: cursor) { position, page in
            found.hash.scan(from: position, now: now) { name, value in
                page.seen += 1
                if !options.takes(name) { return }
                reply.bulk(name)
                if !options.leavesValuesOut { reply.bulk(value) }
                page.written += options.leavesValuesOut ? 1 : 2
            }
        }
    case .absent:
        context.reply.array(2)
        context.reply.bulk(integer: 0)
        context.reply.array(0)
    case .refused: break
    }
}

// MARK: - HRANDFIELD

func hrandfield(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count == 2 { return randomField(&context) }
    guard let count = IntegerText.parse(arguments[2]) else { return context.reply.error(ErrorText.notInteger) }
    if count == .min {
        return context.reply.error(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")
    }
    let hasValues = arguments.count > 3
    if arguments.count > 4 || hasValues && !arguments[3].equalsIgnoringCase("withvalues") {
        return context.reply.error(ErrorText.syntax)
    }
    if hasValues && (count < -Int64.max / 2 || count > Int64.max / 2) {
        return context.reply.error(ErrorText.outOfRange)
    }
    let key = context.key(1)
    switch context.find(key, as: .hash) {
    case .found(let found):
        var selection = unsafe FieldSelection(
            hash: found.hash, reply: context.reply, shard: unsafe key.shard, hasValues: hasValues, now: context.now)
        if count < 0 { selection.replyRepeating(0 - Int(count)) } else { selection.replyDistinct(Int(count)) }
    case .absent: context.reply.array(0)
    case .refused: break
    }
}

private func randomField(_ context: inout CommandContext) {
    let key = context.key(1)
    switch context.find(key, as: .hash) {
    case .found(let found):
        let hash = found.hash
        if hash.isRandomAccess {
            return context.reply.bulk(hash.randomField { unsafe key.shard.pointee.nextRandom() }.name)
        }
        let count = hash.liveCount(now: context.now)
        if count == 0 { return context.reply.null() }
        var left = unsafe Int(key.shard.pointee.nextRandom() % UInt64(count))
        hash.forEach(now: context.now) { name, _ in
            if left == 0 { context.reply.bulk(name) }
            left -= 1
        }
    case .absent: context.reply.null()
    case .refused: break
    }
}

/// Fields of a hash chosen at random, and how they are replied.
@safe
private struct FieldSelection {
    let hash: HashValue
    let reply: ReplyWriter
    let shard: UnsafeMutablePointer<Shard>
    let hasValues: Bool
    let now: Int64

    private func random() -> UInt64 { unsafe shard.pointee.nextRandom() }

    private func random(below bound: Int) -> Int {
        Int(truncatingIfNeeded: random().multipliedFullWidth(by: UInt64(bound)).high)
    }

    private func header(_ count: Int) { reply.array(hasValues && !reply.isRESP3 ? count * 2 : count) }

    private func write(_ name: ListpackElement, _ value: ListpackElement) {
        if hasValues && reply.isRESP3 { reply.array(2) }
        reply.bulk(name)
        if hasValues { reply.bulk(value) }
    }

    /// All fields, to choose from by number.
    private func collect() -> RawArray<(ListpackElement, ListpackElement)> {
        var all = RawArray<(ListpackElement, ListpackElement)>()
        hash.forEach(now: now) { all.append(($0, $1)) }
        return all
    }

    /// A number of fields, the same perhaps more than once.
    mutating func replyRepeating(_ count: Int) {
        if hash.isRandomAccess {
            header(count)
            for _ in 0..<count {
                if reply.isFullOfDraws { return }
                let field = hash.randomField(random)
                write(field.name, field.value)
            }
            return
        }
        var all = collect()
        defer { all.deallocate() }
        if all.isEmpty { return header(0) }
        header(count)
        for _ in 0..<count {
            if reply.isFullOfDraws { return }
            let field = all[random(below: all.count)]
            write(field.0, field.1)
        }
    }

    /// As many different fields, or all if there are fewer.
    mutating func replyDistinct(_ count: Int) {
        if count == 0 { return header(0) }
        if hash.isRandomAccess && count < hash.count / 3 { return replyFew(count) }
        var all = collect()
        defer { all.deallocate() }
        let chosen = min(count, all.count)
        header(chosen)
        for index in 0..<chosen {
            if chosen < all.count {
                let other = index + random(below: all.count - index)
                let field = all[other]
                all[other] = all[index]
                all[index] = field
            }
            write(all[index].0, all[index].1)
        }
    }

    /// Few different fields of many: those chosen twice are passed over.
    private func replyFew(_ count: Int) {
        var chosen = Set<UInt>()
        header(count)
        while chosen.count < count {
            let field = hash.randomField(random)
            if chosen.insert(field.identity).inserted { write(field.name, field.value) }
        }
    }
}
