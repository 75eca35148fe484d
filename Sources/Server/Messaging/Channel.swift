// One channel (or pattern) as one worker knows it: who listens here, and how many do on every worker.
import Bytes
import Containers
import Platform

/// The three namespaces of what can be subscribed to.
enum ChannelKind: Int {
    case channel, pattern, shardChannel

    /// The confirmations' first words.
    var subscribed: StaticString {
        switch self {
        case .channel: "subscribe"
        case .pattern: "psubscribe"
        case .shardChannel: "ssubscribe"
        }
    }

    var unsubscribed: StaticString {
        switch self {
        case .channel: "unsubscribe"
        case .pattern: "punsubscribe"
        case .shardChannel: "sunsubscribe"
        }
    }
}

/// What stands before the counts and the name in a channel's block.
@safe
struct ChannelHeader {
    let size: Int
    let nameOffset: Int
    let nameLength: Int
    /// Subscribers on all workers.
    var total = 0
    /// One bit for each worker with subscribers.
    var workers: UInt64 = 0
    /// A pattern's place in the list of all patterns.
    var place = 0
    /// The connections of this worker.
    var subscribers = unsafe RawArray<ConnectionPointer>()
}

/// A channel in raw memory of its own: header, one count a worker, name. Used by one worker alone.
@safe
struct Channel: Hashable, BitwiseCopyable {
    let header: UnsafeMutablePointer<ChannelHeader>

    static func == (left: Channel, right: Channel) -> Bool { unsafe left.header == right.header }

    func hash(into hasher: inout Hasher) { unsafe hasher.combine(header) }

    static func create(_ name: ByteView, workerCount: Int) -> Channel {
        let counts = MemoryLayout<ChannelHeader>.stride
        let nameOffset = counts + workerCount * MemoryLayout<Int>.stride
        let size = Allocator.sizeClass(nameOffset + name.count)
        let block = unsafe Allocator.allocate(size)
        let header = unsafe block.bindMemory(to: ChannelHeader.self, capacity: 1)
        unsafe header.initialize(to: ChannelHeader(size: size, nameOffset: nameOffset, nameLength: name.count))
        for worker in 0..<workerCount {
            unsafe (block + counts).storeBytes(of: 0, toByteOffset: worker * 8, as: Int.self)
        }
        unsafe ByteMemory.copy(block + nameOffset, name.base, name.count)
        return unsafe Channel(header: header)
    }

    func destroy() {
        unsafe header.pointee.subscribers.deallocate()
        unsafe Allocator.deallocate(UnsafeMutableRawPointer(header), size: header.pointee.size)
    }

    var name: ByteView {
        unsafe ByteView(
            base: UnsafeRawPointer(header) + header.pointee.nameOffset, count: header.pointee.nameLength)
    }

    /// Subscribers on all workers.
    var total: Int { unsafe header.pointee.total }

    /// One bit for each worker with subscribers.
    var workers: UInt64 { unsafe header.pointee.workers }

    /// Connections of this worker that listen.
    var localCount: Int { unsafe header.pointee.subscribers.count }

    func subscriber(_ index: Int) -> ConnectionPointer { unsafe header.pointee.subscribers[index] }

    /// Adds a connection of this worker; returns its place among them.
    func add(_ connection: ConnectionPointer) -> Int {
        unsafe header.pointee.subscribers.append(connection)
        return unsafe header.pointee.subscribers.count - 1
    }

    /// Takes the connection at a place out; returns the one that has moved there, if any.
    func remove(at place: Int) -> ConnectionPointer? {
        guard let last = unsafe header.pointee.subscribers.popLast(), unsafe place < header.pointee.subscribers.count
        else {
            return nil
        }
        unsafe header.pointee.subscribers[place] = unsafe last
        return unsafe last
    }

    /// Sets the number of a worker's subscribers.
    func setCount(_ count: Int, of worker: Int) {
        let counts = unsafe UnsafeMutableRawPointer(header) + MemoryLayout<ChannelHeader>.stride
        let place = unsafe (counts + worker * MemoryLayout<Int>.stride).assumingMemoryBound(to: Int.self)
        unsafe header.pointee.total += count - place.pointee
        unsafe place.pointee = count
        let bit = UInt64(1) << UInt64(worker)
        if count > 0 { unsafe header.pointee.workers |= bit } else { unsafe header.pointee.workers &= ~bit }
    }
}

/// How the tables of channels read what they point to.
enum ChannelPolicy: HashTablePolicy {
    private static func channel(_ entry: UnsafeMutableRawPointer) -> Channel {
        unsafe Channel(header: entry.assumingMemoryBound(to: ChannelHeader.self))
    }

    static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64 {
        unsafe KeyHash.hash(channel(entry).name, seed: seed)
    }

    static func matches(_ entry: UnsafeMutableRawPointer, _ key: ByteView) -> Bool { unsafe channel(entry).name == key }

    static func deadline(of entry: UnsafeMutableRawPointer) -> Int64 { .max }
}
