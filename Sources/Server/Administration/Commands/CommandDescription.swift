// One entry of COMMAND INFO's reply.
import Bytes
import Commands
import RESP

/// A command as COMMAND INFO describes it.
struct CommandDescription {
    private let table: CommandTable
    private let index: Int
    private var command: Command { table.entries[index] }

    init(_ table: CommandTable, _ index: Int) {
        self.table = table
        self.index = index
    }

    func write(to reply: ReplyWriter) {
        let range = legacyRange
        reply.array(10)
        reply.bulk(table.fullName(index))
        reply.integer(command.arity)
        writeNames(CommandFlags.names.filter { shownFlags.contains($0.0) }.map(\.1), to: reply, prefix: "")
        reply.integer(range.first)
        reply.integer(range.last)
        reply.integer(range.step)
        let categories = CommandCategories.names.filter { command.allCategories.contains($0.0) }.map(\.1)
        writeNames(categories, to: reply, prefix: "@")
        reply.set(command.tips.count)
        for tip in command.tips { reply.bulk(tip) }
        reply.set(command.keys.count)
        for spec in command.keys { write(spec, to: reply) }
        guard let children = table.children[index] else { return reply.set(0) }
        reply.array(children.count)
        for child in children { CommandDescription(table, child).write(to: reply) }
    }

    /// The flags of the table, and those that follow from the key specifications.
    private var shownFlags: CommandFlags {
        var flags = command.flags
        let isMovable = command.keys.contains { spec in
            if spec.use.contains(.incomplete) { return true }
            guard case .index = spec.begin, case .range = spec.find else { return true }
            return false
        }
        if isMovable { flags.insert(.movableKeys) }
        return flags
    }

    private func writeNames(_ names: [StaticString], to reply: ReplyWriter, prefix: String) {
        reply.set(names.count)
        for name in names { reply.simple("\(prefix)\(name)") }
    }

    /// First key, last key and step as clients older than key specifications understand them.
    private var legacyRange: (first: Int, last: Int, step: Int) {
        var first = 0
        var last = 0
        var step = 0
        for spec in command.keys {
            guard case .index(let begin) = spec.begin, case .range(let length, let stride, _) = spec.find else {
                continue
            }
            let end = length >= 0 ? begin + length : length
            if command.keys.count == 1 { return (begin, end, stride) }
            if stride != 1 || (first > 0 && last != begin - 1) { break }
            if first == 0 { first = begin }
            last = end
            step = 1
        }
        return (first, last, step)
    }

    private func write(_ spec: KeySpec, to reply: ReplyWriter) {
        reply.map(3)
        reply.bulk("flags")
        spec.use.write(to: reply)
        reply.bulk("begin_search")
        writeBegin(spec.begin, to: reply)
        reply.bulk("find_keys")
        writeFind(spec.find, to: reply)
    }

    private func writeBegin(_ begin: KeySpec.Begin, to reply: ReplyWriter) {
        switch begin {
        case .index(let index): writeFields("index", [("index", index)], to: reply)
        case .keyword(let keyword, let start), .destination(let keyword, let start):
            writeFields("keyword", [], to: reply, count: 2)
            reply.bulk("keyword")
            reply.bulk("\(keyword)".uppercased())
            reply.bulk("startfrom")
            reply.integer(start)
        case .unknown: writeFields("unknown", [], to: reply)
        }
    }

    private func writeFind(_ find: KeySpec.Find, to reply: ReplyWriter) {
        switch find {
        case .range(let last, let step, let limit):
            writeFields("range", [("lastkey", last), ("keystep", step), ("limit", limit)], to: reply)
        case .keyCount(let count, let first, let step):
            writeFields("keynum", [("keynumidx", count), ("firstkey", first), ("keystep", step)], to: reply)
        case .unknown: writeFields("unknown", [], to: reply)
        }
    }

    /// The map of a type and its specification; `count` fields, of which the caller writes those that are not given.
    private func writeFields(
        _ type: StaticString, _ fields: [(StaticString, Int)], to reply: ReplyWriter, count: Int? = nil
    ) {
        reply.map(2)
        reply.bulk("type")
        reply.bulk(type)
        reply.bulk("spec")
        reply.map(count ?? fields.count)
        for (name, value) in fields {
            reply.bulk(name)
            reply.integer(value)
        }
    }
}

extension KeyUse {
    /// The set of names.
    func write(to reply: ReplyWriter) {
        let names = KeyUse.names.filter { contains($0.0) }
        reply.set(names.count)
        for (_, name) in names { reply.simple(name) }
    }
}
