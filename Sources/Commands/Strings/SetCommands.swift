// Storing strings whole: SET and its relatives, MSET, and conditional removal.
import Bytes
import Keyspace
import Platform
import RESP

func set(_ context: inout CommandContext) {
    let key = context.key(1)
    if _fastPath(context.arguments.count == 3) {
        context.set(key, replacing: context.find(key, .write), context.newString(2))
        context.changed(key, .string, "set")
        context.reply.ok()
        return
    }
    guard let options = StringOptions.parse(context.arguments, from: 3, words: .set) else {
        return context.reply.error(ErrorText.syntax)
    }
    guard let deadline = context.deadline(options.deadline, old: .max, command: "set") else { return }
    let found = context.find(key, options.repliesOldValue ? .read : .write)
    if options.repliesOldValue {
        if let found {
            if found.entry.type != .string { return context.reply.error(ErrorText.wrongType) }
        }
    }
    let replyStart = context.reply.length
    guard let isMet = context.isMet(options.condition, by: found) else { return }
    if options.repliesOldValue {
        if let found { context.replyString(found.entry) } else { context.reply.null() }
    } else if isMet {
        context.reply.ok()
    } else {
        context.reply.null()
    }
    precondition(context.reply.length > replyStart, "a reply was written")
    if !isMet { return }
    store(&context, key, found, options.deadline, deadline)
}

/// Stores the third argument under the key, with the events of SET.
private func store(
    _ context: inout CommandContext, _ key: Key, _ found: Found?, _ option: DeadlineOption, _ deadline: Int64
) {
    var deadline = deadline
    if case .keep = option { deadline = found?.entry.deadline ?? .max }
    context.set(key, replacing: found, context.newString(2), deadline: deadline)
    context.changed(key, .string, "set")
    switch option {
    case .none, .keep, .remove: break
    default: context.notify(.generic, "expire", key.name)
    }
}

func setnx(_ context: inout CommandContext) {
    let key = context.key(1)
    if context.find(key, .write) != nil { return context.reply.integer(0) }
    context.set(key, replacing: nil, context.newString(2))
    context.changed(key, .string, "set")
    context.reply.integer(1)
}

func setex(_ context: inout CommandContext) {
    setExpiring(&context, unit: 1000, "setex")
}

func psetex(_ context: inout CommandContext) {
    setExpiring(&context, unit: 1, "psetex")
}

private func setExpiring(_ context: inout CommandContext, unit: Int64, _ command: StaticString) {
    guard let deadline = context.deadline(context.arguments[2], unit: unit, from: context.now, command) else { return }
    let key = context.key(1)
    context.set(key, replacing: context.find(key, .write), context.newString(3), deadline: deadline)
    context.changed(key, .string, "set")
    context.notify(.generic, "expire", key.name)
    context.reply.ok()
}

func getset(_ context: inout CommandContext) {
    let key = context.key(1)
    var old: Found?
    switch context.findString(key) {
    case .found(let found):
        context.replyString(found.entry)
        old = found
    case .absent: context.reply.null()
    case .refused: return
    }
    context.set(key, replacing: old, context.newString(2))
    context.changed(key, .string, "set")
}

// MARK: - Several keys

func mset(_ context: inout CommandContext) {
    guard context.arguments.count % 2 == 1 else { return context.reply.wrongArity("mset") }
    storePairs(&context, from: 1, to: context.arguments.count, keepsDeadline: false, deadline: .max)
    context.reply.ok()
}

func msetnx(_ context: inout CommandContext) {
    let count = context.arguments.count
    guard count % 2 == 1 else { return context.reply.wrongArity("msetnx") }
    for index in stride(from: 1, to: count, by: 2) where context.find(context.key(index), .write) != nil {
        return context.reply.integer(0)
    }
    storePairs(&context, from: 1, to: count, keepsDeadline: false, deadline: .max)
    context.reply.integer(1)
}

func msetex(_ context: inout CommandContext) {
    let count = context.arguments.count
    guard let number = IntegerText.parse(context.arguments[1]), number > 0, number <= Int64(Int32.max) else {
        return context.reply.error("ERR invalid numkeys value")
    }
    let end = 2 + Int(number) * 2
    guard end <= count else { return context.reply.error("ERR wrong number of key-value pairs") }
    guard let options = StringOptions.parse(context.arguments, from: end, words: .msetex) else {
        return context.reply.error(ErrorText.syntax)
    }
    guard let deadline = context.deadline(options.deadline, old: .max, command: "msetex") else { return }
    if !options.condition.isAlways {
        for index in stride(from: 2, to: end, by: 2) {
            let found = context.find(context.key(index), .write)
            if context.isMet(options.condition, by: found) != true { return context.reply.integer(0) }
        }
    }
    var keepsDeadline = false
    if case .keep = options.deadline { keepsDeadline = true }
    storePairs(&context, from: 2, to: end, keepsDeadline: keepsDeadline, deadline: deadline)
    context.reply.integer(1)
}

/// Stores keys and values that alternate from `start` to `end`.
private func storePairs(
    _ context: inout CommandContext, from start: Int, to end: Int, keepsDeadline: Bool, deadline: Int64
) {
    for index in stride(from: start, to: end, by: 2) {
        let key = context.key(index)
        let found = context.find(key, .write)
        let kept = keepsDeadline ? found?.entry.deadline ?? .max : deadline
        context.set(key, replacing: found, context.newString(index + 1), deadline: kept)
        context.changed(key, .string, "set")
        if !keepsDeadline && deadline != .max { context.notify(.generic, "expire", key.name) }
    }
}

// MARK: - Conditional removal

func delex(_ context: inout CommandContext) {
    let count = context.arguments.count
    guard count == 2 || count == 4 else { return context.reply.wrongArity("delex") }
    let key = context.key(1)
    let condition: StoreCondition
    if count == 2 {
        condition = .ifPresent
    } else if context.arguments[2].equalsIgnoringCase("ifeq") {
        condition = .ifEqual(3)
    } else if context.arguments[2].equalsIgnoringCase("ifne") {
        condition = .ifNotEqual(3)
    } else if context.arguments[2].equalsIgnoringCase("ifdeq") {
        condition = .ifDigestEqual(3)
    } else if context.arguments[2].equalsIgnoringCase("ifdne") {
        condition = .ifDigestNotEqual(3)
    } else {
        return context.reply.error("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE")
    }
    guard let found = context.find(key, .write) else { return context.reply.integer(0) }
    if count == 4 && found.entry.type != .string {
        return context.reply.error("ERR Key should be of string type if conditions are specified")
    }
    guard let isMet = context.isMet(condition, by: found) else { return }
    remove(&context, key, isMet ? found : nil)
}

func delifeq(_ context: inout CommandContext) {
    let key = context.key(1)
    switch context.findString(key, .write) {
    case .found(let found):
        let isEqual = found.entry.withString { $0 == context.arguments[2] }
        remove(&context, key, isEqual ? found : nil)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// Removes what was found and replies how many keys that were.
private func remove(_ context: inout CommandContext, _ key: Key, _ found: Found?) {
    guard let found else { return context.reply.integer(0) }
    context.remove(key, found)
    context.changed(key, .generic, "del")
    context.reply.integer(1)
}
