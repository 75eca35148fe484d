// All channels and patterns that anybody has subscribed to, as one worker knows them.
import Bytes
import Containers

/// Every worker has one, and all say the same: who publishes looks into that of its own thread. See docs/pubsub.md.
@safe
struct ChannelDirectory: ~Copyable {
    private var channels: HashTable<ChannelPolicy>
    private var patterns: HashTable<ChannelPolicy>
    private var shardChannels: HashTable<ChannelPolicy>
    /// The patterns once more, to go through them.
    private(set) var patternList = RawArray<Channel>()
    private let workerCount: Int
    private let seed: UInt64

    init(workerCount: Int, seed: UInt64) {
        self.workerCount = workerCount
        self.seed = seed
        channels = HashTable(seed: seed)
        patterns = HashTable(seed: seed)
        shardChannels = HashTable(seed: seed)
    }

    /// Nobody has subscribed to any channel or pattern; shard channels do not count.
    var isEmpty: Bool { channels.count == 0 && patterns.count == 0 }

    func count(_ kind: ChannelKind) -> Int {
        switch kind {
        case .channel: channels.count
        case .pattern: patterns.count
        case .shardChannel: shardChannels.count
        }
    }

    func find(_ name: ByteView, _ kind: ChannelKind) -> Channel? {
        find(name, kind, hash: KeyHash.hash(name, seed: seed))
    }

    func find(_ name: ByteView, _ kind: ChannelKind, hash: UInt64) -> Channel? {
        slot(name, kind, hash).map { unsafe Channel(header: $0.entry.assumingMemoryBound(to: ChannelHeader.self)) }
    }

    private func slot(_ name: ByteView, _ kind: ChannelKind, _ hash: UInt64) -> HashSlot? {
        switch kind {
        case .channel: channels.find(hash: hash, key: name)
        case .pattern: patterns.find(hash: hash, key: name)
        case .shardChannel: shardChannels.find(hash: hash, key: name)
        }
    }

    /// The channel, which is added if it is not there.
    mutating func findOrAdd(_ name: ByteView, _ kind: ChannelKind) -> Channel {
        let hash = KeyHash.hash(name, seed: seed)
        if let channel = find(name, kind, hash: hash) { return channel }
        let channel = Channel.create(name, workerCount: workerCount)
        let entry = unsafe UnsafeMutableRawPointer(channel.header)
        switch kind {
        case .channel: unsafe channels.insert(hash: hash, entry: entry)
        case .shardChannel: unsafe shardChannels.insert(hash: hash, entry: entry)
        case .pattern:
            unsafe patterns.insert(hash: hash, entry: entry)
            unsafe channel.header.pointee.place = patternList.count
            patternList.append(channel)
        }
        return channel
    }

    /// Sets the number of a worker's subscribers; a channel without any goes.
    mutating func setCount(_ count: Int, of worker: Int, _ channel: Channel, _ kind: ChannelKind) {
        channel.setCount(count, of: worker)
        if channel.total == 0 { remove(channel, kind) }
    }

    private mutating func remove(_ channel: Channel, _ kind: ChannelKind) {
        let hash = KeyHash.hash(channel.name, seed: seed)
        guard let slot = slot(channel.name, kind, hash) else { preconditionFailure("a channel that is nowhere") }
        switch kind {
        case .channel: channels.remove(slot, hash: hash)
        case .shardChannel: shardChannels.remove(slot, hash: hash)
        case .pattern:
            patterns.remove(slot, hash: hash)
            let place = unsafe channel.header.pointee.place
            if let last = patternList.popLast(), place < patternList.count {
                patternList[place] = last
                unsafe last.header.pointee.place = place
            }
        }
        channel.destroy()
    }

    func forEach(_ kind: ChannelKind, _ body: (Channel) -> Void) {
        let give: (UnsafeMutableRawPointer) -> Void = {
            unsafe body(Channel(header: $0.assumingMemoryBound(to: ChannelHeader.self)))
        }
        switch kind {
        case .channel: unsafe channels.forEach(give)
        case .pattern: unsafe patterns.forEach(give)
        case .shardChannel: unsafe shardChannels.forEach(give)
        }
    }
}
