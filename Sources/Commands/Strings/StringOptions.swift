// The options that SET, GETEX, MSETEX and INCREX have in common: conditions and times to live.
import Bytes
import Keyspace
import Platform
import RESP

/// When a command that stores a string does so.
enum StoreCondition {
    case always
    /// NX
    case ifAbsent
    /// XX
    case ifPresent
    /// IFEQ, IFNE: the old value against the argument at this index.
    case ifEqual(Int), ifNotEqual(Int)
    /// IFDEQ, IFDNE: the digest of the old value against the argument at this index.
    case ifDigestEqual(Int), ifDigestNotEqual(Int)

    var isAlways: Bool { if case .always = self { true } else { false } }
}

/// What becomes of the key's deadline; the index is that of the time's argument.
enum DeadlineOption {
    case none
    /// KEEPTTL
    case keep
    /// PERSIST
    case remove
    /// EX, PX: from now on.
    case seconds(Int), milliseconds(Int)
    /// EXAT, PXAT: since the epoch.
    case secondsAt(Int), millisecondsAt(Int)

    var isNone: Bool { if case .none = self { true } else { false } }

    /// Whether it is a point in time, not a duration.
    var isAbsolute: Bool {
        switch self {
        case .secondsAt, .millisecondsAt: true
        default: false
        }
    }
}

/// Which words a command knows.
struct StringWords: OptionSet {
    let rawValue: UInt8

    static let existence = StringWords(rawValue: 1)
    static let comparison = StringWords(rawValue: 2)
    static let get = StringWords(rawValue: 4)
    static let keep = StringWords(rawValue: 8)
    static let persist = StringWords(rawValue: 16)

    static let set: StringWords = [.existence, .comparison, .get, .keep]
    static let getex: StringWords = .persist
    static let msetex: StringWords = [.existence, .keep]
    static let increx: StringWords = .persist
}

/// The options of one command, as far as they have been read.
struct StringOptions {
    var condition = StoreCondition.always
    var deadline = DeadlineOption.none
    /// GET: reply with the old value.
    var repliesOldValue = false

    /// Reads all arguments from `start` on; nil if they do not make sense.
    static func parse(_ arguments: Arguments, from start: Int, words: StringWords) -> StringOptions? {
        var options = StringOptions()
        var index = start
        while index < arguments.count {
            guard let taken = options.take(arguments, index, words: words) else { return nil }
            index += taken
        }
        return options
    }

    /// Reads the option at `index`; how many arguments it took, or nil if it is none or contradicts another.
    mutating func take(_ arguments: Arguments, _ index: Int, words: StringWords) -> Int? {
        let word = arguments[index]
        if words.contains(.existence), takeExistence(word) { return 1 }
        if words.contains(.get), word.equalsIgnoringCase("get") {
            repliesOldValue = true
            return 1
        }
        if words.contains(.keep), word.equalsIgnoringCase("keepttl") {
            switch deadline {
            case .none, .keep: deadline = .keep
            default: return nil
            }
            return 1
        }
        if words.contains(.persist), word.equalsIgnoringCase("persist") {
            switch deadline {
            case .none, .remove: deadline = .remove
            default: return nil
            }
            return 1
        }
        guard index + 1 < arguments.count else { return nil }
        if takeTime(word, index + 1) { return 2 }
        if words.contains(.comparison), condition.isAlways, takeComparison(word, index + 1) { return 2 }
        return nil
    }

    private mutating func takeExistence(_ word: ByteView) -> Bool {
        if word.equalsIgnoringCase("nx") {
            switch condition {
            case .always, .ifAbsent: condition = .ifAbsent
            default: return false
            }
            return true
        }
        if word.equalsIgnoringCase("xx") {
            switch condition {
            case .always, .ifPresent: condition = .ifPresent
            default: return false
            }
            return true
        }
        return false
    }

