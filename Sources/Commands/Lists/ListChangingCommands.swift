// LSET, LINSERT, LREM and LTRIM.
import Bytes
import Containers
import Keyspace
import RESP

func lset(_ context: inout CommandContext) {
    let key = context.key(1)
    switch context.find(key, as: .list, .write) {
    case .found(let found):
        guard let index = IntegerText.parse(context.arguments[2]) else {
            return context.reply.error(ErrorText.notInteger)
        }
        let text = context.arguments[3]
        let limit = context.listLimit
        let database = context.database(of: key)
        context.prepare(key, found, for: text)
        guard let cursor = ListValue(found.entry.external).cursor(at: Int(index)) else {
            return context.reply.error(ErrorText.indexOutOfRange)
        }
        database.change(found) { value in
            var list = ListValue(value)
            list.replace(cursor, text, limit)
            list.shrink(limit)
            value = list.value
        }
        context.reply.ok()
        context.changed(key, .list, "lset")
    case .absent: context.reply.error(ErrorText.noSuchKey)
    case .refused: break
    }
}

extension CommandContext {
    /// Stores the list so that one more element may be put in.
    func prepare(_ key: Key, _ found: Found, for text: ByteView) {
        let limit = listLimit
        database(of: key).reshape(found) { value in
            var list = ListValue(value)
            list.prepare(bytes: text.count, count: 1, limit)
            value = list.value
        }
    }
}

func linsert(_ context: inout CommandContext) {
    let word = context.arguments[2]
    let after = word.equalsIgnoringCase("after")
    guard after || word.equalsIgnoringCase("before") else { return context.reply.error(ErrorText.syntax) }
    let key = context.key(1)
    switch context.find(key, as: .list, .write) {
    case .found(let found):
        let text = context.arguments[4]
        let limit = context.listLimit
        context.prepare(key, found, for: text)
        let before = ListValue(found.entry.external)
        let pivot = ListpackEntry(context.arguments[3]).element
        guard let cursor = find(pivot, in: before, forward: true) else { return context.reply.integer(-1) }
        let length = context.database(of: key).change(found) { value in
            var list = ListValue(value)
            list.insert(text, at: cursor, after: after, limit)
            value = list.value
            return list.count
        }
        context.reply.integer(length)
        context.changed(key, .list, "linsert")
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// The first element with that text, from either end.
private func find(_ wanted: ListpackElement, in list: ListValue, forward: Bool) -> ListCursor? {
    guard var cursor = list.end(atFront: forward) else { return nil }
    return move(&cursor, to: wanted, forward: forward) ? cursor : nil
}

/// Goes on from the cursor's element to the first with that text; false if there is none.
private func move(_ cursor: inout ListCursor, to wanted: ListpackElement, forward: Bool) -> Bool {
    while !cursor.equals(wanted) {
        if !cursor.move(forward: forward) { return false }
    }
    return true
}

func lrem(_ context: inout CommandContext) {
    guard let count = IntegerText.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    let key = context.key(1)
    switch context.find(key, as: .list, .write) {
    case .found(let found):
        let wanted = ListpackEntry(context.arguments[3]).element
        let limit = context.listLimit
        let most = count == 0 ? UInt64.max : count.magnitude
        let before = ListValue(found.entry.external)
        guard let first = find(wanted, in: before, forward: count >= 0) else { return context.reply.integer(0) }
        let (removed, left) = context.database(of: key).change(found) { value in
            var list = ListValue(value)
            let removed = remove(wanted, from: &list, at: first, forward: count >= 0, most: most)
            let left = list.count
            if left > 0 { list.shrink(limit) }
            value = list.value
            return (removed, left)
        }
        context.reply.integer(removed)
        context.database(of: key).noteChanges(removed)
        context.notify(.list, "lrem", key.name)
        if left == 0 { context.removeEmptied(key, found) }
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// Removes elements with that text from the cursor's on, which is one, at most `most`; returns how many there were.
private func remove(
    _ wanted: ListpackElement, from list: inout ListValue, at first: ListCursor, forward: Bool, most: UInt64
) -> Int {
    var cursor = first
    var removed = 0
    while true {
        removed += 1
        guard list.remove(&cursor, forward: forward), UInt64(removed) < most,
            move(&cursor, to: wanted, forward: forward)
        else { return removed }
    }
}

func ltrim(_ context: inout CommandContext) {
    guard let start = IntegerText.parse(context.arguments[2]), let end = IntegerText.parse(context.arguments[3])
    else { return context.reply.error(ErrorText.notInteger) }
    let key = context.key(1)
    switch context.find(key, as: .list, .write) {
    case .found(let found):
        let count = ListValue(found.entry.external).count
        let kept = indices(from: start, to: end, count: count)
        let limit = context.listLimit
        if !kept.isEmpty {
            context.database(of: key).change(found) { value in
                var list = ListValue(value)
                list.removeRange(index: kept.upperBound, count: count - kept.upperBound)
                list.removeRange(index: 0, count: kept.lowerBound)
                list.shrink(limit)
                value = list.value
            }
        }
        context.database(of: key).noteChanges(count - kept.count)
        context.notify(.list, "ltrim", key.name)
        if kept.isEmpty { context.removeEmptied(key, found) }
    case .absent: break
    case .refused: return
    }
    context.reply.ok()
}
