// Reading strings: GET, MGET, GETRANGE, STRLEN, DIGEST, and those that read and change the time to live or remove.
import Bytes
import Keyspace
import Platform
import RESP

func get(_ context: inout CommandContext) {
    switch context.findString(context.key(1)) {
    case .found(let found): context.replyString(found.entry)
    case .absent: context.reply.null()
    case .refused: break
    }
}

func mget(_ context: inout CommandContext) {
    let count = context.arguments.count
    context.reply.array(count - 1)
    for index in 1..<count {
        if context.reply.isFull { return }
        if let found = context.find(context.key(index)), found.entry.type == .string {
            context.replyString(found.entry)
        } else {
            context.reply.null()
        }
    }
}

func strlen(_ context: inout CommandContext) {
    switch context.findString(context.key(1)) {
    case .found(let found): context.reply.integer(found.entry.stringLength)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// GETRANGE and SUBSTR.
func getrange(_ context: inout CommandContext) {
    guard let first = IntegerText.parse(context.arguments[2]), let last = IntegerText.parse(context.arguments[3])
    else { return context.reply.error(ErrorText.notInteger) }
    switch context.findString(context.key(1)) {
    case .found(let found):
        found.entry.withString { context.reply.bulk(slice($0, first, last)) }
    case .absent: context.reply.bulk("")
    case .refused: break
    }
}

/// The bytes from `first` to `last`, both included; negative positions count from the end.
private func slice(_ text: ByteView, _ first: Int64, _ last: Int64) -> ByteView {
    if first < 0 && last < 0 && first > last { return .empty }
    let count = Int64(text.count)
    let start = max(0, first < 0 ? first + count : first)
    let end = min(count - 1, max(0, last < 0 ? last + count : last))
    if start > end || count == 0 { return .empty }
    return text[Int(start)..<Int(end) + 1]
}

func getdel(_ context: inout CommandContext) {
    let key = context.key(1)
    switch context.findString(key) {
    case .found(let found):
        context.replyString(found.entry)
        context.remove(key, found)
        context.changed(key, .generic, "del")
    case .absent: context.reply.null()
    case .refused: break
    }
}

func getex(_ context: inout CommandContext) {
    guard let options = StringOptions.parse(context.arguments, from: 2, words: .getex) else {
        return context.reply.error(ErrorText.syntax)
    }
    let key = context.key(1)
    switch context.findString(key) {
    case .found(var found):
        guard let deadline = context.deadline(options.deadline, old: .max, command: "getex") else { return }
        context.replyString(found.entry)
        changeDeadline(&context, key, &found, options.deadline, deadline)
    case .absent: context.reply.null()
    case .refused: break
    }
}

/// What GETEX and INCREX do to the deadline, with the events.
func changeDeadline(
    _ context: inout CommandContext, _ key: Key, _ found: inout Found, _ option: DeadlineOption, _ deadline: Int64
) {
    switch option {
    case .none, .keep: break
    case .remove:
        if !found.entry.hasDeadline { return }
        context.database(of: key).setDeadline(&found, hash: key.hash, to: .max)
        context.changed(key, .generic, "persist")
    default:
        if option.isAbsolute && deadline <= context.now {
            context.remove(key, found)
            context.changed(key, .generic, "del")
        } else {
            context.database(of: key).setDeadline(&found, hash: key.hash, to: deadline)
            context.changed(key, .generic, "expire")
        }
    }
}

func digest(_ context: inout CommandContext) {
    switch context.findString(context.key(1)) {
    case .found(let found):
        let digest = found.entry.withString { XXH3.hash($0) }
        let digits = String(digest, radix: 16)
        context.reply.bulk(String(repeating: "0", count: 16 - digits.count) + digits)
    case .absent: context.reply.null()
    case .refused: break
    }
}
