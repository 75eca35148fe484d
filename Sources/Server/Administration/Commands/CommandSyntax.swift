// Reads the notation in which the table gives a command's arguments: `key value [NX | XX] [EX seconds | KEEPTTL]`.

/// One argument, or a group of them.
package struct SyntaxArgument: Equatable {
    package enum Kind: String {
        case string, integer, double, key, pattern, block, oneof
        case unixTime = "unix-time"
        case pureToken = "pure-token"
    }

    package var name: String
    package var kind: Kind
    package var token: String?
    package var isOptional = false
    package var isMultiple = false
    package var children: [SyntaxArgument] = []
    /// Which of the command's key specifications finds this key.
    package var keySpecIndex: Int?
}

/// The parser. Words in capitals are tokens and belong to the value behind them; `[…]` is optional, `<…>` only
/// groups, `|` separates alternatives, and `[x ...]` behind `x` says that there may be several.
package struct CommandSyntax {
    private var words: [Substring]
    private var position = 0
    private var keysSeen = 0
    private let keySpecs: Int

    package static func parse(_ text: String, keySpecs: Int) -> [SyntaxArgument] {
        var spaced = ""
        for character in text {
            if "[]<>|".contains(character) { spaced += " \(character) " } else { spaced.append(character) }
        }
        var parser = CommandSyntax(words: spaced.split(separator: " "), keySpecs: keySpecs)
        let alternatives = parser.alternatives()
        return alternatives.count == 1 ? alternatives[0] : [group(alternatives)]
    }

    private init(words: [Substring], keySpecs: Int) {
        self.words = words
        self.keySpecs = keySpecs
    }

    private var next: Substring? { position < words.count ? words[position] : nil }

    private mutating func alternatives() -> [[SyntaxArgument]] {
        var all = [sequence()]
        while next == "|" {
            position += 1
            all.append(sequence())
        }
        return all
    }

    private mutating func sequence() -> [SyntaxArgument] {
        var items: [SyntaxArgument] = []
        while let word = next, word != "|", word != "]", word != ">" {
            if word == "[" {
                appendOptional(to: &items)
            } else if Self.isToken(word) {
                items.append(token())
            } else {
                items.append(value())
            }
        }
        return items
    }

    /// A token alone, or with the value that follows it.
    private mutating func token() -> SyntaxArgument {
        let word = String(words[position])
        position += 1
        let plain = SyntaxArgument(name: word.lowercased(), kind: .pureToken, token: word)
        guard let follower = next, !["[", "]", "|", ">"].contains(follower), !Self.isToken(follower) else {
            return plain
        }
        var argument = value()
        argument.token = word
        return argument
    }

    private mutating func value() -> SyntaxArgument {
        if next == "<" {
            position += 1
            let inner = alternatives()
            position += 1
            return Self.group(inner)
        }
        let name = String(words[position])
        position += 1
        var argument = SyntaxArgument(name: name, kind: Self.kind(of: name))
        if argument.kind == .key && keySpecs > 0 {
            argument.keySpecIndex = min(keysSeen, keySpecs - 1)
            keysSeen += 1
        }
        return argument
    }

    private mutating func appendOptional(to items: inout [SyntaxArgument]) {
        position += 1
        let keysBefore = keysSeen
        var inner = alternatives()
        position += 1
        if inner.count == 1, inner[0].last?.name == "..." {
            inner[0].removeLast()
            keysSeen = keysBefore
            repeatLast(inner[0].count, of: &items)
            return
        }
        var argument = Self.group(inner)
        argument.isOptional = true
        items.append(argument)
    }

    /// `a [a ...]` is one argument that may be there several times, `a b [a b ...]` a block of them.
    private func repeatLast(_ count: Int, of items: inout [SyntaxArgument]) {
        guard count > 0, items.count >= count else { return }
        let repeated = Array(items.suffix(count))
        items.removeLast(count)
        var argument = Self.group([repeated])
        argument.isMultiple = true
        items.append(argument)
    }

    private static func group(_ alternatives: [[SyntaxArgument]]) -> SyntaxArgument {
        if alternatives.count == 1 { return block(alternatives[0]) }
        let children = alternatives.map(block)
        return SyntaxArgument(name: name(of: children), kind: .oneof, children: children)
    }

    /// What a choice is called: by what it is about where that is usual, else by what can be chosen.
    private static func name(of alternatives: [SyntaxArgument]) -> String {
        let names = alternatives.map(\.name)
        if names.contains("nx") || names.contains("xx") { return "condition" }
        if names.contains("seconds") { return "expiration" }
        return names.prefix(4).joined(separator: "-or-")
    }

    /// Several arguments as one; a token in front becomes the block's.
    private static func block(_ items: [SyntaxArgument]) -> SyntaxArgument {
        if items.count == 1 { return items[0] }
        var children = items
        var block = SyntaxArgument(name: items.prefix(2).map(\.name).joined(separator: "_"), kind: .block)
        if let token = children.first?.token {
            block.token = token
            if children[0].kind == .pureToken { children.removeFirst() } else { children[0].token = nil }
        }
        block.children = children
        return block
    }

    /// Capitals, digits and signs, with a capital among them; or a quoted sign such as `"*"`.
    private static func isToken(_ word: Substring) -> Bool {
        word.contains { $0.isUppercase } && !word.contains { $0.isLowercase }
    }

    private static let integers: Set<String> = [
        "count", "seconds", "milliseconds", "increment", "decrement", "offset", "start", "stop", "end", "index", "db",
        "numkeys", "timeout", "cursor", "bit", "rank", "len", "protover", "client-id", "limit", "samples", "length",
        "numfields", "index1", "index2", "min-match-len", "numreplicas", "numlocal", "version", "destination-db",
        "maxlen", "minlen", "maxage",
    ]

    private static func kind(of name: String) -> SyntaxArgument.Kind {
        if integers.contains(name) { return .integer }
        if name == "pattern" { return .pattern }
        if name.hasPrefix("unix-time") { return .unixTime }
        if ["longitude", "latitude", "radius", "score", "weight", "width", "height"].contains(name) { return .double }
        if name.hasSuffix("key") || ["key1", "key2", "destination", "source"].contains(name) { return .key }
        return .string
    }
}
