// What a hash table needs to know about the entries it points to.

/// The hash table stores pointers; this tells it how to read what they point to. Every requirement is a static
/// function, so that the specialised table calls them directly and no callback is left on the way to an entry.
@usableFromInline
package protocol HashTablePolicy {
    /// What entries are looked up by.
    associatedtype Key

    /// The hash of the entry's key: the same value that is passed along with the key.
    static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64

    /// Whether the entry's key is `key`.
    static func matches(_ entry: UnsafeMutableRawPointer, _ key: Key) -> Bool

    /// When the entry expires, in the caller's unit of time; `Int64.max` if never.
    static func deadline(of entry: UnsafeMutableRawPointer) -> Int64
}

/// Where an entry stands in a hash table: valid until the next insertion into or removal from that table.
@safe
@usableFromInline
package struct HashSlot {
    @usableFromInline let bucket: UnsafeMutableRawPointer
    @usableFromInline let index: Int

    @inlinable
    init(bucket: UnsafeMutableRawPointer, index: Int) {
        unsafe self.bucket = unsafe bucket
        self.index = index
    }

    /// The entry in this slot.
    @inlinable
    package var entry: UnsafeMutableRawPointer {
        unsafe bucket.load(fromByteOffset: 8 &+ index &* 8, as: UnsafeMutableRawPointer.self)
    }

    /// Puts another entry with the same key in the slot: the entry was reallocated.
    @inlinable
    package func replace(with entry: UnsafeMutableRawPointer) {
        unsafe bucket.storeBytes(of: entry, toByteOffset: 8 &+ index &* 8, as: UnsafeMutableRawPointer.self)
    }
}
