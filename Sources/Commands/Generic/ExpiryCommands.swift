// EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT.
import Bytes
import Keyspace
import RESP

let expiryCommands: [Command] = unsafe [
    Command(
        "expire", arity: -3, [.write, .fast], [.keyspace], keys: [.one([.readWrite, .update])], group: .generic,
        since: "1.0.0", summary: "Lets a key expire after so many seconds.",
        syntax: "key seconds [NX | XX | GT | LT]"
    ) { unsafe expire(&$0.context, ExpiryForm(name: "expire", unit: 1000, isRelative: true)) },
    unsafe Command(
        "pexpire", arity: -3, [.write, .fast], [.keyspace], keys: [.one([.readWrite, .update])], group: .generic,
        since: "2.6.0", summary: "Lets a key expire after so many milliseconds.",
        syntax: "key milliseconds [NX | XX | GT | LT]"
    ) { unsafe expire(&$0.context, ExpiryForm(name: "pexpire", unit: 1, isRelative: true)) },
    unsafe Command(
        "expireat", arity: -3, [.write, .fast], [.keyspace], keys: [.one([.readWrite, .update])], group: .generic,
        since: "1.2.0", summary: "Lets a key expire at a Unix time in seconds.",
        syntax: "key unix-time-seconds [NX | XX | GT | LT]"
    ) { unsafe expire(&$0.context, ExpiryForm(name: "expireat", unit: 1000, isRelative: false)) },
    unsafe Command(
        "pexpireat", arity: -3, [.write, .fast], [.keyspace], keys: [.one([.readWrite, .update])], group: .generic,
        since: "2.6.0", summary: "Lets a key expire at a Unix time in milliseconds.",
        syntax: "key unix-time-milliseconds [NX | XX | GT | LT]"
    ) { unsafe expire(&$0.context, ExpiryForm(name: "pexpireat", unit: 1, isRelative: false)) },
]

/// What the number in the second argument means.
private struct ExpiryForm {
    let name: StaticString
    /// Milliseconds.
    let unit: Int64
    /// Counted from now, not from the epoch.
    let isRelative: Bool

    /// The deadline in milliseconds since the epoch; nil if it is beyond what 64 bits hold.
    func deadline(_ number: Int64, now: Int64) -> Int64? {
        let (scaled, overflow) = number.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        let (sum, isTooLate) = scaled.addingReportingOverflow(isRelative ? now : 0)
        // The last millisecond of all means "never".
        return isTooLate ? nil : min(sum, .max - 1)
    }
}

/// NX, XX, GT, LT.
private struct ExpiryConditions: OptionSet {
    let rawValue: UInt8

    static let ifNone = ExpiryConditions(rawValue: 1)
    static let ifAny = ExpiryConditions(rawValue: 2)
    static let ifLater = ExpiryConditions(rawValue: 4)
    static let ifEarlier = ExpiryConditions(rawValue: 8)

    /// Reads the options behind the number; nil if they were refused, which the client has been told.
    static func parse(_ context: borrowing CommandContext) -> ExpiryConditions? {
        var conditions: ExpiryConditions = []
        for index in 3..<max(3, context.arguments.count) {
            let option = context.arguments[index]
            if option.equalsIgnoringCase("nx") {
                conditions.insert(.ifNone)
            } else if option.equalsIgnoringCase("xx") {
                conditions.insert(.ifAny)
            } else if option.equalsIgnoringCase("gt") {
                conditions.insert(.ifLater)
            } else if option.equalsIgnoringCase("lt") {
                conditions.insert(.ifEarlier)
            } else {
                context.reply.errorParts { line in
                    line.append("ERR Unsupported option ")
                    line.append(option)
                }
                return nil
            }
        }
        if conditions.contains(.ifNone) && conditions != .ifNone {
            context.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible")
            return nil
        }
        if conditions.contains([.ifLater, .ifEarlier]) {
            context.reply.error("ERR GT and LT options at the same time are not compatible")
            return nil
        }
        return conditions
    }

    /// Whether `deadline` may take the place of `current`; `Int64.max` stands for none, which is later than any.
    func allow(_ deadline: Int64, over current: Int64) -> Bool {
        if contains(.ifNone) && current != .max { return false }
        if contains(.ifAny) && current == .max { return false }
        if contains(.ifLater) && deadline <= current { return false }
        if contains(.ifEarlier) && deadline >= current { return false }
        return true
    }
}

private func expire(_ context: inout CommandContext, _ form: ExpiryForm) {
    var conditions: ExpiryConditions = []
    if context.arguments.count > 3 {
        guard let parsed = ExpiryConditions.parse(context) else { return }
        conditions = parsed
    }
    guard let number = IntegerText.parse(context.arguments[2]) else {
        context.reply.error(ErrorText.notInteger)
        return
    }
    guard let deadline = form.deadline(number, now: context.now) else {
        context.reply.invalidExpireTime(form.name)
        return
    }
    let key = context.key(1)
    guard var found = context.find(key, .write), conditions.allow(deadline, over: found.entry.deadline) else {
        context.reply.integer(0)
        return
    }
    if deadline <= context.now {
        context.remove(key, found)
        context.changed(key, .generic, "del")
    } else {
        context.database(of: key).setDeadline(&found, hash: key.hash, to: deadline)
        context.changed(key, .generic, "expire")
    }
    context.reply.integer(1)
}

extension ReplyWriter {
    /// Refuses a time that is zero or negative where it must not be, or too large.
    @inline(never)
    func invalidExpireTime(_ command: StaticString) {
        errorParts { line in
            line.append("ERR invalid expire time in '")
            line.append(command)
            line.append("' command")
        }
    }
}
