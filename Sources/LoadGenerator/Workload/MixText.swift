// Workloads from the command line: `--mix` and `--command`.

package enum MixText {
    /// "get:80,set:15,del:5": tests of `Presets` with weights.
    package static func parse(_ text: String, _ options: WorkloadOptions) throws(OptionError) -> [CommandDescription] {
        var commands: [CommandDescription] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count <= 2, let weight = words.count == 2 ? Int(words[1]) : 1, 1...1_000_000 ~= weight else {
                throw OptionError("'\(part)' in a mix is not of the form get:80")
            }
            for command in try Presets.named(String(words[0]), options).commands {
                commands.append(
                    CommandDescription(
                        name: command.name, words: command.words, weight: weight, isInline: command.isInline))
            }
        }
        return commands
    }

    /// What has to be sent once before the tests of a mix.
    package static func preparation(_ text: String, _ options: WorkloadOptions) throws(OptionError) -> [[String]] {
        var commands: [[String]] = []
        for part in text.split(separator: ",") {
            commands += try Presets.named(String(part.prefix { $0 != ":" }), options).preparation
        }
        return commands
    }

    /// "SET __key__ __data__", or with a weight "15:SET __key__ __data__". Quotes keep words together.
    package static func parseCommand(_ text: String) throws(OptionError) -> CommandDescription {
        var words = try split(text)
        var weight = 1
        if let first = words.first, let colon = first.firstIndex(of: ":"), let number = Int(first[..<colon]) {
            guard 1...1_000_000 ~= number else { throw OptionError("'\(text)': the weight is 1 to 1000000") }
            weight = number
            words[0] = String(first[first.index(after: colon)...])
            if words[0].isEmpty { words.removeFirst() }
        }
        guard let name = words.first, !name.isEmpty else { throw OptionError("'\(text)' is no command") }
        return CommandDescription(name: words.prefix(3).joined(separator: " "), words: words, weight: weight)
    }

    private static func split(_ text: String) throws(OptionError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character == " " {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { throw OptionError("'\(text)' has a quote that is not closed") }
        if let whole = word { words.append(whole) }
        return words
    }
}
