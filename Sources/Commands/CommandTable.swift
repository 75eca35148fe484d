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
    /// One key, the first argument, and nothing else to be looked at: the router's shortest way.
    package var hasOneKey: Bool
    /// It waits only if its arguments say BLOCK: XREAD and XREADGROUP.
    package var waitsOnDemand = false
    /// For commands that are scattered: the number of arguments with which they have a single key, the first; else 0.
    package var soleKeyCount: Int32 = 0
    /// For commands that are scattered or run on every shard.
    package var merge = Merge.firstError

    /// Whether the command can have so many arguments, its name included.
    package func takes(_ count: Int) -> Bool { arity >= 0 ? count == Int(arity) : count >= 0 - Int(arity) }

    package enum Route: UInt8 {
        case keyless, ordered, keyed, keyedBySpecs, keyedOrAllShards, scatter, broadcast, allShards, cursor, session
        case script
        /// May have to wait: runs alone, on a lease of the shards of its keys.
        case blocking
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

    /// Finds commands by name; a plain value that workers copy.
    package let index: CommandIndex

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
        var index = CommandIndex(capacity: entries.count)
        for (number, entry) in entries.enumerated() where containers[number] < 0 { index.insert(entry.name, number) }
        self.index = index
    }

    /// The index of the command with this name in any case; -1: none.
    package func find(_ name: ByteView) -> Int { index.find(name) }

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

    private static func compile(_ entry: Command) -> CompiledCommand {
        var compiled = unsafe CompiledCommand(
            handler: entry.handler, flags: entry.flags, arity: Int32(entry.arity), firstKey: 0, lastKey: 0,
            keyStep: 0, route: .keyless, hasSubcommands: !entry.subcommands.isEmpty, hasOneKey: false)
        if let range = simpleRange(entry.keys.filter { !$0.use.contains(.notKey) }) {
            compiled.firstKey = Int16(range.first)
            compiled.lastKey = Int16(range.last)
            compiled.keyStep = Int16(range.step)
        }
        switch entry.routing {
        case .keyless: compiled.route = .keyless
        case .ordered: compiled.route = .ordered
        case .keyed:
            let isSimple = compiled.firstKey > 0
            compiled.route = entry.keys.isEmpty ? .keyless : isSimple ? .keyed : .keyedBySpecs
        case .keyedOrAllShards:
            compiled.route = .keyedOrAllShards
            (compiled.firstKey, compiled.lastKey, compiled.keyStep) = (1, 1, 1)
        case .scatter(let merge): (compiled.route, compiled.merge) = (.scatter, merge)
        case .broadcast(let merge): (compiled.route, compiled.merge) = (.broadcast, merge)
        case .allShards: compiled.route = .allShards
        case .cursor: compiled.route = .cursor
        case .session: compiled.route = .session
        case .script: compiled.route = .script
        }
        if entry.flags.contains(.blocking), let spec = entry.keys.first {
            compiled.route = .blocking
            if case .keyword = spec.begin { compiled.waitsOnDemand = true }
        }
        compiled.hasOneKey =
            compiled.route == .keyed && compiled.firstKey == 1 && compiled.lastKey == 1
            && !compiled.hasSubcommands
        if compiled.route == .scatter && compiled.firstKey == 1 { compiled.soleKeyCount = Int32(compiled.keyStep) + 1 }
        return compiled
    }

    /// First, last and step of the keys if one range by index says it all: that of the only specification, or several
    /// single keys one behind the other.
    private static func simpleRange(_ specs: [KeySpec]) -> (first: Int, last: Int, step: Int)? {
        guard let spec = specs.first, case .index(let first) = spec.begin,
            case .range(let last, let step, let limit) = spec.find, limit <= 1
        else { return nil }
        if specs.count == 1 { return (first, last >= 0 ? first + last : last, step) }
        for (offset, spec) in specs.enumerated() {
            guard case .index(first + offset) = spec.begin, case .range(0, _, _) = spec.find else { return nil }
        }
        return (first, first + specs.count - 1, 1)
    }
}
