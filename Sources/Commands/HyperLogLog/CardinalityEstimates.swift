// PFADD, PFCOUNT and PFMERGE.
import Bytes
import Keyspace
import RESP

func pfadd(_ context: inout CommandContext) {
    let key = context.key(1)
    var updates = 0
    var log: WritableHyperLogLog
    switch context.findHyperLogLog(key, .write) {
    case .found(let found): log = WritableHyperLogLog(context, key, found)
    case .absent:
        log = WritableHyperLogLog(context, newAt: key)
        updates = 1
    case .refused: return
    }
    for index in 2..<context.arguments.count {
        switch log.add(context.arguments[index]) {
        case .unchanged: break
        case .changed: updates &+= 1
        case .corrupt: return context.reply.error(HyperLogLogFormat.corrupt)
        }
    }
    if updates > 0 {
        HyperLogLogFormat.invalidateCardinality(of: log.bytes)
        context.changedHyperLogLog(key, count: updates)
    }
    context.reply.integer(updates > 0 ? 1 : 0)
}

func pfcount(_ context: inout CommandContext) {
    if context.arguments.count > 2 { return countUnion(&context) }
    let key = context.key(1)
    switch context.findHyperLogLog(key, .read) {
    case .found(let found):
        let log = WritableHyperLogLog(context, key, found)
        if let cardinality = HyperLogLogFormat.cachedCardinality(of: log.bytes.view) {
            return context.reply.integer(cardinality)
        }
        guard let cardinality = RegisterHistogram(log.bytes.view)?.cardinality else {
            return context.reply.error(HyperLogLogFormat.corrupt)
        }
        log.bytes.store(cardinality.littleEndian, at: HyperLogLogFormat.cardinalityOffset)
        // A change like any other, though nobody hears an event.
        let database = context.database(of: key)
        database.touch(key.name)
        database.noteChanges()
        context.reply.integer(cardinality)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// Of several keys nothing is cached.
private func countUnion(_ context: inout CommandContext) {
    var registers = RegisterArray()
    guard context.raise(&registers, byKeysFrom: 1) != nil else { return }
    context.reply.integer(registers.histogram().cardinality)
}

func pfmerge(_ context: inout CommandContext) {
    var registers = RegisterArray()
    guard let anyIsDense = context.raise(&registers, byKeysFrom: 1) else { return }
    let key = context.key(1)
    var log: WritableHyperLogLog
    switch context.findHyperLogLog(key, .write) {
    case .found(let found): log = WritableHyperLogLog(context, key, found)
    case .absent: log = WritableHyperLogLog(context, newAt: key)
    case .refused: return
    }
    if anyIsDense && !log.makeDense() { return context.reply.error(HyperLogLogFormat.corrupt) }
    if log.isSparse { log.raiseSparse(to: registers) }
    // The destination was merged as well: the result is all that it has to hold.
    if !log.isSparse { log.write(registers) }
    HyperLogLogFormat.invalidateCardinality(of: log.bytes)
    context.changedHyperLogLog(key)
    context.reply.ok()
}

extension CommandContext {
    /// The key's entry if it is a HyperLogLog, as far as the header tells.
    @inline(__always)
    func findHyperLogLog(_ key: Key, _ lookup: Lookup) -> TypedLookup {
        let result = findString(key, lookup)
        if case .found(let found) = result {
            if found.entry.encoding == .integer || !HyperLogLogFormat.isValid(found.entry.stringBytes) {
                reply.error(HyperLogLogFormat.invalid)
                return .refused
            }
        }
        return result
    }

    /// Raises the registers to what they are in the HyperLogLogs at the keys. Returns whether one of these is dense;
    /// nil: an error was replied.
    fileprivate func raise(_ registers: inout RegisterArray, byKeysFrom first: Int) -> Bool? {
        var anyIsDense = false
        for index in first..<arguments.count {
            switch findHyperLogLog(key(index), .read) {
            case .found(let found):
                let text = found.entry.stringBytes
                if !HyperLogLogFormat.isSparse(text) { anyIsDense = true }
                if !registers.raise(by: text) {
                    reply.error(HyperLogLogFormat.corrupt)
                    return nil
                }
            case .absent: break
            case .refused: return nil
            }
        }
        return anyIsDense
    }

    /// Tells everyone of so many changes. Merging is told as adding.
    fileprivate func changedHyperLogLog(_ key: Key, count: Int = 1) {
        let database = database(of: key)
        database.touch(key.name)
        database.noteChanges(count)
        notify(.string, "pfadd", key.name)
    }
}
