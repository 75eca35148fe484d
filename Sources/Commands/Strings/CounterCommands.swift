// Strings as numbers: INCR and its relatives.
import Bytes
import Keyspace
import Platform
import RESP

func incr(_ context: inout CommandContext) {
    add(&context, 1)
}

func decr(_ context: inout CommandContext) {
    add(&context, -1)
}

func incrby(_ context: inout CommandContext) {
    guard let increment = IntegerText.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    add(&context, increment)
}

func decrby(_ context: inout CommandContext) {
    guard let decrement = IntegerText.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    guard decrement != .min else { return context.reply.error(ErrorText.decrementOverflow) }
    add(&context, -decrement)
}

private func add(_ context: inout CommandContext, _ increment: Int64) {
    let key = context.key(1)
    let lookup = context.findString(key, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let old = integer(found) else { return context.reply.error(ErrorText.notInteger) }
    let (sum, overflows) = old.addingReportingOverflow(increment)
    if overflows { return context.reply.error(ErrorText.incrementOverflow) }
    storeInteger(&context, key, found, sum)
    context.changed(key, .string, "incrby")
    context.reply.integer(sum)
}

/// The integer that a string is, 0 for none; nil if it is not one.
private func integer(_ found: Found?) -> Int64? {
    guard let entry = found?.entry else { return 0 }
    return entry.encoding == .integer ? entry.integer : IntegerText.parse(entry.stringBytes)
}

private func storeInteger(_ context: inout CommandContext, _ key: Key, _ found: Found?, _ value: Int64) {
    let database = context.database(of: key)
    guard var found else {
        context.set(key, replacing: nil, .integer(value))
        return
    }
    if found.entry.encoding == .integer {
        database.setInteger(found, value)
    } else {
        database.replaceValue(&found, hash: key.hash, .integer(value))
    }
}

func incrbyfloat(_ context: inout CommandContext) {
    let key = context.key(1)
    let lookup = context.findString(key, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let old = float(found), let increment = LongDoubleText.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.notFloat)
    }
    let sum = old + increment
    guard sum.isFinite else { return context.reply.error(ErrorText.notFinite) }
    var text = ByteBuffer()
    defer { text.deallocate() }
    LongDoubleText.append(sum, to: &text)
    storeText(&context, key, found, text.view)
    context.changed(key, .string, "incrbyfloat")
    context.reply.bulk(text.view)
}

/// The number that a string is, 0 for none; nil if it is not one.
private func float(_ found: Found?) -> LongDouble? {
    guard let entry = found?.entry else { return 0 }
    return entry.encoding == .integer ? LongDouble(entry.integer) : LongDoubleText.parse(entry.stringBytes)
}

/// Stores the text of a number as a string, whatever it looks like.
private func storeText(_ context: inout CommandContext, _ key: Key, _ found: Found?, _ text: ByteView) {
    guard var found else {
        context.set(key, replacing: nil, .bytes(text))
        return
    }
    context.database(of: key).replaceValue(&found, hash: key.hash, .bytes(text))
}

// MARK: - INCREX

/// What INCREX was asked for.
private struct BoundedIncrement {
    var isFloat = false
    /// The positions of the arguments; 0: not given.
    var increment = 0
    var lower = 0
    var upper = 0
    var saturates = false
    var onlyIfPersistent = false
    var options = StringOptions()

    /// Nil: the arguments do not make sense.
    init?(_ arguments: Arguments) {
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            let hasNext = index + 1 < arguments.count
            if word.equalsIgnoringCase("saturate") {
                saturates = true
                index += 1
            } else if word.equalsIgnoringCase("enx") {
                onlyIfPersistent = true
                index += 1
            } else if hasNext, increment == 0, word.equalsIgnoringCase("byint") {
                increment = index + 1
                index += 2
            } else if hasNext, increment == 0, word.equalsIgnoringCase("byfloat") {
                increment = index + 1
                isFloat = true
                index += 2
            } else if hasNext, lower == 0, word.equalsIgnoringCase("lbound") {
                lower = index + 1
                index += 2
            } else if hasNext, upper == 0, word.equalsIgnoringCase("ubound") {
                upper = index + 1
                index += 2
            } else if let taken = options.take(arguments, index, words: .increx) {
                index += taken
            } else {
                return nil
            }
        }
        if case .remove = options.deadline, onlyIfPersistent { return nil }
    }
}

