// The configuration as text: every directive's value, where it came from, and how it is shown.
import Bytes
import Platform

/// Loaded once at start; changed by CONFIG SET. The server reads the typed snapshot in `configuration`.
package struct ConfigurationStore: Sendable {
    /// The canonical text of each directive, by number.
    private(set) var values: [[UInt8]]
    /// What each directive is if nobody sets it.
    private(set) var defaults: [[UInt8]]
    /// The file that was loaded, absolute; nil if there was none.
    package private(set) var file: String?
    /// The names of directives that were set at start and change nothing here: to be logged.
    package private(set) var ignored: [String]
    package private(set) var configuration: Configuration

    /// Every directive at its default.
    package init() {
        var values = DirectiveTable.directives.map { Array($0.defaultValue.utf8) }
        let threads = Array(String(min(Thread.processorCount(), 64)).utf8)
        values[DirectiveTable.number("threads")] = threads
        values[DirectiveTable.number("shards")] = threads
        values[DirectiveTable.number("dir")] = Array(File.currentDirectory.utf8)
        self.values = values
        defaults = values
        ignored = []
        configuration = Configuration(values)
    }

    /// Reads what the command line names: first the file, then standard input, then the directives of the command line.
    ///
    /// - Parameter arguments: without the program's name.
    package static func load(_ arguments: [String]) throws(ConfigurationFailure) -> ConfigurationStore {
        let options = CommandLineOptions(arguments)
        var contents: [UInt8] = []
        var path: String?
        if let file = options.file {
            let absolute = file.hasPrefix("/") ? file : File.currentDirectory + "/" + file
            path = absolute
            contents = try ConfigurationLoader.read(absolute)
        }
        if options.readsStandardInput {
            do throws(SystemError) {
                contents += try File.readStandardInput()
            } catch {
                throw .cannotOpen(path: "-", reason: error.description)
            }
        }
        if !options.lines.isEmpty { contents += [0x0a] + options.lines }
        var store = try load(contents: contents)
        store.file = path
        return store
    }

    /// Loads directives from text.
    package static func load(contents: [UInt8]) throws(ConfigurationFailure) -> ConfigurationStore {
        var store = ConfigurationStore()
        var loader = ConfigurationLoader(values: store.values)
        try loader.load(contents)
        store.values = loader.values
        let threads = DirectiveTable.number("threads")
        let shards = DirectiveTable.number("shards")
        store.defaults[shards] = store.values[threads]
        if !loader.seen.contains(shards) { store.values[shards] = store.values[threads] }
        store.ignored = loader.seen.sorted().map { DirectiveTable.directives[$0] }
            .filter { if case .ignored = $0.effect { true } else { false } }.map(\.name)
        store.configuration = Configuration(store.values)
        return store
    }

    /// Sets a directive that is known to exist to a canonical value, past all checks.
    mutating func replace(_ name: String, with value: String) {
        values[DirectiveTable.number(name)] = Array(value.utf8)
        configuration = Configuration(values)
    }

    /// The value of a directive that is known to exist, as CONFIG GET shows it.
    package func value(_ name: String) -> [UInt8] { values[DirectiveTable.number(name)] }

    /// What CONFIG GET replies: names and values, each name once. A pattern without `*`, `?` and `[` is answered under
    /// the name as it was typed.
    package func get(_ patterns: [[UInt8]]) -> [(name: [UInt8], value: [UInt8])] {
        var found: [(name: [UInt8], value: [UInt8])] = []
        var names: Set<[UInt8]> = []
        for pattern in patterns {
            guard pattern.contains(where: { $0 == 0x2a || $0 == 0x3f || $0 == 0x5b }) else {
                if let number = DirectiveTable.number(of: pattern), names.insert(pattern).inserted {
                    found.append((pattern, values[number]))
                }
                continue
            }
            for (number, directive) in DirectiveTable.directives.enumerated() {
                for name in [directive.name, directive.alias].compactMap({ $0.map { Array($0.utf8) } }) {
                    let matches = ByteView.withView(pattern) { pattern in
                        ByteView.withView(name) { GlobPattern(pattern, ignoringCase: true).matches($0) }
                    }
                    if matches && names.insert(name).inserted { found.append((name, values[number])) }
                }
            }
        }
        return found
    }
}

extension ConfigurationStore {
    /// One argument pair of CONFIG SET.
    package struct Assignment: Sendable {
        package let name: [UInt8]
        package let value: [UInt8]

        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// CONFIG SET: all assignments or none.
    ///
    /// - Parameters:
    ///   - isLocal: whether the client is on this machine, for protected directives under `local`.
    ///   - apply: makes the new configuration true (listens on another port, …); returns the name of the directive
    ///     that could not be applied and why, having undone what it did.
    /// - Throws: the text of the error reply.
    package mutating func set(
        _ assignments: [Assignment], isLocal: Bool, apply: (Configuration) -> (name: String, reason: String)?
    ) throws(ConfigurationError) {
        let numbers = try check(assignments, isLocal)
        var changed = values
        for (assignment, number) in zip(assignments, numbers) {
            let directive = DirectiveTable.directives[number]
            // Save points given at run time replace those that are there.
            let current = directive.name == "save" ? [] : changed[number]
            do throws(ConfigurationError) {
                changed[number] = try directive.canonical([assignment.value], current: current)
            } catch {
                throw ConfigurationStore.failure(assignment.name, error.text)
            }
        }
        let directory = DirectiveTable.number("dir")
        let entersDirectory = numbers.contains(directory)
        let previous = File.currentDirectory
        if entersDirectory {
            do throws(SystemError) {
                try File.changeDirectory(String(decoding: changed[directory], as: UTF8.self))
            } catch {
                throw ConfigurationStore.failure(Array("dir".utf8), error.description)
            }
            changed[directory] = Array(File.currentDirectory.utf8)
        }
        let next = Configuration(changed)
        if let (name, reason) = apply(next) {
            if entersDirectory { try? File.changeDirectory(previous) }
            throw ConfigurationStore.failure(Array(name.utf8), reason)
        }
        values = changed
        configuration = next
    }

    /// The directives' numbers, if all of them may be set.
    private func check(_ assignments: [Assignment], _ isLocal: Bool) throws(ConfigurationError) -> [Int] {
        var numbers: [Int] = []
        for assignment in assignments {
            guard let number = DirectiveTable.number(of: assignment.name) else {
                let name = String(decoding: assignment.name.prefix(128), as: UTF8.self)
                throw ConfigurationError("ERR Unknown option or number of arguments for CONFIG SET - '\(name)'")
            }
            numbers.append(number)
        }
        for (place, number) in numbers.enumerated() {
            let name = assignments[place].name
            if numbers[..<place].contains(number) { throw ConfigurationStore.failure(name, "duplicate parameter") }
            switch DirectiveTable.directives[number].change {
            case .anytime: continue
            case .startup: throw ConfigurationStore.failure(name, "can't set immutable config")
            case .protected:
                let allowed = configuration.protectedDirectives
                if allowed == .yes || allowed == .local && isLocal { continue }
                throw ConfigurationStore.failure(name, "can't set protected config")
            }
        }
        return numbers
    }

    private static func failure(_ name: [UInt8], _ reason: String) -> ConfigurationError {
        let name = String(decoding: name, as: UTF8.self)
        return ConfigurationError("ERR CONFIG SET failed (possibly related to argument '\(name)') - \(reason)")
    }
}
