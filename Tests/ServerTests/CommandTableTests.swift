// What must hold for every entry of the command table.
import Bytes
import Commands
import RESP
import Server
import Testing

/// Every command and subcommand, by its full name.
private let entries: [(name: String, command: Command)] = serverCommandGroups.joined().flatMap { command in
    [("\(command.name)", command)] + command.subcommands.map { ("\(command.name)|\($0.name)", $0) }
}

@Suite struct CommandTableTests {
    @Test func namesAreUniqueAndFound() {
        let table = CommandTable(serverCommandGroups)
        #expect(Set(entries.map(\.name)).count == entries.count)
        #expect(table.entries.count == entries.count)
        for (index, entry) in table.entries.enumerated() where table.containers[index] < 0 {
            let name = "\(entry.name)"
            #expect(ByteView.withView(name) { table.find($0) } == index)
            #expect(ByteView.withView(name.uppercased()) { table.find($0) } == index)
            // No command's name goes on behind a dot.
            #expect(ByteView.withView(name + ".") { table.find($0) } == -1)
            for subcommand in entry.subcommands {
                let found = ByteView.withView("\(subcommand.name)".uppercased()) {
                    table.findSubcommand(of: index, $0)
                }
                #expect(found > index && table.fullName(found) == "\(name)|\(subcommand.name)")
            }
        }
    }

    @Test(arguments: entries.map(\.name)) func isDocumented(_ name: String) throws {
        let command = try #require(entries.first { $0.name == name }).command
        let text = "\(command.name)"
        #expect(text == text.lowercased() && !text.isEmpty)
        #expect("\(command.summary)".hasSuffix("."))
        let complexity = "\(command.complexity)"
        #expect(complexity.hasPrefix("O(") || complexity.hasPrefix("Depends"))
        let version = "\(command.since)".split(separator: ".")
        #expect(version.count == 3 && version.allSatisfy { Int($0) != nil })
        // A container's own words are those of its subcommands.
        if command.subcommands.isEmpty {
            let words = name.split(separator: "|").count
            #expect(abs(command.arity) == words || !"\(command.syntax)".isEmpty, "arguments without syntax")
        }
        for tip in command.tips { #expect(!"\(tip)".contains(" ")) }
    }

    @Test(arguments: entries.map(\.name)) func flagsAgree(_ name: String) throws {
        let command = try #require(entries.first { $0.name == name }).command
        #expect(command.arity != 0)
        #expect(!command.flags.contains([.write, .readonly]))
        if command.flags.contains(.denyOutOfMemory) { #expect(command.flags.contains(.write)) }
        #expect(command.allCategories.contains(.fast) != command.allCategories.contains(.slow))
        #expect(command.subcommands.isEmpty || command.arity < 0)
        #expect(command.subcommands.allSatisfy { $0.subcommands.isEmpty })
    }

    @Test(arguments: entries.map(\.name)) func keySpecsAreValid(_ name: String) throws {
        let command = try #require(entries.first { $0.name == name }).command
        let kinds: [KeyUse] = [.readOnly, .readWrite, .overwrite, .remove]
        for spec in command.keys {
            #expect(kinds.count { spec.use.contains($0) } == 1 || spec.use.contains(.notKey))
            // PFCOUNT keeps what it has counted, which nobody is told of.
            if command.flags.contains(.readonly) && name != "pfcount" { #expect(spec.use.contains(.readOnly)) }
            if spec.use.contains(.readOnly) { #expect(spec.use.isDisjoint(with: [.update, .insert, .delete])) }
            if case .index(let index) = spec.begin { #expect(index >= 1) }
        }
        switch command.routing {
        case .scatter:
            #expect(command.keys.count == 1)
            guard case .index(1) = command.keys[0].begin, case .range(-1, _, 0) = command.keys[0].find else {
                Issue.record("a scattered command has keys to the end of its arguments")
                return
            }
        case .broadcast, .allShards, .cursor, .keyless: #expect(command.keys.isEmpty)
        case .keyed: #expect(!command.keys.isEmpty || !command.subcommands.isEmpty)
        case .session, .ordered, .keyedOrAllShards, .script: break
        }
    }

    /// With as few and with more arguments than it takes, a command's keys lie among them.
    @Test(arguments: entries.map(\.name)) func keysAreAmongTheArguments(_ name: String) throws {
        let command = try #require(entries.first { $0.name == name }).command
        for count in 1...12 {
            var list = ArgumentList()
            defer { list.deallocate() }
            for _ in 0..<count { list.append(ByteView("2")) }
            let arguments = list.window(from: 0, count: count)
            for spec in command.keys {
                for position in spec.positions(in: arguments) ?? stride(from: 0, to: 0, by: 1) {
                    #expect(position >= 1 && position < count)
                }
            }
            if command.arity >= 0 ? count == command.arity : count >= -command.arity {
                for spec in command.keys {
                    // Those behind a word are there only with the word, and sources may be none.
                    guard case .range = spec.find, case .index(let first) = spec.begin, first < count else { continue }
                    #expect(spec.positions(in: arguments) != nil)
                }
            }
        }
    }
}
