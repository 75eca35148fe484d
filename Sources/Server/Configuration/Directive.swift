// One directive of the configuration: its name, what it may be set to, and when.

/// A row of the table from which parsing, CONFIG GET, CONFIG SET and CONFIG REWRITE are derived.
package struct Directive: Sendable {
    /// What a value looks like.
    enum Kind: Sendable {
        case boolean
        case integer(ClosedRange<Int64>)
        /// Bytes, with an optional unit: 1kb is 1,024, 1k is 1,000.
        case memory(ClosedRange<Int64>)
        /// Bytes, or a percentage of `maxmemory`.
        case memoryOrPercent
        /// Bytes, or a percentage of the machine's memory, which becomes bytes at once.
        case memoryOfMachine
        case octal(ClosedRange<Int64>)
        case text
        case choice([String])
        /// One or more of the words.
        case choices([String])
        case addresses
        case outputLimits
        case percentiles
        case keyspaceEvents
        case savePoints
        case oomScores
        /// A directory, entered as soon as it is set.
        case directory
        /// A host and a port, or nothing.
        case primary
        case hostname
        case titleTemplate
        /// `hz`: any integer is taken and moved into 1...500.
        case frequency
    }

    enum Change: Sendable {
        case anytime
        /// Only before the server runs.
        case startup
        /// At run time only if `enable-protected-configs` allows it.
        case protected
    }

    enum Effect: Sendable {
        case used
        /// Accepted and remembered, but it changes nothing here.
        case ignored
        /// Only the value given is accepted: another would promise what is not there.
        case fixed(to: String, because: String)
    }

    package let name: String
    /// An older name that still works.
    package let alias: String?
    let kind: Kind
    package let defaultValue: String
    let change: Change
    let effect: Effect

    /// Whether several words in a line are its value.
    var takesSeveral: Bool {
        switch kind {
        case .addresses, .outputLimits, .percentiles, .savePoints, .oomScores, .primary, .choices: true
        default: false
        }
    }
}

extension Directive {
    static func boolean(
        _ name: String, _ value: Bool, alias: String? = nil, change: Change = .anytime, effect: Effect = .used
    ) -> Directive {
        Directive(
            name: name, alias: alias, kind: .boolean, defaultValue: value ? "yes" : "no", change: change,
            effect: effect)
    }

    static func integer(
        _ name: String, _ range: ClosedRange<Int64>, _ value: Int64, alias: String? = nil,
        change: Change = .anytime, effect: Effect = .used
    ) -> Directive {
        Directive(
            name: name, alias: alias, kind: .integer(range), defaultValue: String(value), change: change,
            effect: effect)
    }

    static func memory(
        _ name: String, atLeast minimum: Int64 = 0, _ value: Int64, alias: String? = nil, effect: Effect = .used
    ) -> Directive {
        Directive(
            name: name, alias: alias, kind: .memory(minimum...Int64.max), defaultValue: String(value),
            change: .anytime, effect: effect)
    }

    static func text(
        _ name: String, _ value: String = "", alias: String? = nil, change: Change = .anytime,
        effect: Effect = .used
    ) -> Directive {
        Directive(name: name, alias: alias, kind: .text, defaultValue: value, change: change, effect: effect)
    }

    static func choice(
        _ name: String, _ words: [String], _ value: String, change: Change = .anytime, effect: Effect = .used
    ) -> Directive {
        Directive(name: name, alias: nil, kind: .choice(words), defaultValue: value, change: change, effect: effect)
    }

    static func special(
        _ name: String, _ kind: Kind, _ value: String, alias: String? = nil, change: Change = .anytime,
        effect: Effect = .used
    ) -> Directive {
        Directive(name: name, alias: alias, kind: kind, defaultValue: value, change: change, effect: effect)
    }

    static let int32: ClosedRange<Int64> = 0...Int64(Int32.max)
    static let int64: ClosedRange<Int64> = 0...Int64.max
    static let portNumbers: ClosedRange<Int64> = 0...65_535
}
