// All commands, found by name in two loads.
import Bytes
import RESP

/// What the router reads of a command, in one cache line.
@safe
package struct CompiledCommand {
    package var handler: Command.Handler
    package var flags: CommandFlags
    package var arity: Int32
    /// Where the keys are if one range by index says it all: first position (0: not so), last, step.
    package var firstKey: Int16
    package var lastKey: Int16
    package var keyStep: Int16
    package var route: Route
    package var hasSubcommands: Bool

    package enum Route: UInt8 {
        case keyless, keyed, keyedBySpecs, scatter, broadcast, allShards, cursor, session
    }
}

/// The table: entries by index, and a perfect-enough hash over the lower-cased names.
@safe
package final class CommandTable: @unchecked Sendable {
    /// Every command and subcommand; subcommands follow their container.
    package private(set) var entries: [Command] = []
    /// The index of each entry's container, or -1.
    package private(set) var containers: [Int] = []
    /// The entries as the router reads them.
    package let compiled: UnsafeMutablePointer<CompiledCommand>
    /// For containers: the subcommands' indices.
    package private(set) var children: [Int: Range<Int>] = [:]

    private struct Slot {
        var first: UInt64 = 0
        var last: UInt64 = 0
        var length: Int32 = 0
        var index: Int32 = -1
    }
    private let slots: UnsafeMutablePointer<Slot>
    private let mask: Int

    package init(_ groups: [[Command]]) {
        for command in groups.joined() {
            let index = entries.count
            entries.append(command)
            containers.append(-1)
            for subcommand in command.subcommands {
                entries.append(subcommand)
                containers.append(index)
            }
            if !command.subcommands.isEmpty { children[index] = index + 1..<entries.count }
        }
        unsafe compiled = .allocate(capacity: entries.count)
        for (index, entry) in entries.enumerated() {
            unsafe (compiled + index).initialize(to: Self.compile(entry))
        }
        var size = 64
        while size < entries.count * 4 { size *= 2 }
        mask = size - 1
        unsafe slots = .allocate(capacity: size)
        unsafe slots.initialize(repeating: Slot(), count: size)
        for (index, entry) in entries.enumerated() where containers[index] < 0 { insert(entry.name, index) }
    }

    /// The index of the command with this name in any case; -1: none.
    package func find(_ name: ByteView) -> Int {
        guard let folded = Self.fold(name) else { return -1 }
        var position = folded.hash & mask
        while true {
            let slot = unsafe slots[position]
            if slot.index < 0 { return -1 }
            if slot.first == folded.first, slot.last == folded.last, slot.length == Int32(name.count),
                name.count <= 16 || name.equalsIgnoringCase(entries[Int(slot.index)].name)
            {
                return Int(slot.index)
            }
            position = (position + 1) & mask
        }
    }

    /// The index of a container's subcommand; -1: none.
    package func findSubcommand(of container: Int, _ name: ByteView) -> Int {
        guard let range = children[container] else { return -1 }
        return range.first { name.equalsIgnoringCase(entries[$0].name) } ?? -1
    }

    /// `get`, or `config|get` for a subcommand.
    package func fullName(_ index: Int) -> String {
        let container = containers[index]
        return container < 0 ? "\(entries[index].name)" : "\(entries[container].name)|\(entries[index].name)"
    }

    /// The name's first and last eight bytes in lower case, and their hash; nil for names that no command has.
    @inline(__always)
    private static func fold(_ name: ByteView) -> (first: UInt64, last: UInt64, hash: Int)? {
        let count = name.count
        guard count > 0, count <= 32 else { return nil }
        var first: UInt64 = 0
        var last: UInt64 = 0
        if count >= 8 {
            first = name.load(0, as: UInt64.self)
            last = name.load(count &- 8, as: UInt64.self)
        } else if count >= 4 {
            first = UInt64(name.load(0, as: UInt32.self))
            last = UInt64(name.load(count &- 4, as: UInt32.self))
        } else {
            first = UInt64(name[0]) | UInt64(name[count &>> 1]) &<< 8
            last = UInt64(name[count &- 1])
        }
        // Bit 5 lowers letters and leaves `-` and `_`-free names alone; control characters would alias, but no client
        // sends them as a command, and they would only name a command that exists.
        first |= 0x2020_2020_2020_2020
        last |= 0x2020_2020_2020_2020
        let mixed = (first ^ (last &<< 7) ^ UInt64(count)) &* 0x9e37_79b9_7f4a_7c15
        return (first, last, Int(truncatingIfNeeded: mixed &>> 40))
    }

    private func insert(_ name: StaticString, _ index: Int) {
        guard let folded = Self.fold(ByteView(name)) else { preconditionFailure("bad name \(name)") }
        precondition(find(ByteView(name)) < 0, "two commands look like \(name)")
        var position = folded.hash & mask
        while unsafe slots[position].index >= 0 { position = (position + 1) & mask }
        unsafe slots[position] = Slot(
            first: folded.first, last: folded.last, length: Int32(name.utf8CodeUnitCount), index: Int32(index))
    }

    private static func compile(_ entry: Command) -> CompiledCommand {
        var compiled = unsafe CompiledCommand(
            handler: entry.handler, flags: entry.flags, arity: Int32(entry.arity), firstKey: 0, lastKey: 0,
            keyStep: 0, route: .keyless, hasSubcommands: !entry.subcommands.isEmpty)
        if entry.keys.count == 1, case .index(let first) = entry.keys[0].begin,
            case .range(let last, let step, let limit) = entry.keys[0].find, limit <= 1
        {
            compiled.firstKey = Int16(first)
            compiled.lastKey = Int16(last >= 0 ? first + last : last)
            compiled.keyStep = Int16(step)
        }
        switch entry.routing {
        case .keyless: compiled.route = .keyless
        case .keyed:
            let isSimple = compiled.firstKey > 0
            compiled.route = entry.keys.isEmpty ? .keyless : isSimple ? .keyed : .keyedBySpecs
        case .scatter: compiled.route = .scatter
        case .broadcast: compiled.route = .broadcast
        case .allShards: compiled.route = .allShards
        case .cursor: compiled.route = .cursor
        case .session: compiled.route = .session
        }
        return compiled
    }
}
