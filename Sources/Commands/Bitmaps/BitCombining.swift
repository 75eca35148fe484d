// Strings combined bit by bit: BITOP.
import Bytes
import Keyspace
import Platform
import RESP

func bitop(_ context: inout CommandContext) {
    let arguments = context.arguments
    guard let operation = BitwiseOperation(arguments[1]) else { return context.reply.error(ErrorText.syntax) }
    let sourceCount = arguments.count - 3
    if case .not = operation, sourceCount != 1 {
        return context.reply.error("ERR BITOP NOT must be called with a single source key.")
    }
    if let name = operation.nameIfTwoAreNeeded, sourceCount < 2 {
        return context.reply.errorParts { line in
            line.append("ERR BITOP ")
            line.append(name)
            line.append(" must be called with at least two source keys.")
        }
    }
    // Integers have their text in no entry.
    var integers: [RetainedBytes] = []
    defer { for text in integers { text.release() } }
    var sources: [ByteView] = []
    sources.reserveCapacity(sourceCount)
    for index in 3..<arguments.count {
        switch context.findString(context.key(index)) {
        case .found(let found):
            if found.entry.encoding == .integer {
                let text = found.entry.withString { RetainedBytes.create(copying: $0) }
                integers.append(text)
                sources.append(text.view)
            } else {
                sources.append(found.entry.stringBytes)
            }
        case .absent: sources.append(.empty)
        case .refused: return
        }
    }
    let length = sources.reduce(0) { max($0, $1.count) }
    if length > 0 {
        let result = RetainedBytes.create(capacity: length)
        unsafe operation.combine(sources, to: result.start, count: length)
        result.setCount(length)
        store(&context, result)
    } else {
        let target = context.key(2)
        if let found = context.find(target, .peek) {
            context.remove(target, found)
            context.changed(target, .generic, "del")
        }
    }
    context.reply.integer(length)
}

/// Makes the result the value of the destination, which may be one of the sources. It changes hands.
private func store(_ context: inout CommandContext, _ result: RetainedBytes) {
    let target = context.key(2)
    let replaced = context.find(target, .peek)
    if result.count > ValueEncoding.rawLimit {
        context.set(target, replacing: replaced, .retained(result))
    } else {
        context.set(target, replacing: replaced, .bytes(result.view, isRaw: true))
        result.release()
    }
    context.changed(target, .string, "set")
}

extension BitwiseOperation {
    fileprivate init?(_ word: ByteView) {
        let names: [(StaticString, BitwiseOperation)] = [
            ("and", .and), ("or", .or), ("xor", .xor), ("not", .not), ("diff", .difference),
            ("diff1", .reverseDifference), ("andor", .andOr), ("one", .one),
        ]
        guard let named = names.first(where: { word.equalsIgnoringCase($0.0) }) else { return nil }
        self = named.1
    }

    fileprivate var nameIfTwoAreNeeded: StaticString? {
        switch self {
        case .difference: "DIFF"
        case .reverseDifference: "DIFF1"
        case .andOr: "ANDOR"
        default: nil
        }
    }
}
