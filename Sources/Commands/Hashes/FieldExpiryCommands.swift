// HEXPIRE, HTTL and their relatives, and HPERSIST.
import Bytes
import Containers
import Keyspace
import RESP

private let expiresFields = [KeySpec.one([.readWrite, .update])]
private let readsDeadlines = [KeySpec.one([.readOnly, .access])]

let fieldExpiryCommands: [Command] = unsafe [
    Command(
        "hexpire", arity: -6, [.write, .fast], [.hash], keys: expiresFields, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Lets fields of a hash expire after so many seconds.",
        syntax: "key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]"
    ) { unsafe expireFields(&$0.context, FieldTimeForm(name: "hexpire", unit: 1000, isRelative: true)) },
    unsafe Command(
        "hpexpire", arity: -6, [.write, .fast], [.hash], keys: expiresFields, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Lets fields of a hash expire after so many milliseconds.",
        syntax: "key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]"
    ) { unsafe expireFields(&$0.context, FieldTimeForm(name: "hpexpire", unit: 1, isRelative: true)) },
    unsafe Command(
        "hexpireat", arity: -6, [.write, .fast], [.hash], keys: expiresFields, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Lets fields of a hash expire at a Unix time in seconds.",
        syntax: "key unix-time-seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]"
    ) { unsafe expireFields(&$0.context, FieldTimeForm(name: "hexpireat", unit: 1000, isRelative: false)) },
    unsafe Command(
        "hpexpireat", arity: -6, [.write, .fast], [.hash], keys: expiresFields, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Lets fields of a hash expire at a Unix time in milliseconds.",
        syntax: "key unix-time-milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]"
    ) { unsafe expireFields(&$0.context, FieldTimeForm(name: "hpexpireat", unit: 1, isRelative: false)) },
    unsafe Command(
        "httl", arity: -5, [.readonly, .fast], [.hash], keys: readsDeadlines, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Returns in how many seconds fields of a hash expire.",
        syntax: "key FIELDS numfields field [field ...]", tips: ["nondeterministic_output"]
    ) { unsafe replyDeadlines(&$0.context, FieldTimeForm(name: "httl", unit: 1000, isRelative: true)) },
    unsafe Command(
        "hpttl", arity: -5, [.readonly, .fast], [.hash], keys: readsDeadlines, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Returns in how many milliseconds fields of a hash expire.",
        syntax: "key FIELDS numfields field [field ...]", tips: ["nondeterministic_output"]
    ) { unsafe replyDeadlines(&$0.context, FieldTimeForm(name: "hpttl", unit: 1, isRelative: true)) },
    unsafe Command(
        "hexpiretime", arity: -5, [.readonly, .fast], [.hash], keys: readsDeadlines, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Returns the Unix time in seconds at which fields of a hash expire.",
        syntax: "key FIELDS numfields field [field ...]"
    ) { unsafe replyDeadlines(&$0.context, FieldTimeForm(name: "hexpiretime", unit: 1000, isRelative: false)) },
    unsafe Command(
        "hpexpiretime", arity: -5, [.readonly, .fast], [.hash], keys: readsDeadlines, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Returns the Unix time in milliseconds at which fields of a hash expire.",
        syntax: "key FIELDS numfields field [field ...]"
    ) { unsafe replyDeadlines(&$0.context, FieldTimeForm(name: "hpexpiretime", unit: 1, isRelative: false)) },
    unsafe Command(
        "hpersist", arity: -5, [.write, .fast], [.hash], keys: expiresFields, group: .hash, since: "7.4.0",
        complexity: "O(N) where N is the number of fields named.",
        summary: "Lets fields of a hash stay for ever.", syntax: "key FIELDS numfields field [field ...]"
    ) { unsafe hpersist(&$0.context) },
]

/// How a command counts time.
private struct FieldTimeForm {
    let name: StaticString
    /// Milliseconds.
    let unit: Int64
    /// From now, not from the epoch.
    let isRelative: Bool
}

/// NX, XX, GT or LT.
private enum FieldCondition {
    case always, ifNone, ifAny, ifLater, ifEarlier

