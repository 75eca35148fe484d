// Where the keys of a command are among its arguments, and what is done to them.
import Bytes
import RESP

/// What a command does with the keys of one specification. https://redis.io/docs/latest/develop/reference/key-specs/
package struct KeyUse: OptionSet {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let readOnly = KeyUse(rawValue: 1 << 0)
    package static let readWrite = KeyUse(rawValue: 1 << 1)
    package static let overwrite = KeyUse(rawValue: 1 << 2)
    package static let remove = KeyUse(rawValue: 1 << 3)
    package static let access = KeyUse(rawValue: 1 << 4)
    package static let update = KeyUse(rawValue: 1 << 5)
    package static let insert = KeyUse(rawValue: 1 << 6)
    package static let delete = KeyUse(rawValue: 1 << 7)
    package static let notKey = KeyUse(rawValue: 1 << 8)
    package static let incomplete = KeyUse(rawValue: 1 << 9)
    package static let variableFlags = KeyUse(rawValue: 1 << 10)

    package static let names: [(KeyUse, StaticString)] = [
        (.readOnly, "RO"), (.readWrite, "RW"), (.overwrite, "OW"), (.remove, "RM"), (.access, "access"),
        (.update, "update"), (.insert, "insert"), (.delete, "delete"), (.notKey, "not_key"),
        (.incomplete, "incomplete"), (.variableFlags, "variable_flags"),
    ]
}

/// One specification: where the keys begin, and how they go on.
package struct KeySpec {
    package enum Begin {
        case index(Int)
        case keyword(StaticString, startFrom: Int)
        /// Behind the last STORE or STOREDIST, whichever of them is the keyword; a key may be called like the other.
        case destination(StaticString, startFrom: Int)
        case unknown
    }

    package enum Find {
        /// `last` counts from the beginning (0: only that one); negative: from the end of the arguments.
        case range(last: Int, step: Int, limit: Int)
        /// The number of keys stands at `count`, the first key at `first`, both counted from the beginning.
        case keyCount(count: Int, first: Int, step: Int)
        case unknown
    }

    package let begin: Begin
    package let find: Find
    package let use: KeyUse

    package init(_ begin: Begin, _ find: Find, _ use: KeyUse) {
        self.begin = begin
        self.find = find
        self.use = use
    }

    /// A single key at `index`.
    package static func one(_ use: KeyUse, at index: Int = 1) -> KeySpec {
        KeySpec(.index(index), .range(last: 0, step: 1, limit: 0), use)
    }

    /// All arguments from `index` on, or each second one.
    package static func all(_ use: KeyUse, from index: Int = 1, step: Int = 1) -> KeySpec {
        KeySpec(.index(index), .range(last: -1, step: step, limit: 0), use)
    }

    /// The positions of the keys among `arguments`; nil if the arguments do not allow it (a count that is none).
    package func positions(in arguments: Arguments) -> StrideTo<Int>? {
        let count = arguments.count
        let start: Int
        switch begin {
        case .index(let index): start = index
        case .keyword(let keyword, let from):
            guard let found = Self.keyword(keyword, from: from, in: arguments) else { return nil }
            start = found + 1
        case .destination(let keyword, let from):
            guard let found = Self.destination(keyword, from: from, in: arguments) else { return nil }
            start = found
        case .unknown: return nil
        }
        guard start < count else { return nil }
        switch find {
        case .range(let last, let step, let limit):
            var end = last >= 0 ? start + last : count + last
            if last < 0 && limit > 1 { end = start + (count - start) / limit + last }
            guard end < count, end >= start else { return nil }
            return stride(from: start, to: end + 1, by: step)
        case .keyCount(let countAt, let first, let step):
            guard start + countAt < count, let number = IntegerText.parse(arguments[start + countAt]), number >= 0
            else { return nil }
            let firstKey = start + first
            guard number <= Int64(count), firstKey + (Int(number) - 1) * step < count else { return nil }
            return stride(from: firstKey, to: firstKey + Int(number) * step, by: step)
        case .unknown: return nil
        }
    }

    private static func keyword(_ keyword: StaticString, from: Int, in arguments: Arguments) -> Int? {
        let positions =
            from >= 0
            ? stride(from: from, to: arguments.count, by: 1)
            : stride(from: arguments.count + from, to: 0, by: -1)
        let keyword = ByteView(keyword)
        return positions.first { arguments[$0].equalsIgnoringCase(keyword) }
    }

    /// The last key that `keyword` names, as the options are read: a word behind STORE or STOREDIST is no option.
    private static func destination(_ keyword: StaticString, from: Int, in arguments: Arguments) -> Int? {
        var found: Int?
        var index = from
        while index + 1 < arguments.count {
            let word = arguments[index]
            if word.equalsIgnoringCase("store") || word.equalsIgnoringCase("storedist") {
                if word.equalsIgnoringCase(keyword) { found = index + 1 }
                index += 1
            }
            index += 1
        }
        return found
    }
}
