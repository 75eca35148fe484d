// Keyspace events: what happens to keys, published as messages to whoever listens.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import Reactor

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Publishes an event of a key, under the key's name, the event's, or both, as the configuration wants it.
    func publishEvent(_ event: ByteView, _ key: ByteView, database: Int) {
        if unsafe self.pointee.directory.isEmpty { return }
        let kinds = unsafe self.pointee.settings.pointee.keyspaceEvents
        if kinds.contains(.keyspaceChannel) { unsafe publish(event, on: "__keyspace@", database, key) }
        if kinds.contains(.keyeventChannel) { unsafe publish(key, on: "__keyevent@", database, event) }
    }

    private func publish(_ payload: ByteView, on prefix: StaticString, _ database: Int, _ name: ByteView) {
        unsafe self.pointee.channelName.removeAll(keepingCapacity: true)
        unsafe self.pointee.channelName.append(prefix)
        unsafe self.pointee.channelName.append(decimal: Int64(database))
        unsafe self.pointee.channelName.append("__:")
        unsafe self.pointee.channelName.append(name)
        _ = unsafe publish(self.pointee.channelName.view, .channel, payload)
    }

    /// The same for what no command has asked for, if somebody wants to hear of its kind.
    func publishEvent(_ kind: KeyspaceEventKind, _ event: StaticString, _ key: ByteView, _ database: Database) {
        if unsafe self.pointee.settings.pointee.keyspaceEvents.isDisjoint(with: kind) { return }
        unsafe publishEvent(ByteView(event), key, database: database.index)
    }

    /// The worker on whose thread this is called.
    static var current: WorkerStatePointer? {
        unsafe ThreadValue.pointer?.assumingMemoryBound(to: WorkerState.self)
    }
}

/// Where handlers hand their events to.
let publishEventOfCommand: EventSink = { worker, event, eventLength, key, keyLength, database in
    unsafe worker.assumingMemoryBound(to: WorkerState.self).publishEvent(
        ByteView(base: event, count: eventLength), ByteView(base: key, count: keyLength), database: database)
}

extension ServerState {
    /// Makes the shards tell of what happens to their keys by itself. Before the threads start.
    func watchShards() {
        for index in 0..<map.shardCount {
            let shard = unsafe shards[index]
            unsafe shard.pointee.onExpired = { database, entry in
                unsafe WorkerStatePointer.current?.publishEvent(.expired, "expired", entry.key, database)
            }
            unsafe shard.pointee.onEvicted = { database, entry in
                unsafe WorkerStatePointer.current?.publishEvent(.evicted, "evicted", entry.key, database)
            }
            unsafe shard.pointee.onAdded = { database, entry in
                unsafe WorkerStatePointer.current?.publishEvent(.new, "new", entry.key, database)
            }
            unsafe shard.pointee.onFieldsExpired = { database, entry in
                guard let worker = unsafe WorkerStatePointer.current else { return }
                unsafe worker.publishEvent(.hash, "hexpired", entry.key, database)
                if HashValue(entry.external).count == 0 {
                    unsafe worker.publishEvent(.generic, "del", entry.key, database)
                }
            }
        }
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Lets the home shards tell of keys that are added only while somebody wants to know.
    func adjustAdditions(from old: KeyspaceEventKind) {
        let wanted = unsafe self.pointee.settings.pointee.keyspaceEvents.contains(.new)
        if old.contains(.new) == wanted { return }
        let workerCount = unsafe self.pointee.server.takeUnretainedValue().workerCount
        for shard in unsafe stride(from: self.pointee.index, to: self.pointee.map.shardCount, by: workerCount) {
            unsafe runOnShard(shard) { unsafe $0.pointee.reportsAdditions = wanted }
        }
    }
}