func increx(_ context: inout CommandContext) {
    guard let request = BoundedIncrement(context.arguments) else { return context.reply.error(ErrorText.syntax) }
    if request.onlyIfPersistent && request.options.deadline.isNone {
        return context.reply.error("ERR ENX flag requires an expiration (EX, PX, EXAT or PXAT)")
    }
    guard let deadline = context.deadline(request.options.deadline, old: .max, command: "increx") else { return }
    if request.isFloat {
        increaseFloat(&context, request, deadline)
    } else {
        increaseInteger(&context, request, deadline)
    }
}

private func increaseInteger(_ context: inout CommandContext, _ request: BoundedIncrement, _ deadline: Int64) {
    func argument(_ index: Int, _ absent: Int64) -> Int64? {
        index == 0 ? absent : IntegerText.parse(context.arguments[index])
    }
    guard let increment = argument(request.increment, 1), let lower = argument(request.lower, .min),
        let upper = argument(request.upper, .max)
    else { return context.reply.error(ErrorText.notInteger) }
    guard lower <= upper else { return context.reply.error("ERR LBOUND can't be greater than UBOUND") }
    let key = context.key(1)
    let lookup = context.findString(key, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let old = integer(found) else { return context.reply.error(ErrorText.notInteger) }
    var (sum, overflows) = old.addingReportingOverflow(increment)
    if overflows { sum = increment > 0 ? .max : .min }
    if overflows || sum < lower || sum > upper {
        sum = min(upper, max(lower, sum))
        // The applied increment must be a number of 64 bits, too.
        if !request.saturates || sum.subtractingReportingOverflow(old).overflow {
            context.reply.array(2)
            context.reply.integer(old)
            context.reply.integer(0)
            return
        }
    }
    storeInteger(&context, key, found, sum)
    context.changed(key, .string, "incrby")
    context.reply.array(2)
    context.reply.integer(sum)
    context.reply.integer(sum - old)
    finishIncrement(&context, key, request, deadline)
}

private func increaseFloat(_ context: inout CommandContext, _ request: BoundedIncrement, _ deadline: Int64) {
    func argument(_ index: Int, _ absent: LongDouble) -> LongDouble? {
        index == 0 ? absent : LongDoubleText.parse(context.arguments[index])
    }
    let limit = LongDouble.greatestFiniteMagnitude
    guard let increment = argument(request.increment, 1), let lower = argument(request.lower, -limit),
        let upper = argument(request.upper, limit)
    else { return context.reply.error(ErrorText.notFloat) }
    guard lower <= upper else { return context.reply.error("ERR LBOUND can't be greater than UBOUND") }
    let key = context.key(1)
    let lookup = context.findString(key, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let old = float(found) else { return context.reply.error(ErrorText.notFloat) }
    guard old.isFinite && increment.isFinite else {
        return context.reply.error("ERR value or increment would produce Infinity")
    }
    var sum = old + increment
    if !sum.isFinite || sum < lower || sum > upper {
        if !request.saturates {
            context.reply.array(2)
            context.reply.longDouble(old)
            context.reply.longDouble(0)
            return
        }
        sum = min(upper, max(lower, sum))
    }
    var text = ByteBuffer()
    defer { text.deallocate() }
    LongDoubleText.append(sum, to: &text)
    storeText(&context, key, found, text.view)
    context.changed(key, .string, "incrbyfloat")
    context.reply.array(2)
    context.reply.longDouble(sum)
    context.reply.longDouble(sum - old)
    finishIncrement(&context, key, request, deadline)
}

/// Changes the deadline as INCREX was asked to.
private func finishIncrement(
    _ context: inout CommandContext, _ key: Key, _ request: BoundedIncrement, _ deadline: Int64
) {
    if request.options.deadline.isNone { return }
    guard var found = context.find(key, .peek) else { return }
    if request.onlyIfPersistent && found.entry.hasDeadline { return }
    changeDeadline(&context, key, &found, request.options.deadline, deadline)
}
