// Reads directives line by line, follows includes.
import Platform

struct ConfigurationLoader {
    var values: [[UInt8]]
    /// The directives that a line has set.
    var seen: Set<Int> = []
    private var includeDepth = 0

    init(values: [[UInt8]]) { self.values = values }

    static func read(_ path: String) throws(ConfigurationFailure) -> [UInt8] {
        do throws(SystemError) {
            return try File.read(path)
        } catch {
            throw .cannotOpen(path: path, reason: error.description)
        }
    }

    /// - Throws: the first line that is refused, with its number in its own file.
    mutating func load(_ contents: [UInt8]) throws(ConfigurationFailure) {
        var number = 0
        for rawLine in contents.split(separator: 0x0a, omittingEmptySubsequences: false) {
            number += 1
            let line = ConfigurationLine.trimmed(rawLine)
            if line.isEmpty || line[0] == 0x23 { continue }
            func refuse(_ reason: String) -> ConfigurationFailure {
                .line(number: number, text: String(decoding: line, as: UTF8.self), reason: reason)
            }
            guard let words = ConfigurationLine.words(line) else {
                throw refuse("Unbalanced quotes in configuration line")
            }
            guard let name = words.first else { continue }
            if DirectiveTable.lowercased(name) == "include" && words.count == 2 {
                if includeDepth == 16 { throw refuse("too many nested includes") }
                try include(String(decoding: words[1], as: UTF8.self))
                continue
            }
            do throws(ConfigurationError) {
                try set(name, Array(words.dropFirst()))
            } catch {
                throw refuse(error.text)
            }
        }
    }

    private mutating func include(_ path: String) throws(ConfigurationFailure) {
        includeDepth += 1
        defer { includeDepth -= 1 }
        let isPattern = path.contains { "*?[".contains($0) }
        for file in isPattern ? File.matching(path) : [path] {
            try load(ConfigurationLoader.read(file))
        }
    }

    private mutating func set(_ name: [UInt8], _ words: [[UInt8]]) throws(ConfigurationError) {
        guard let number = DirectiveTable.number(of: name) else { throw refusal(name, words) }
        if words.isEmpty { throw ConfigurationError("wrong number of arguments") }
        let directive = DirectiveTable.directives[number]
        // The first `save` of a configuration replaces the default ones, the others add to it.
        let isFirst = seen.insert(number).inserted
        let current = isFirst && directive.name == "save" ? [] : values[number]
        values[number] = try directive.canonical(words, current: current)
        if directive.name == "dir" { try enter(number) }
    }

    private mutating func enter(_ number: Int) throws(ConfigurationError) {
        do throws(SystemError) {
            try File.changeDirectory(String(decoding: values[number], as: UTF8.self))
        } catch {
            throw ConfigurationError(error.description)
        }
        values[number] = Array(File.currentDirectory.utf8)
    }

    /// Directives that are no values: none of them may be overlooked.
    private func refusal(_ name: [UInt8], _ words: [[UInt8]]) -> ConfigurationError {
        switch (DirectiveTable.lowercased(name), words.count) {
        case ("user", 1...): ConfigurationError("access control lists are not supported")
        case ("loadmodule", 1...): ConfigurationError("modules are not supported")
        case ("rename-command", 2): ConfigurationError("renaming commands is not supported")
        default: ConfigurationError("Bad directive or wrong number of arguments")
        }
    }
}
