// PFDEBUG and PFSELFTEST.
import Bytes
import Keyspace
import RESP

func pfdebug(_ context: inout CommandContext) {
    let word = context.arguments[1]
    if word.equalsIgnoringCase("simd") { return switchVectors(context) }
    let key = context.key(2)
    switch context.findHyperLogLog(key, .write) {
    case .found(let found):
        var log = WritableHyperLogLog(context, key, found)
        if word.equalsIgnoringCase("getreg") {
            replyRegisters(context, key, &log)
        } else if word.equalsIgnoringCase("decode") {
            replyRuns(context, log)
        } else if word.equalsIgnoringCase("encoding") {
            context.reply.simple(log.isSparse ? "sparse" : "dense")
        } else if word.equalsIgnoringCase("todense") {
            let wasSparse = log.isSparse
            guard makeDense(context, key, &log) else { return }
            context.reply.integer(wasSparse ? 1 : 0)
        } else {
            context.reply.errorParts { line in
                line.append("ERR Unknown PFDEBUG subcommand '")
                line.append(word.firstIndex(of: 0).map { word.prefix($0) } ?? word)
                line.append("'")
            }
        }
    case .absent: context.reply.error("ERR The specified key does not exist")
    case .refused: break
    }
}

/// Redis can be told to leave its vector code out. Here there is one code for all machines.
private func switchVectors(_ context: borrowing CommandContext) {
    let word = context.arguments[2]
    if word.equalsIgnoringCase("on") || word.equalsIgnoringCase("off") {
        context.reply.simple("disabled")
    } else {
        context.reply.error("ERR Argument must be ON or OFF")
    }
}

/// False: an error was replied.
private func makeDense(
    _ context: borrowing CommandContext, _ key: Key, _ log: inout WritableHyperLogLog
) -> Bool {
    if !log.isSparse { return true }
    if !log.makeDense() {
        context.reply.error(HyperLogLogFormat.corrupt)
        return false
    }
    context.database(of: key).noteChanges()
    return true
}

private func replyRegisters(
    _ context: borrowing CommandContext, _ key: Key, _ log: inout WritableHyperLogLog
) {
    guard makeDense(context, key, &log) else { return }
    let reply = context.reply
    reply.array(HyperLogLogFormat.registerCount)
    DenseRegisters.forEachEight(in: log.bytes.view) { _, registers in
        for index in 0..<8 { reply.integer(Int64(registers &>> UInt64(index * 8) & 63)) }
    }
}

/// The runs as text: `z:` and `Z:` for the two kinds of zeros with their length, `v:` for value and length.
private func replyRuns(_ context: borrowing CommandContext, _ log: WritableHyperLogLog) {
    if !log.isSparse { return context.reply.error("ERR HLL encoding is not sparse") }
    var runs: [String] = []
    SparseRun.forEach(in: log.bytes.view) { run, _ in
        runs.append(run.value > 0 ? "v:\(run.value),\(run.length)" : "\(run.size == 2 ? "Z" : "z"):\(run.length)")
        return true
    }
    context.reply.bulk(runs.joined(separator: " "))
}

/// Checks that registers survive being packed, and that estimates are as good as they should be.
func pfselftest(_ context: inout CommandContext) {
    var state: UInt64 = 1
    for _ in 0..<1000 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let registers = state & 0x3F3F_3F3F_3F3F_3F3F
        if DenseRegisters.spread(DenseRegisters.pack(registers)) != registers {
            return context.reply.error("ERR TESTFAILED Registers change when they are packed")
        }
    }
    var registers = RegisterArray()
    var checkpoint = 100
    for number in 1...10_000 {
        let (register, value) = ByteView.withView("\(number)") { HyperLogLogFormat.place(of: $0) }
        registers.raise(register, to: value)
        if number != checkpoint { continue }
        checkpoint *= 10
        // Six standard errors of 1.04 / sqrt(16384).
        let error = Double(registers.histogram().cardinality) / Double(number) - 1
        if error.magnitude > 0.05 {
            return context.reply.error("ERR TESTFAILED The estimate is too far off")
        }
    }
    context.reply.ok()
}
