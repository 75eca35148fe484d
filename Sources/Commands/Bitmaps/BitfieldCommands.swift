// Integers of any width inside of strings: BITFIELD and BITFIELD_RO.
import Bytes
import Keyspace
import RESP

func bitfield(_ context: inout CommandContext) { bitfield(&context, mayWrite: true) }

func bitfieldReadOnly(_ context: inout CommandContext) { bitfield(&context, mayWrite: false) }

private func bitfield(_ context: inout CommandContext, mayWrite: Bool) {
    guard let request = BitfieldRequest(context) else { return }
    let key = context.key(1)
    guard let end = request.writtenEnd else {
        return read(context, key, request)
    }
    if !mayWrite { return context.reply.error("ERR BITFIELD_RO only supports the GET subcommand") }
    guard let bits = context.writableBits(key, length: (end + 7) / 8) else { return }
    context.reply.array(request.steps.count)
    var changes = 0
    for step in request.steps {
        let old = BitfieldWord.read(bits.bytes.view, at: step.offset, width: step.field.width)
        guard let result = step.result(for: old) else {
            context.reply.null()
            continue
        }
        context.reply.integer(result.reply)
        if case .get = step.action { continue }
        BitfieldWord.write(result.word, to: bits.bytes, at: step.offset, width: step.field.width)
        if bits.hasGrown || result.word != old { changes += 1 }
    }
    if changes > 0 { context.changedBits(key, count: changes) }
}

/// All steps read.
private func read(_ context: borrowing CommandContext, _ key: Key, _ request: BitfieldRequest) {
    let reply = context.reply
    switch context.findString(key) {
    case .found(let found): found.entry.withString { request.reply(reply, from: $0) }
    case .absent: request.reply(reply, from: .empty)
    case .refused: break
    }
}

/// What a BITFIELD asks for, step by step.
private struct BitfieldRequest {
    var steps: [BitfieldStep] = []
    /// Behind the last bit that is written; nil: nothing is.
    var writtenEnd: Int?

    /// Nil: an error was replied.
    init?(_ context: borrowing CommandContext) {
        let arguments = context.arguments
        var overflow = BitfieldOverflow.wrap
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            let further = arguments.count - index - 1
            let isGet = word.equalsIgnoringCase("get") && further >= 2
            let isSet = !isGet && word.equalsIgnoringCase("set") && further >= 3
            let isIncrement = !isGet && !isSet && word.equalsIgnoringCase("incrby") && further >= 3
            if word.equalsIgnoringCase("overflow") && further >= 1 {
                guard let given = BitfieldOverflow(arguments[index + 1]) else {
                    context.reply.error("ERR Invalid OVERFLOW type specified")
                    return nil
                }
                overflow = given
                index += 2
                continue
            }
            guard isGet || isSet || isIncrement else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            guard let field = Bitfield(arguments[index + 1]) else {
                context.reply.error(Bitfield.error)
                return nil
            }
            guard let offset = context.bitOffset(index + 2, width: field.width) else { return nil }
            var action = BitfieldStep.Action.get
            if !isGet {
                guard let number = IntegerText.parse(arguments[index + 3]) else {
                    context.reply.error(ErrorText.notInteger)
                    return nil
                }
                action = isSet ? .set(number) : .increment(number)
                writtenEnd = max(writtenEnd ?? 0, offset + field.width)
            }
            steps.append(BitfieldStep(field: field, offset: offset, action: action, overflow: overflow))
            index += isGet ? 3 : 4
        }
    }

    /// Replies with what is read of a string.
    func reply(_ reply: ReplyWriter, from text: ByteView) {
        reply.array(steps.count)
        for step in steps {
            reply.integer(step.field.value(of: BitfieldWord.read(text, at: step.offset, width: step.field.width)))
        }
    }
}

private struct BitfieldStep {
    enum Action {
        case get
        case set(Int64)
        case increment(Int64)
    }

    let field: Bitfield
    let offset: Int
    let action: Action
    let overflow: BitfieldOverflow

    /// What the field becomes and what is replied, given what it was; nil: it overflows and must not.
    func result(for old: UInt64) -> (word: UInt64, reply: Int64)? {
        let value = field.value(of: old)
        switch action {
        case .get: return (old, value)
        case .set(let number):
            guard let new = field.fit(number, overflow) else { return nil }
            return (new, value)
        case .increment(let number):
            guard let new = field.sum(value, number, overflow) else { return nil }
            return (new, field.value(of: new))
        }
    }
}
