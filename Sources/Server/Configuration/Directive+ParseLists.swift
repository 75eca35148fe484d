// Values that are lists or have a form of their own.
import Bytes
import Commands
import Platform

extension Directive {
    func addresses(_ words: [[UInt8]]) throws(ConfigurationError) -> [UInt8] {
        if words.count > 16 { throw ConfigurationError("Too many bind addresses specified.") }
        return Array(words.joined(separator: [0x20]))
    }

    func percentiles(_ words: [[UInt8]]) throws(ConfigurationError) -> [UInt8] {
        if words.count == 1 && words[0].isEmpty { return [] }
        var texts: [String] = []
        for word in words {
            guard let value = ByteView.withView(word, { DoubleText.parse($0) }) else {
                throw ConfigurationError("Invalid latency-tracking-info-percentiles parameters")
            }
            if !(0...100).contains(value) {
                throw ConfigurationError(
                    "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
            }
            texts.append(DoubleText.shortest(value))
        }
        return Array(texts.joined(separator: " ").utf8)
    }

    /// Pairs of seconds and changes. Lines of a file add to each other; an empty word forgets them all.
    func savePoints(_ words: [[UInt8]], _ current: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        if words.count == 1 && words[0].isEmpty { return [] }
        let invalid = ConfigurationError("Invalid save parameters")
        if words.isEmpty || words.count % 2 != 0 { throw invalid }
        for (index, word) in words.enumerated() {
            guard let value = ByteView.withView(word, { IntegerText.parse($0) }), value <= Int64(Int32.max),
                value >= (index % 2 == 0 ? 1 : 0)
            else { throw invalid }
        }
        let added = Array(words.joined(separator: [0x20]))
        return current.isEmpty ? added : current + [0x20] + added
    }

    func oomScores(_ words: [[UInt8]]) throws(ConfigurationError) -> [UInt8] {
        if words.count != 3 { throw ConfigurationError("wrong number of arguments") }
        for word in words {
            guard let value = ByteView.withView(word, { IntegerText.parse($0) }), (-2000...2000).contains(value) else {
                throw ConfigurationError(
                    "Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
            }
        }
        return Array(words.joined(separator: [0x20]))
    }

    func primary(_ words: [[UInt8]]) throws(ConfigurationError) -> [UInt8] {
        if words.count == 1 && words[0].isEmpty { return [] }
        if words.count != 2 { throw ConfigurationError("wrong number of arguments") }
        if words[0].elementsEqual("no".utf8) && words[1].elementsEqual("one".utf8) { return [] }
        return words[0] + [0x20] + words[1]
    }

    func hostname(_ word: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        if word.count >= 256 { throw ConfigurationError("Hostnames must be less than 256 characters") }
        for byte in word {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e: continue
            default:
                throw ConfigurationError("Hostnames may only contain alphanumeric characters, hyphens or dots")
            }
        }
        return word
    }

    func titleTemplate(_ word: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        let known = ["title", "listen-addr", "server-mode", "port", "tls-port", "unixsocket", "config-file"]
        var rest = word[...]
        while let open = rest.firstIndex(of: 0x7b) {
            rest = rest[(open + 1)...]
            guard let close = rest.firstIndex(of: 0x7d),
                known.contains(String(decoding: rest[..<close], as: UTF8.self))
            else {
                throw ConfigurationError("template format is invalid or contains unknown variables")
            }
            rest = rest[(close + 1)...]
        }
        return word
    }
}

/// The limits on the replies that wait for a client, by class of client.
package struct OutputLimits: Sendable, Equatable {
    /// Reached: the client is dropped. 0: no limit.
    package var hardBytes: Int
    /// Exceeded for `softSeconds` without a break: the client is dropped. 0: no limit.
    package var softBytes: Int
    package var softSeconds: Int

    package init(hardBytes: Int, softBytes: Int, softSeconds: Int) {
        self.hardBytes = hardBytes
        self.softBytes = softBytes
        self.softSeconds = softSeconds
    }

    static let classes = ["normal", "slave", "pubsub"]

    /// The four-word groups of `words` replace the classes they name in `current`.
    static func merge(_ words: [[UInt8]], into current: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        if words.count == 1 && words[0].isEmpty { return current }
        if words.isEmpty || words.count % 4 != 0 {
            throw ConfigurationError("Wrong number of arguments in buffer limit configuration.")
        }
        var limits = all(of: current)
        for group in stride(from: 0, to: words.count, by: 4) {
            var name = DirectiveTable.lowercased(words[group])
            if name == "replica" { name = "slave" }
            guard let place = classes.firstIndex(of: name) else {
                throw ConfigurationError("Invalid client class specified in buffer limit configuration.")
            }
            guard let hard = MemoryText.parse(words[group + 1]), let soft = MemoryText.parse(words[group + 2]),
                let seconds = ByteView.withView(words[group + 3], { IntegerText.parse($0) }), seconds >= 0,
                seconds <= Int64(Int32.max)
            else {
                throw ConfigurationError(
                    "Error in hard, soft or soft_seconds setting in buffer limit configuration.")
            }
            limits[place] = OutputLimits(
                hardBytes: Int(clamping: hard), softBytes: Int(clamping: soft), softSeconds: Int(seconds))
        }
        return Array(zip(classes, limits).map { $0 + " " + $1.text }.joined(separator: " ").utf8)
    }

    var text: String { "\(hardBytes) \(softBytes) \(softSeconds)" }

    /// The limits of the three classes out of the canonical text.
    static func all(of text: [UInt8]) -> [OutputLimits] {
        let numbers = text.split(separator: 0x20).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        return (0..<classes.count).map { index in
            let start = 3 * index
            if start + 3 > numbers.count { return OutputLimits(hardBytes: 0, softBytes: 0, softSeconds: 0) }
            return OutputLimits(
                hardBytes: numbers[start], softBytes: numbers[start + 1], softSeconds: numbers[start + 2])
        }
    }
}

/// The letters of `notify-keyspace-events`.
package enum KeyspaceEventFlags {
    /// In the order in which Redis shows them; `A` stands for the first eight.
    private static let all = Array("g$lshzxetd".utf8)
    private static let others = Array("nKEm".utf8)

    static func canonical(_ word: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        var chosen: Set<UInt8> = []
        for letter in word {
            if letter == 0x41 {
                chosen.formUnion(all)
            } else if all.contains(letter) || others.contains(letter) {
                chosen.insert(letter)
            } else {
                throw ConfigurationError("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
            }
        }
        if chosen.isSuperset(of: all) {
            return [0x41] + others.filter { $0 != 0x6e && chosen.contains($0) } + (chosen.contains(0x6e) ? [0x6e] : [])
        }
        return all.filter { chosen.contains($0) } + others.filter { chosen.contains($0) }
    }

    /// What canonical letters stand for; nothing if neither of the two ways to publish is chosen.
    static func kinds(_ letters: [UInt8]) -> KeyspaceEventKind {
        var kinds: KeyspaceEventKind = []
        for letter in letters { kinds.formUnion(kind(letter)) }
        return kinds.isDisjoint(with: [.keyspaceChannel, .keyeventChannel]) ? [] : kinds
    }

    private static func kind(_ letter: UInt8) -> KeyspaceEventKind {
        switch Character(Unicode.Scalar(letter)) {
        case "A": all.reduce(into: []) { $0.formUnion(kind($1)) }
        case "K": .keyspaceChannel
        case "E": .keyeventChannel
        case "g": .generic
        case "$": .string
        case "l": .list
        case "s": .set
        case "h": .hash
        case "z": .sortedSet
        case "x": .expired
        case "e": .evicted
        case "t": .stream
        case "m": .keyMiss
        case "n": .new
        default: []
        }
    }
}

/// Sizes with units.
package enum MemoryText {
    private static let units: [(String, Int64)] = [
        ("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10), ("g", 1_000_000_000), ("m", 1_000_000), ("k", 1_000),
        ("b", 1), ("", 1),
    ]

    /// Digits and a unit; nil if it is anything else. What does not fit is the largest number there is.
    static func parse(_ word: [UInt8]) -> UInt64? {
        let digits = word.prefix { $0 &- 48 <= 9 }
        let suffix = DirectiveTable.lowercased(Array(word[digits.count...]))
        guard let unit = units.first(where: { $0.0 == suffix })?.1 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            let (shifted, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = shifted.addingReportingOverflow(UInt64(digit &- 48))
            if first || second { return UInt64.max }
            value = sum
        }
        let (bytes, overflow) = value.multipliedReportingOverflow(by: UInt64(unit))
        return overflow ? UInt64.max : bytes
    }

    /// With the largest unit that leaves no rest, as CONFIG REWRITE writes it.
    static func format(_ bytes: Int64) -> String {
        for (name, unit) in units.prefix(3) where bytes != 0 && bytes % unit == 0 { return "\(bytes / unit)\(name)" }
        return String(bytes)
    }
}