    init?(_ word: ByteView) {
        if word.equalsIgnoringCase("nx") {
            self = .ifNone
        } else if word.equalsIgnoringCase("xx") {
            self = .ifAny
        } else if word.equalsIgnoringCase("gt") {
            self = .ifLater
        } else if word.equalsIgnoringCase("lt") {
            self = .ifEarlier
        } else {
            return nil
        }
    }

    /// Whether `deadline` may take the place of `current`; `Int64.max` stands for none, which is later than any.
    func allows(_ deadline: Int64, over current: Int64) -> Bool {
        switch self {
        case .always: true
        case .ifNone: current == .max
        case .ifAny: current != .max
        case .ifLater: deadline > current
        case .ifEarlier: deadline < current
        }
    }
}

private func expireFields(_ context: inout CommandContext, _ form: FieldTimeForm) {
    let arguments = context.arguments
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    let now = context.now
    let start = form.isRelative ? now : 0
    guard let deadline = context.fieldDeadline(arguments[2], unit: form.unit, from: start, form.name) else { return }
    // The condition stands before the fields, or behind them.
    let leading = FieldCondition(arguments[3])
    let trailing = leading == nil ? FieldCondition(arguments[arguments.count - 1]) : nil
    let hasTrailing = trailing != nil && context.announcesOneLess(at: 3)
    let condition = leading ?? (hasTrailing ? trailing : nil) ?? .always
    guard
        let fields = context.fields(
            at: leading == nil ? 3 : 4, rest: hasTrailing ? 1 : 0,
            invalidNumber: "ERR Parameter `numFields` should be greater than 0")
    else { return }
    guard let found else { return context.replyAbsent(fields) }
    let reply = context.reply
    reply.array(fields.count)
    let (changed, removed) = context.reshapeHash(key, found) { hash in
        var (changed, removed) = (0, 0)
        for index in fields {
            let outcome = hash.expire(arguments[index], at: deadline, now: now) {
                condition.allows(deadline, over: $0)
            }
            if outcome == .changed { changed += 1 }
            if outcome == .removed { removed += 1 }
            reply.integer(outcome.rawValue)
        }
        return (changed, removed)
    }
    if changed + removed > 0 { context.changedFields(key, removed > 0 ? "hdel" : "hexpire", changed + removed) }
    context.finishFields(key, found)
}

extension CommandContext {
    /// Whether the number behind FIELDS at `index` says that the last argument is no field.
    fileprivate func announcesOneLess(at index: Int) -> Bool {
        guard let number = IntegerText.parse(arguments[index + 1]) else { return false }
        return number == Int64(arguments.count - index - 3)
    }
}

private func replyDeadlines(_ context: inout CommandContext, _ form: FieldTimeForm) {
    let lookup = context.find(context.key(1), as: .hash)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let fields = context.fields(at: 2) else { return }
    guard let hash = found?.hash else { return context.replyAbsent(fields) }
    let start = form.isRelative ? context.now : 0
    context.reply.array(fields.count)
    for index in fields {
        guard let field = hash.find(context.arguments[index], now: context.now) else {
            context.reply.integer(FieldOutcome.absent.rawValue)
            continue
        }
        if field.deadline == .max {
            context.reply.integer(FieldOutcome.persistent.rawValue)
        } else {
            context.reply.integer((field.deadline - start + form.unit - 1) / form.unit)
        }
    }
}

private func hpersist(_ context: inout CommandContext) {
    let arguments = context.arguments
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let fields = context.fields(at: 2) else { return }
    guard let found else { return context.replyAbsent(fields) }
    let reply = context.reply
    let now = context.now
    reply.array(fields.count)
    let changed = context.reshapeHash(key, found) { hash in
        var changed = 0
        for index in fields {
            let outcome = hash.persist(arguments[index], now: now)
            if outcome == .changed { changed += 1 }
            reply.integer(outcome.rawValue)
        }
        return changed
    }
    if changed > 0 { context.changedFields(key, "hpersist", changed) }
}
