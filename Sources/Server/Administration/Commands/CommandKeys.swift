// COMMAND GETKEYS and GETKEYSANDFLAGS: the keys among the arguments of a command.
import Bytes
import Commands
import RESP

func commandGetKeys(_ context: inout CommandContext) {
    guard let keys = findKeys(&context) else { return }
    context.reply.array(keys.count)
    for key in keys { context.reply.bulk(key.name) }
}

func commandGetKeysAndFlags(_ context: inout CommandContext) {
    guard let keys = findKeys(&context) else { return }
    context.reply.array(keys.count)
    for key in keys {
        context.reply.array(2)
        context.reply.bulk(key.name)
        key.use.subtracting([.variableFlags, .incomplete]).write(to: context.reply)
    }
}

private struct UsedKey {
    let name: ByteView
    let use: KeyUse
}

private func findKeys(_ context: inout CommandContext) -> [UsedKey]? {
    let table = context.server.table
    let call = context.arguments.dropFirst(2)
    let index = table.findCalled(by: call)
    guard index >= 0 else {
        context.reply.error("ERR Invalid command specified")
        return nil
    }
    let command = table.entries[index]
    let specs = command.keys.filter { !$0.use.contains(.notKey) }
    if specs.isEmpty {
        context.reply.error("ERR The command has no key arguments")
        return nil
    }
    guard command.arity >= 0 ? call.count == command.arity : call.count >= -command.arity else {
        context.reply.error("ERR Invalid number of arguments specified for command")
        return nil
    }
    var keys: [UsedKey] = []
    for spec in specs {
        guard let positions = spec.positions(in: call) else {
            // A number of keys that is none, or a range without a key, spoils what other specifications have found.
            if spec.mustBeThere {
                keys = []
                break
            }
            continue
        }
        let use = spec.use.contains(.variableFlags) ? exactUse(of: spec, command, call) : spec.use
        for position in positions { keys.append(UsedKey(name: call[position], use: use)) }
    }
    keys += storeKeys(command, call)
    if keys.isEmpty && !command.flags.contains(.noMandatoryKeys) {
        context.reply.error("ERR Invalid arguments specified for command")
        return nil
    }
    return keys
}

extension KeySpec {
    /// Whether a call in which it finds no keys is not a good one.
    fileprivate var mustBeThere: Bool {
        switch (begin, find) {
        case (_, .keyCount), (.index, .range): true
        default: false
        }
    }
}

/// What is done to the keys where that depends on the other arguments.
private func exactUse(of spec: KeySpec, _ command: Command, _ call: Arguments) -> KeyUse {
    let name = ByteView(command.name)
    if name == "set" {
        let gets = (3..<max(3, call.count)).contains { call[$0].equalsIgnoringCase("get") }
        return gets ? [.readWrite, .access, .update] : [.overwrite, .update]
    }
    if name == "bitfield" {
        var index = 2
        while index < call.count {
            let further = call.count - index - 1
            if call[index].equalsIgnoringCase("get") && further >= 2 {
                index += 3
            } else if call[index].equalsIgnoringCase("overflow") && further >= 1 {
                index += 2
            } else {
                return [.readWrite, .access, .update]
            }
        }
        return [.readOnly, .access]
    }
    return spec.use
}

/// The destination of SORT and GEORADIUS, which may stand anywhere among the options: the last one counts.
private func storeKeys(_ command: Command, _ call: Arguments) -> [UsedKey] {
    let name = ByteView(command.name)
    guard name == "sort" else { return [] }
    var found: [UsedKey] = []
    var index = 2
    while index < call.count {
        let option = call[index]
        if option.equalsIgnoringCase("limit") {
            index += 3
        } else if option.equalsIgnoringCase("get") || option.equalsIgnoringCase("by") {
            index += 2
        } else if option.equalsIgnoringCase("store") && index + 1 < call.count {
            found = [UsedKey(name: call[index + 1], use: [.overwrite, .update])]
            index += 2
        } else {
            index += 1
        }
    }
    return found
}
