// Changing collections in place.
import Bytes
import Containers
import Platform

extension Database {
    /// Lets `body` change the external object of an entry, which it may move or give another encoding; the memory that
    /// it gains or loses is accounted for. Who watches the key or waits for it is told. An object that has become empty
    /// must be removed: see `remove`.
    /// - Precondition: the entry's encoding is external.
    @inlinable
    @inline(__always)
    package func change<Result>(_ found: Found, _ body: (inout ExternalValue) -> Result) -> Result {
        if unsafe _slowPath(storage.pointee.observedCount != 0) { touch(found.entry.key) }
        return reshape(found, body)
    }

    /// The same for what looks no different afterwards: an object that is only stored in another way.
    @inlinable
    @inline(__always)
    package func reshape<Result>(_ found: Found, _ body: (inout ExternalValue) -> Result) -> Result {
        let before = found.entry.external
        let bytes = before.memoryBytes
        var value = before
        let result = body(&value)
        if unsafe value.address != before.address || value.encoding != before.encoding { found.entry.external = value }
        account(value.memoryBytes &- bytes)
        return result
    }

    /// Frees in slices what was taken out of an object; until then its memory counts.
    package func freeLater(_ value: ExternalValue) {
        account(value.memoryBytes)
        unsafe shard.pointee.freeLater(value)
    }
}
