// LPUSH, RPUSH, LPUSHX, RPUSHX, LPOP, RPOP and the forms of the latter that wait.
import Bytes
import Containers
import Keyspace
import Platform
import RESP

/// LPUSH, RPUSH and, `onlyIfPresent`, LPUSHX and RPUSHX.
func push(_ context: inout CommandContext, atFront: Bool, onlyIfPresent: Bool = false) {
    let key = context.key(1)
    let limit = context.listLimit
    let length: Int
    switch context.find(key, as: .list, .write) {
    case .found(let found):
        length = context.database(of: key).change(found) { value in
            var list = ListValue(value)
            context.add(from: 2, to: &list, atFront: atFront, limit)
            value = list.value
            return list.count
        }
    case .absent:
        if onlyIfPresent { return context.reply.integer(0) }
        var list = ListValue.create()
        context.add(from: 2, to: &list, atFront: atFront, limit)
        length = list.count
        context.set(key, replacing: nil, .external(.list, list.value))
    case .refused: return
    }
    context.reply.integer(length)
    context.database(of: key).noteChanges(context.arguments.count &- 2)
    context.notify(.list, atFront ? "lpush" : "rpush", key.name)
}

extension CommandContext {
    /// Adds the arguments from `start` on, one after the other.
    @inline(__always)
    fileprivate func add(from start: Int, to list: inout ListValue, atFront: Bool, _ limit: NodeLimit) {
        var bytes = 0
        for index in start..<arguments.count { bytes &+= arguments[index].count }
        list.prepare(bytes: bytes, count: arguments.count &- start, limit)
        for index in start..<arguments.count {
            let text = arguments[index]
            if _slowPath(text.count > ValueEncoding.rawLimit), let large = retainedArgument(index) {
                if list.push(large: large, atFront: atFront, limit) { continue }
                large.release()
            }
            list.push(text, atFront: atFront, limit)
        }
    }
}

/// LPOP and RPOP.
func pop(_ context: inout CommandContext, atFront: Bool) {
    if _slowPath(context.arguments.count > 2) { return popSeveral(&context, atFront: atFront) }
    let key = context.key(1)
    switch context.find(key, as: .list, .write) {
    case .found(let found): context.popOne(key, found, atFront: atFront)
    case .absent: context.reply.null()
    case .refused: break
    }
}

private func popSeveral(_ context: inout CommandContext, atFront: Bool) {
    if context.arguments.count > 3 {
        return context.reply.wrongArity(atFront ? "lpop" : "rpop")
    }
    guard let count = IntegerText.parse(context.arguments[2]), count >= 0 else {
        return context.reply.error(ErrorText.notPositive)
    }
    let key = context.key(1)
    switch context.find(key, as: .list, .write) {
    case .found(let found):
        if count == 0 { return context.reply.array(0) }
        context.popElements(key, found, atFront: atFront, count: Int(count))
    case .absent: context.reply.nullArray()
    case .refused: break
    }
}

extension CommandContext {
    /// Removes the element at either end and replies with it.
    @inline(__always)
    func popOne(_ key: Key, _ found: Found, atFront: Bool) {
        let before = ListValue(found.entry.external)
        guard let cursor = before.end(atFront: atFront) else { preconditionFailure("there is an empty list") }
        replyElement(cursor)
        let isLast = before.count == 1
        if !isLast { removeOne(key, found, atFront: atFront) }
        notePop(key, found, atFront: atFront, isEmpty: isLast, count: 1)
    }

    @inline(__always)
    func removeOne(_ key: Key, _ found: Found, atFront: Bool) {
        let limit = listLimit
        database(of: key).change(found) { value in
            var list = ListValue(value)
            list.pop(atFront: atFront)
            list.shrink(limit)
            value = list.value
        }
    }

    /// Removes up to `count` elements at either end and replies with an array of them; returns nothing if the list
    /// keeps existing.
    func popElements(_ key: Key, _ found: Found, atFront: Bool, count: Int) {
        let before = ListValue(found.entry.external)
        let length = before.count
        let popped = min(count, length)
        replyElements(before, from: atFront ? 0 : length - 1, count: popped, forward: atFront)
        let limit = listLimit
        if popped < length {
            database(of: key).change(found) { value in
                var list = ListValue(value)
                list.removeRange(index: atFront ? 0 : length - popped, count: popped)
                list.shrink(limit)
                value = list.value
            }
        }
        notePop(key, found, atFront: atFront, isEmpty: popped == length, count: popped)
    }

    /// Tells of elements that were popped. The last one is still there: the key is removed with it.
    @inline(__always)
    func notePop(_ key: Key, _ found: Found, atFront: Bool, isEmpty: Bool, count: Int) {
        database(of: key).noteChanges(count)
        notify(.list, atFront ? "lpop" : "rpop", key.name)
        if isEmpty { removeEmptied(key, found) }
    }
}

/// BLPOP and BRPOP.
func blockingPop(_ context: inout CommandContext, atFront: Bool) {
    let last = context.arguments.count - 1
    guard let deadline = context.waitDeadline(seconds: last) else { return }
    context.serveFirst(of: 1..<last, as: .list, waitingUntil: deadline) { context, key, found in
        context.reply.array(2)
        context.reply.bulk(key.name)
        context.popOne(key, found, atFront: atFront)
    }
}

/// LMPOP, and BLMPOP, which `waits` and has its timeout before the number of keys.
func popFromFirst(_ context: inout CommandContext, waits: Bool) {
    let arguments = context.arguments
    let start = waits ? 2 : 1
    guard let number = IntegerText.parse(arguments[start]), number > 0, number <= Int64(Int.max) else {
        return context.reply.error(ErrorText.numberOfKeysNotPositive)
    }
    guard number < Int64(arguments.count - start - 1) else { return context.reply.error(ErrorText.syntax) }
    let keys = start + 1..<start + 1 + Int(number)
    guard let atFront = listEnd(arguments[keys.upperBound]) else { return context.reply.error(ErrorText.syntax) }
    var count = 1
    let options = keys.upperBound + 1
    if options < arguments.count {
        guard arguments.count == options + 2, arguments[options].equalsIgnoringCase("count") else {
            // A second COUNT is a mistake, but an earlier one may be a worse one.
            return context.reply.error(repeatedCountError(arguments, from: options))
        }
        guard let value = IntegerText.parse(arguments[options + 1]), value > 0 else {
            return context.reply.error(countNotPositive)
        }
        count = Int(value)
    }
    var deadline: Int64?
    if waits {
        guard let given = context.waitDeadline(seconds: 1) else { return }
        deadline = given
    }
    context.serveFirst(of: keys, as: .list, waitingUntil: deadline) { context, key, found in
        context.reply.array(2)
        context.reply.bulk(key.name)
        context.popElements(key, found, atFront: atFront, count: count)
    }
}

private let countNotPositive: StaticString = "ERR count should be greater than 0"

private func repeatedCountError(_ arguments: Arguments, from options: Int) -> StaticString {
    guard options + 1 < arguments.count, arguments[options].equalsIgnoringCase("count") else {
        return ErrorText.syntax
    }
    let value = IntegerText.parse(arguments[options + 1]) ?? 0
    return value > 0 ? ErrorText.syntax : countNotPositive
}

/// LEFT: true, RIGHT: false.
func listEnd(_ word: ByteView) -> Bool? {
    if word.equalsIgnoringCase("left") { return true }
    return word.equalsIgnoringCase("right") ? false : nil
}
