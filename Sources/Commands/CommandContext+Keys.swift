// Short cuts of handlers to the entries behind their keys.
import Bytes
import Containers
import Keyspace
import RESP

extension CommandContext {
    /// The slice of the selected database on which the key lives.
    @inline(__always)
    package func database(of key: Key) -> Database {
        unsafe key.shard.pointee.database(keyspace.databaseIndex)
    }

    /// The key's entry, or nil; see `Lookup` for what else it does.
    @inline(__always)
    package func find(_ key: Key, _ lookup: Lookup = .read) -> Found? {
        guard let found = database(of: key).find(key.name, hash: key.hash, now: keyspace.now, lookup) else {
            if lookup.contains(.counts) && !lookup.contains(.silent) { notify(.keyMiss, "keymiss", key.name) }
            return nil
        }
        return found
    }

    /// Sets the key to a value and a deadline (`Int64.max`: none). `found` is what `find` returned for the key just
    /// before.
    @inline(__always)
    @discardableResult
    package func set(
        _ key: Key, replacing found: Found?, _ value: NewValue, deadline: Int64 = .max
    ) -> Found {
        database(of: key).set(key.name, hash: key.hash, replacing: found, value, deadline: deadline)
    }

    /// A string value made of an argument: a long one that was received into memory of its own is taken over as it is.
    @inline(__always)
    package func newString(_ index: Int) -> NewValue {
        let text = arguments[index]
        if _slowPath(text.count > ValueEncoding.rawLimit) { return longString(text) }
        return .string(text)
    }

    private func longString(_ text: ByteView) -> NewValue {
        if let bytes = retainedBytes(of: text) { return .retained(bytes) }
        return .string(text)
    }

    /// The block that the argument was received into, if it has one of its own, with a reference for the caller.
    package func retainedArgument(_ index: Int) -> RetainedBytes? { retainedBytes(of: arguments[index]) }

    private func retainedBytes(of text: ByteView) -> RetainedBytes? {
        guard let list = unsafe retainedArguments else { return nil }
        for index in unsafe 0..<list.pointee.count {
            let bytes = unsafe RetainedBytes(address: list.pointee[index])
            if unsafe bytes.start == text.base {
                bytes.retain()
                return bytes
            }
        }
        return nil
    }

    /// Removes the key's entry.
    package func remove(_ key: Key, _ found: Found) {
        database(of: key).remove(found, hash: key.hash)
    }

    /// Notes that the key was changed: one more change, and the event for who listens.
    @inline(__always)
    package func changed(_ key: Key, _ kind: KeyspaceEventKind, _ event: StaticString) {
        database(of: key).noteChanges()
        notify(kind, event, key.name)
    }

    /// The same of the key in another database.
    package func changed(_ key: Key, _ kind: KeyspaceEventKind, _ event: StaticString, in database: Int) {
        unsafe key.shard.pointee.database(database).noteChanges()
        notify(kind, event, key.name, in: database)
    }

    /// Replies with a string value as a bulk; a large one is sent from where it is.
    @inline(__always)
    package func replyString(_ entry: Entry) {
        let encoding = entry.encoding
        if _fastPath(encoding == .embedded || encoding == .raw) { return reply.bulk(entry.stringBytes) }
        if encoding == .integer { return reply.bulk(integer: entry.integer) }
        let bytes = entry.retainedBytes
        if bytes.count > referenceThreshold { reply.bulk(reference: bytes) } else { reply.bulk(bytes.view) }
    }

    /// The key's entry if it is of this type. Absent: `.absent`; of another type: an error was replied.
    @inline(__always)
    package func find(_ key: Key, as type: ValueType, _ lookup: Lookup = .read) -> TypedLookup {
        guard let found = find(key, lookup) else { return .absent }
        if _fastPath(found.entry.type == type) { return .found(found) }
        reply.error(ErrorText.wrongType)
        return .refused
    }

    /// The key's entry if it is a string.
    @inline(__always)
    package func findString(_ key: Key, _ lookup: Lookup = .read) -> TypedLookup { find(key, as: .string, lookup) }

    /// Removes an entry whose collection has become empty, and says so.
    package func removeEmptied(_ key: Key, _ found: Found) {
        remove(key, found)
        notify(.generic, "del", key.name)
    }
}

/// What came of looking for a value of a type.
package enum TypedLookup {
    case found(Found)
    case absent
    /// An error was replied already.
    case refused

    /// Nil if there is nothing, or nothing of the type.
    @inline(__always)
    var found: Found? {
        guard case .found(let found) = self else { return nil }
        return found
    }

    @inline(__always)
    var isRefused: Bool {
        guard case .refused = self else { return false }
        return true
    }
}