    /// A unit may be repeated, but not follow another one.
    private mutating func takeTime(_ word: ByteView, _ index: Int) -> Bool {
        if word.equalsIgnoringCase("ex") {
            switch deadline {
            case .none, .seconds: deadline = .seconds(index)
            default: return false
            }
        } else if word.equalsIgnoringCase("px") {
            switch deadline {
            case .none, .milliseconds: deadline = .milliseconds(index)
            default: return false
            }
        } else if word.equalsIgnoringCase("exat") {
            switch deadline {
            case .none, .secondsAt: deadline = .secondsAt(index)
            default: return false
            }
        } else if word.equalsIgnoringCase("pxat") {
            switch deadline {
            case .none, .millisecondsAt: deadline = .millisecondsAt(index)
            default: return false
            }
        } else {
            return false
        }
        return true
    }

    private mutating func takeComparison(_ word: ByteView, _ index: Int) -> Bool {
        if word.equalsIgnoringCase("ifeq") {
            condition = .ifEqual(index)
        } else if word.equalsIgnoringCase("ifne") {
            condition = .ifNotEqual(index)
        } else if word.equalsIgnoringCase("ifdeq") {
            condition = .ifDigestEqual(index)
        } else if word.equalsIgnoringCase("ifdne") {
            condition = .ifDigestNotEqual(index)
        } else {
            return false
        }
        return true
    }
}

extension CommandContext {
    /// The deadline that the option asks for; `old` if it keeps what there is, `Int64.max` if there is to be none.
    /// Nil: an error, which names `command`, was replied.
    func deadline(_ option: DeadlineOption, old: Int64, command: StaticString) -> Int64? {
        switch option {
        case .none, .remove: .max
        case .keep: old
        case .seconds(let index): deadline(arguments[index], unit: 1000, from: now, command)
        case .milliseconds(let index): deadline(arguments[index], unit: 1, from: now, command)
        case .secondsAt(let index): deadline(arguments[index], unit: 1000, from: 0, command)
        case .millisecondsAt(let index): deadline(arguments[index], unit: 1, from: 0, command)
        }
    }

    /// A positive time of `unit` milliseconds, counted from `start`. Nil: an error was replied.
    func deadline(_ text: ByteView, unit: Int64, from start: Int64, _ command: StaticString) -> Int64? {
        guard let time = IntegerText.parse(text) else {
            reply.error(ErrorText.notInteger)
            return nil
        }
        let (milliseconds, overflows) = time.multipliedReportingOverflow(by: unit)
        let (deadline, isTooFar) = milliseconds.addingReportingOverflow(start)
        if time <= 0 || overflows || isTooFar {
            reply.errorParts { line in
                line.append("ERR invalid expire time in '")
                line.append(command)
                line.append("' command")
            }
            return nil
        }
        // The largest number stands for "never".
        return min(deadline, .max - 1)
    }

    /// Whether the value that was found meets the condition; nil: an error was replied.
    func isMet(_ condition: StoreCondition, by found: Found?) -> Bool? {
        switch condition {
        case .always: return true
        case .ifAbsent: return found == nil
        case .ifPresent: return found != nil
        case .ifEqual, .ifDigestEqual: if found == nil { return false }
        case .ifNotEqual, .ifDigestNotEqual: if found == nil { return true }
        }
        guard let entry = found?.entry, entry.type == .string else {
            reply.error(ErrorText.wrongType)
            return nil
        }
        switch condition {
        case .ifEqual(let index): return entry.withString { $0 == arguments[index] }
        case .ifNotEqual(let index): return entry.withString { $0 != arguments[index] }
        case .ifDigestEqual(let index): return hasDigest(entry, arguments[index])
        case .ifDigestNotEqual(let index): return hasDigest(entry, arguments[index]).map { !$0 }
        default: return true
        }
    }

    /// Whether the value's digest is the one that `text` spells; nil: an error was replied.
    private func hasDigest(_ entry: Entry, _ text: ByteView) -> Bool? {
        guard text.count == 16 else {
            reply.error("ERR must be exactly 16 hexadecimal characters")
            return nil
        }
        var wanted: UInt64 = 0
        for byte in text {
            let letter = ByteView.lowercased(byte)
            if letter &- 48 < 10 {
                wanted = wanted << 4 | UInt64(letter &- 48)
            } else if letter &- 97 < 6 {
                wanted = wanted << 4 | UInt64(letter &- 87)
            } else {
                reply.error("ERR must be exactly 16 hexadecimal characters")
                return nil
            }
        }
        return entry.withString { XXH3.hash($0) } == wanted
    }
}
