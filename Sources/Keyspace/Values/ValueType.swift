// The types of values and the ways in which they are stored.

/// What a value is, as TYPE names it.
@usableFromInline
package enum ValueType: UInt8 {
    case string, list, set, sortedSet, hash, stream

    /// The answer of TYPE.
    package var name: StaticString {
        switch self {
        case .string: "string"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "zset"
        case .hash: "hash"
        case .stream: "stream"
        }
    }
}

/// How a value is stored. The raw value is part of an entry's header; what is not in the entry itself is an external
/// object, to which the entry holds a pointer.
@usableFromInline
package enum ValueEncoding: UInt8 {
    /// A string that is the canonical text of a 64-bit integer: eight bytes in the entry.
    case integer
    /// A short string that was set whole, in the entry.
    case embedded
    /// Any other string in the entry.
    case raw
    /// A long string in a `RetainedBytes`.
    case retained
    /// A small list, set, sorted set or hash in a `Listpack`.
    case listpack
    /// A small hash some of whose fields have deadlines: a `Listpack` of field, value and deadline.
    case listpackWithDeadlines
    /// A small set of integers.
    case integerSet
    /// A list in a chain of listpacks.
    case quicklist
    /// A set or a hash in a hash table of its own.
    case hashTable
    /// A sorted set in a counted tree, with a hash table beside it.
    case sortedTree
    /// A stream: a tree of listpacks, and its consumer groups.
    case stream

    /// Whether the value is an external object.
    @inlinable package var isExternal: Bool { rawValue >= ValueEncoding.retained.rawValue }

    /// The answer of OBJECT ENCODING.
    package var name: StaticString {
        switch self {
        case .integer: "int"
        case .embedded: "embstr"
        case .raw, .retained: "raw"
        case .listpack: "listpack"
        case .listpackWithDeadlines: "listpackex"
        case .integerSet: "intset"
        case .quicklist: "quicklist"
        case .hashTable: "hashtable"
        // Redis' name of what does the same there.
        case .sortedTree: "skiplist"
        case .stream: "stream"
        }
    }

    /// The longest string that is stored as `embedded`.
    @inlinable package static var embeddedLimit: Int { 44 }

    /// The longest string that is stored in the entry.
    @inlinable package static var rawLimit: Int { 32 << 10 }

    /// The longest string that grows in the entry; beyond it, a string that grows moves out and gets spare room.
    @inlinable package static var growthLimit: Int { 1 << 10 }
}
