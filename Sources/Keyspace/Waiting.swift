// Commands that wait for a key to get something for them: BLPOP and its like.
import Bytes
import Containers

/// Who waits for which key, first come, first served, and which of those keys have changed. What a waiting command is,
/// only the server knows: here it is a reference.
package struct WaitingCommands {
    private var queues: [ObservedKey: [AnyObject]] = [:]
    /// Keys that have changed while somebody waits for them, in the order of their changes.
    private var changed: [ObservedKey] = []

    /// Whether a key has changed that somebody waits for.
    package private(set) var hasChanges = false

    mutating func noteChange(of key: ObservedKey) {
        guard queues[key] != nil, !changed.contains(key) else { return }
        changed.append(key)
        hasChanges = true
    }

    /// The same of all keys of a database.
    mutating func noteChanges(in database: Int) {
        for key in queues.keys where key.database == database { noteChange(of: key) }
    }

    /// The next key that has changed. It is no longer marked as such.
    package mutating func nextChanged() -> ObservedKey? {
        guard !changed.isEmpty else {
            hasChanges = false
            return nil
        }
        let key = changed.removeFirst()
        hasChanges = !changed.isEmpty
        return key
    }

    /// Those who wait for a key, the first one first.
    package func queue(of key: ObservedKey) -> [AnyObject] { queues[key] ?? [] }

    /// Adds to the end of a queue; returns whether it is the only one there.
    mutating func append(_ command: AnyObject, to key: ObservedKey) -> Bool {
        queues[key, default: []].append(command)
        return queues[key]?.count == 1
    }

    /// Takes a command out of a queue; returns whether the queue is empty now.
    mutating func remove(_ command: AnyObject, from key: ObservedKey) -> Bool {
        guard var queue = queues[key], let place = queue.firstIndex(where: { $0 === command }) else { return false }
        queue.remove(at: place)
        queues[key] = queue.isEmpty ? nil : queue
        return queue.isEmpty
    }
}

extension Database {
    /// Puts a command at the end of the key's queue. From now on every change of the key is noted in
    /// `Shard.waiting`.
    package func wait(for key: ByteView, _ command: AnyObject) {
        let observed = ObservedKey(database: index, name: key.bytes)
        if unsafe shard.pointee.waiting.append(command, to: observed) { unsafe storage.pointee.observedCount += 1 }
    }

    /// Takes a command out of the key's queue, if it is there.
    package func stopWaiting(for key: ByteView, _ command: AnyObject) {
        let observed = ObservedKey(database: index, name: key.bytes)
        if unsafe shard.pointee.waiting.remove(command, from: observed) { unsafe storage.pointee.observedCount -= 1 }
    }

    /// Marks the key as changed for those who wait for it.
    package func wake(_ key: ByteView) {
        unsafe shard.pointee.waiting.noteChange(of: ObservedKey(database: index, name: key.bytes))
    }
}
