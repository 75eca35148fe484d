// Changing a part of a string: APPEND and SETRANGE.
import Bytes
import Keyspace
import Platform
import RESP

func append(_ context: inout CommandContext) {
    let key = context.key(1)
    let suffix = context.arguments[2]
    let length: Int
    switch context.findString(key, .write) {
    case .found(var found):
        let oldLength = found.entry.stringLength
        guard context.isAllowed(oldLength, plus: suffix.count) else { return }
        length = oldLength + suffix.count
        context.database(of: key).writableString(&found, hash: key.hash, length: length)
            .write(suffix, at: oldLength)
    case .absent:
        context.set(key, replacing: nil, .string(suffix))
        length = suffix.count
    case .refused: return
    }
    context.changed(key, .string, "append")
    context.reply.integer(length)
}

func setrange(_ context: inout CommandContext) {
    guard let offset = IntegerText.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    guard offset >= 0 else { return context.reply.error(ErrorText.offsetOutOfRange) }
    let key = context.key(1)
    let part = context.arguments[3]
    let length: Int
    switch context.findString(key, .write) {
    case .found(var found):
        let oldLength = found.entry.stringLength
        if part.isEmpty { return context.reply.integer(oldLength) }
        guard context.isAllowed(Int(offset), plus: part.count) else { return }
        length = max(oldLength, Int(offset) + part.count)
        context.database(of: key).writableString(&found, hash: key.hash, length: length)
            .write(part, at: Int(offset))
    case .absent:
        if part.isEmpty { return context.reply.integer(0) }
        guard context.isAllowed(Int(offset), plus: part.count) else { return }
        length = Int(offset) + part.count
        var found = context.set(key, replacing: nil, .bytes(.empty, isRaw: true))
        context.database(of: key).writableString(&found, hash: key.hash, length: length)
            .write(part, at: Int(offset))
    case .refused: return
    }
    context.changed(key, .string, "setrange")
    context.reply.integer(length)
}

extension CommandContext {
    /// Whether a string may become so long; if not, an error is replied.
    func isAllowed(_ length: Int, plus more: Int) -> Bool {
        let (total, overflows) = length.addingReportingOverflow(more)
        if unsafe !overflows && total <= settings.pointee.maximumStringLength { return true }
        reply.error(ErrorText.stringTooLong)
        return false
    }
}
