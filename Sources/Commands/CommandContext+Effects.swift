// What a handler may ask for beside its reply: telling the world of a change.
import Bytes
import Keyspace

/// The kinds of keyspace events, as `notify-keyspace-events` selects them by letter.
/// https://redis.io/docs/latest/develop/use/keyspace-notifications/
package struct KeyspaceEventKind: OptionSet {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `K`: published under the key's name.
    package static let keyspaceChannel = KeyspaceEventKind(rawValue: 1 << 0)
    /// `E`: published under the event's name.
    package static let keyeventChannel = KeyspaceEventKind(rawValue: 1 << 1)
    /// `g`
    package static let generic = KeyspaceEventKind(rawValue: 1 << 2)
    /// `$`
    package static let string = KeyspaceEventKind(rawValue: 1 << 3)
    /// `l`
    package static let list = KeyspaceEventKind(rawValue: 1 << 4)
    /// `s`
    package static let set = KeyspaceEventKind(rawValue: 1 << 5)
    /// `h`
    package static let hash = KeyspaceEventKind(rawValue: 1 << 6)
    /// `z`
    package static let sortedSet = KeyspaceEventKind(rawValue: 1 << 7)
    /// `x`
    package static let expired = KeyspaceEventKind(rawValue: 1 << 8)
    /// `e`
    package static let evicted = KeyspaceEventKind(rawValue: 1 << 9)
    /// `t`
    package static let stream = KeyspaceEventKind(rawValue: 1 << 10)
    /// `m`
    package static let keyMiss = KeyspaceEventKind(rawValue: 1 << 11)
    /// `n`
    package static let new = KeyspaceEventKind(rawValue: 1 << 12)
}

/// Takes the events that somebody wants to hear of: the worker, the event's name and its length, the key and its
/// length, the database's number.
package typealias EventSink =
    @convention(c) (
        UnsafeMutableRawPointer, UnsafeRawPointer, Int, UnsafeRawPointer, Int, Int
    ) -> Void

/// Hears that everything was removed from the shards at hand: the worker, and the number of shards that the command
/// comes to one by one, this one included.
package typealias FlushSink = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

extension CommandContext {
    /// Tells clients that keep copies of keys to forget them all.
    package func forgetReaders() {
        unsafe keyspace.forEachShard { unsafe $0.pointee.forgetReaders() }
        guard let flushSink = unsafe self.flushSink, let worker = unsafe self.worker else { return }
        unsafe flushSink(worker, keyspace.single == nil ? 1 : keyspace.map.shardCount)
    }

    /// Says that `event` (in Redis' words: "del", "expire") has happened to `key` in the selected database, to whom it
    /// may concern. Costs one test where nobody listens.
    @inline(__always)
    package func notify(_ kind: KeyspaceEventKind, _ event: StaticString, _ key: ByteView) {
        notify(kind, event, key, in: database)
    }

    /// The same of a key in another database.
    @inline(__always)
    package func notify(_ kind: KeyspaceEventKind, _ event: StaticString, _ key: ByteView, in database: Int) {
        if unsafe _slowPath(!settings.pointee.keyspaceEvents.isDisjoint(with: kind)) {
            publish(event, key, in: database)
        }
    }

    @inline(never)
    private func publish(_ event: StaticString, _ key: ByteView, in database: Int) {
        guard let eventSink = unsafe eventSink, let worker = unsafe worker else { return }
        let event = ByteView(event)
        unsafe eventSink(worker, event.base, event.count, key.base, key.count, database)
    }
}
