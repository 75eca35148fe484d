// COMMAND: what the table knows of every command.
import Bytes
import Commands
import RESP

private let flags: CommandFlags = [.loading, .stale]

let commandCommands: [Command] = unsafe [
    Command(
        "command", arity: -1, flags, [.connection], routing: .keyless, group: .server, since: "2.8.13",
        complexity: "O(N) where N is the total number of commands", summary: "Describes all commands.",
        tips: ["nondeterministic_output_order"],
        subcommands: [
            Command(
                "count", arity: 2, flags, [.connection], routing: .keyless, group: .server, since: "2.8.13",
                summary: "Counts the commands."
            ) { unsafe commandCount(&$0.context) },
            unsafe Command(
                "docs", arity: -2, flags, [.connection], routing: .keyless, group: .server, since: "7.0.0",
                complexity: "O(N) where N is the number of commands asked for",
                summary: "Documents one, several or all commands.", syntax: "[command-name [command-name ...]]",
                tips: ["nondeterministic_output_order"]
            ) { unsafe commandDocs(&$0.context) },
            unsafe Command(
                "getkeys", arity: -4, flags, [.connection], routing: .keyless, group: .server, since: "2.8.13",
                complexity: "O(N) where N is the number of arguments", summary: "Finds the keys in a whole command.",
                syntax: "command [arg [arg ...]]"
            ) { unsafe commandGetKeys(&$0.context) },
            unsafe Command(
                "getkeysandflags", arity: -4, flags, [.connection], routing: .keyless, group: .server,
                since: "7.0.0", complexity: "O(N) where N is the number of arguments",
                summary: "Finds the keys in a whole command, and what is done to each.",
                syntax: "command [arg [arg ...]]"
            ) { unsafe commandGetKeysAndFlags(&$0.context) },
            unsafe Command(
                "help", arity: 2, flags, [.connection], routing: .keyless, group: .server, since: "5.0.0",
                summary: "Lists the subcommands."
            ) { unsafe commandHelp(&$0.context) },
            unsafe Command(
                "info", arity: -2, flags, [.connection], routing: .keyless, group: .server, since: "2.8.13",
                complexity: "O(N) where N is the number of commands asked for",
                summary: "Describes one, several or all commands.", syntax: "[command-name [command-name ...]]",
                tips: ["nondeterministic_output_order"]
            ) { unsafe commandInfo(&$0.context) },
            unsafe Command(
                "list", arity: -2, flags, [.connection], routing: .keyless, group: .server, since: "7.0.0",
                complexity: "O(N) where N is the total number of commands", summary: "Lists the names of commands.",
                syntax: "[FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]",
                tips: ["nondeterministic_output_order"]
            ) { unsafe commandList(&$0.context) },
        ]
    ) { unsafe describeAll($0.context) }
]

extension CommandTable {
    /// The indices of all commands that are no subcommands.
    var topLevel: [Int] { entries.indices.filter { containers[$0] < 0 } }

    /// The command called `get` or `config|get`; -1: none.
    func findFull(_ name: ByteView) -> Int {
        guard let bar = name.firstIndex(of: UInt8(ascii: "|")) else { return find(name) }
        let container = find(name.prefix(bar))
        return container < 0 ? -1 : findSubcommand(of: container, name.dropFirst(bar + 1))
    }

    /// The command that these arguments call, a subcommand if they name one; -1: none.
    func findCalled(by arguments: Arguments) -> Int {
        let index = find(arguments[0])
        guard index >= 0, children[index] != nil, arguments.count > 1 else { return index }
        return findSubcommand(of: index, arguments[1])
    }
}

private func describeAll(_ context: CommandContext) {
    let table = context.server.table
    let all = table.topLevel
    context.reply.array(all.count)
    for index in all { CommandDescription(table, index).write(to: context.reply) }
}

private func commandCount(_ context: inout CommandContext) {
    context.reply.integer(context.server.table.topLevel.count)
}

private func commandInfo(_ context: inout CommandContext) {
    if context.arguments.count == 2 { return describeAll(context) }
    let table = context.server.table
    context.reply.array(context.arguments.count - 2)
    for position in 2..<context.arguments.count {
        if context.reply.isFull { return }
        let index = table.findFull(context.arguments[position])
        if index < 0 {
            context.reply.null()
        } else {
            CommandDescription(table, index).write(to: context.reply)
        }
    }
}

private func commandDocs(_ context: inout CommandContext) {
    let table = context.server.table
    var wanted = table.topLevel
    if context.arguments.count > 2 {
        wanted = (2..<context.arguments.count).map { table.findFull(context.arguments[$0]) }.filter { $0 >= 0 }
    }
    context.reply.map(wanted.count)
    for index in wanted {
        if context.reply.isFull { return }
        CommandDocumentation(table, index).write(to: context.reply)
    }
}

private func commandList(_ context: inout CommandContext) {
    let arguments = context.arguments
    let table = context.server.table
    var isWanted: (Int) -> Bool = { _ in true }
    if arguments.count != 2 {
        guard arguments.count == 5, arguments[2].equalsIgnoringCase("filterby") else {
            return context.reply.error(ErrorText.syntax)
        }
        let value = arguments[4]
        if arguments[3].equalsIgnoringCase("module") {
            isWanted = { _ in false }
        } else if arguments[3].equalsIgnoringCase("aclcat") {
            let category = CommandCategories.names.first { value.equalsIgnoringCase($0.1) }?.0
            isWanted = { index in category.map { table.entries[index].allCategories.contains($0) } ?? false }
        } else if arguments[3].equalsIgnoringCase("pattern") {
            let pattern = GlobPattern(value, ignoringCase: true)
            isWanted = { index in ByteView.withView(table.fullName(index)) { pattern.matches($0) } }
        } else {
            return context.reply.error(ErrorText.syntax)
        }
    }
    let names = table.entries.indices.filter(isWanted).map(table.fullName)
    context.reply.array(names.count)
    for name in names { context.reply.bulk(name) }
}

private func commandHelp(_ context: inout CommandContext) {
    context.help(
        "COMMAND",
        [
            "(no subcommand)", "    Describe all commands.",
            "COUNT", "    Count the commands.",
            "LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]",
            "    List the names of all commands, or of those that the filter lets through.",
            "INFO [<command-name> ...]", "    Describe these commands, or all.",
            "DOCS [<command-name> ...]", "    Document these commands, or all.",
            "GETKEYS <full-command>", "    Find the keys in a whole command.",
            "GETKEYSANDFLAGS <full-command>", "    Find the keys in a whole command, and what is done to each.",
        ])
}
