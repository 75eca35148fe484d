// From the words of a line or of CONFIG SET to the canonical text of a value.
import Bytes
import Platform

/// Why a value was refused, in Redis' words.
package struct ConfigurationError: Error, Equatable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

extension Directive {
    /// The canonical text of the value that `words` spell, as CONFIG GET shows it.
    ///
    /// - Parameter current: the present value; some directives change a part of it.
    func canonical(_ words: [[UInt8]], current: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        var words = words
        if !takesSeveral && words.count != 1 { throw ConfigurationError("wrong number of arguments") }
        // One word may hold several: `CONFIG SET save "900 1"`.
        if takesSeveral && words.count == 1 {
            words = words[0].split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
        }
        let value = try parse(words, current)
        if case .fixed(let allowed, let reason) = effect, value != Array(allowed.utf8) {
            throw ConfigurationError(reason)
        }
        return value
    }

    private func parse(_ words: [[UInt8]], _ current: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        let word = words.first ?? []
        switch kind {
        case .boolean: return try boolean(word)
        case .integer(let range): return try integer(word, range)
        case .memory(let range): return try memory(word, range)
        case .memoryOrPercent: return try memoryOrPercent(word)
        case .memoryOfMachine: return try memoryOfMachine(word)
        case .octal(let range): return try octal(word, range)
        case .text: return word
        case .choice(let choices): return try choice(word, choices)
        case .choices(let choices): return try severalChoices(words, choices)
        case .addresses: return try addresses(words)
        case .outputLimits: return try OutputLimits.merge(words, into: current)
        case .percentiles: return try percentiles(words)
        case .keyspaceEvents: return try KeyspaceEventFlags.canonical(word)
        case .savePoints: return try savePoints(words, current)
        case .oomScores: return try oomScores(words)
        case .directory: return word
        case .primary: return try primary(words)
        case .hostname: return try hostname(word)
        case .titleTemplate: return try titleTemplate(word)
        case .frequency: return try frequency(word)
        }
    }

    private func boolean(_ word: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        switch DirectiveTable.lowercased(word) {
        case "yes": return Array("yes".utf8)
        case "no": return Array("no".utf8)
        default: throw ConfigurationError("argument must be 'yes' or 'no'")
        }
    }

    private func number(_ word: [UInt8]) throws(ConfigurationError) -> Int64 {
        guard let value = ByteView.withView(word, { IntegerText.parse($0) }) else {
            throw ConfigurationError("argument couldn't be parsed into an integer")
        }
        return value
    }

    private func check(_ value: Int64, _ range: ClosedRange<Int64>) throws(ConfigurationError) {
        if !range.contains(value) { throw outside(range) }
    }

    private func outside(_ range: ClosedRange<Int64>) -> ConfigurationError {
        ConfigurationError("argument must be between \(range.lowerBound) and \(range.upperBound) inclusive")
    }

    private func integer(_ word: [UInt8], _ range: ClosedRange<Int64>) throws(ConfigurationError) -> [UInt8] {
        let value = try number(word)
        try check(value, range)
        return Array(String(value).utf8)
    }

    private func frequency(_ word: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        let value = try number(word)
        try check(value, Directive.int32)
        return Array(String(min(max(value, 1), 500)).utf8)
    }

    private func memory(_ word: [UInt8], _ range: ClosedRange<Int64>) throws(ConfigurationError) -> [UInt8] {
        guard let value = MemoryText.parse(word) else { throw ConfigurationError("argument must be a memory value") }
        if value < UInt64(range.lowerBound) || value > UInt64(range.upperBound) { throw outside(range) }
        return Array(String(value).utf8)
    }

    private func memoryOfMachine(_ word: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        guard word.last == 0x25 else { return try memory(word, Directive.int64) }
        guard let percent = ByteView.withView(Array(word.dropLast()), { IntegerText.parse($0) }),
            (0...100).contains(percent)
        else {
            throw ConfigurationError("argument must be a memory value, or a percentage from 0% to 100%")
        }
        return Array(String(ProcessStatistics.current().machineBytes / 100 * Int(percent)).utf8)
    }

    private func memoryOrPercent(_ word: [UInt8]) throws(ConfigurationError) -> [UInt8] {
        if word.last == 0x25 {
            guard let percent = ByteView.withView(Array(word.dropLast()), { IntegerText.parse($0) }), percent >= 0
            else {
                throw ConfigurationError("argument must be a memory or percent value")
            }
            if percent > 100 { throw ConfigurationError("percentage argument must be less or equal to 100") }
            return percent == 0 ? Array("0".utf8) : Array("\(percent)%".utf8)
        }
        guard let value = MemoryText.parse(word) else {
            throw ConfigurationError("argument must be a memory or percent value")
        }
        if value > UInt64(Int64.max) { throw outside(Directive.int64) }
        return Array(String(value).utf8)
    }

    private func octal(_ word: [UInt8], _ range: ClosedRange<Int64>) throws(ConfigurationError) -> [UInt8] {
        guard let value = Int64(String(decoding: word, as: UTF8.self), radix: 8) else {
            throw ConfigurationError("argument couldn't be parsed as an octal number")
        }
        try check(value, range)
        return Array(String(value, radix: 8).utf8)
    }

    private func choice(_ word: [UInt8], _ choices: [String]) throws(ConfigurationError) -> [UInt8] {
        let lowercased = DirectiveTable.lowercased(word)
        guard choices.contains(lowercased) else {
            throw ConfigurationError(
                "argument(s) must be one of the following: " + choices.joined(separator: ", "))
        }
        return Array(lowercased.utf8)
    }

    /// In the order of the table, whatever order they are given in.
    private func severalChoices(_ words: [[UInt8]], _ choices: [String]) throws(ConfigurationError) -> [UInt8] {
        if words.isEmpty { throw ConfigurationError("wrong number of arguments") }
        var chosen: Set<String> = []
        for word in words { chosen.insert(String(decoding: try choice(word, choices), as: UTF8.self)) }
        return Array(choices.filter { chosen.contains($0) }.joined(separator: " ").utf8)
    }
}
