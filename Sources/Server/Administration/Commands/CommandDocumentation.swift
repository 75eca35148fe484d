// One entry of COMMAND DOCS' reply.
import Bytes
import Commands
import RESP

/// A command as COMMAND DOCS documents it.
struct CommandDocumentation {
    private let table: CommandTable
    private let index: Int

    init(_ table: CommandTable, _ index: Int) {
        self.table = table
        self.index = index
    }

    /// The name, and the map of what is known.
    func write(to reply: ReplyWriter) {
        let command = table.entries[index]
        let arguments = CommandSyntax.parse("\(command.syntax)", keySpecs: command.keys.count)
        let children = table.children[index]
        reply.bulk(table.fullName(index))
        reply.map(4 + (arguments.isEmpty ? 0 : 1) + (children == nil ? 0 : 1))
        reply.bulk("summary")
        reply.bulk(command.summary)
        reply.bulk("since")
        reply.bulk(command.since)
        reply.bulk("group")
        reply.bulk(command.group.rawValue)
        reply.bulk("complexity")
        reply.bulk(command.complexity)
        if !arguments.isEmpty {
            reply.bulk("arguments")
            write(arguments, to: reply)
        }
        guard let children else { return }
        reply.bulk("subcommands")
        reply.map(children.count)
        for child in children { CommandDocumentation(table, child).write(to: reply) }
    }

    private func write(_ arguments: [SyntaxArgument], to reply: ReplyWriter) {
        reply.array(arguments.count)
        for argument in arguments { write(argument, to: reply) }
    }

    private func write(_ argument: SyntaxArgument, to reply: ReplyWriter) {
        var flags: [StaticString] = []
        if argument.isOptional { flags.append("optional") }
        if argument.isMultiple { flags.append("multiple") }
        var fields = 2
        if argument.keySpecIndex != nil { fields += 1 }
        if argument.token != nil { fields += 1 }
        if !flags.isEmpty { fields += 1 }
        if !argument.children.isEmpty { fields += 1 }
        reply.map(fields)
        reply.bulk("name")
        reply.bulk(argument.name)
        reply.bulk("type")
        reply.bulk(argument.kind.rawValue)
        if let index = argument.keySpecIndex {
            reply.bulk("key_spec_index")
            reply.integer(index)
        }
        if let token = argument.token {
            reply.bulk("token")
            reply.bulk(token)
        }
        if !flags.isEmpty {
            reply.bulk("flags")
            reply.set(flags.count)
            for flag in flags { reply.simple(flag) }
        }
        if !argument.children.isEmpty {
            reply.bulk("arguments")
            write(argument.children, to: reply)
        }
    }
}
