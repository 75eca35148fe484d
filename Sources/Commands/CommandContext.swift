// What a handler sees of the world: its arguments, the keyspace, the reply, and the effects it may ask for.
import Bytes
import Containers
import Keyspace
import RESP

/// Limits and switches that handlers read; replaced whole when the configuration changes.
package struct CommandSettings {
    /// The longest string a value may become (`proto-max-bulk-len`).
    package var maximumStringLength = 512 << 20
    /// Whether the eviction policy is one of the LFU family, so that OBJECT FREQ means something.
    package var usesFrequency = false
    package var databaseCount = 16
    /// Up to where sets are intsets and listpacks.
    package var setLimits = SetLimits()
    /// How large the nodes of lists become (`list-max-listpack-size`).
    package var listNodeLimit = NodeLimit(directive: -2)
    /// When a small hash becomes a big one; the seed is not set here.
    package var hashLimits = HashLimits()
    /// Up to where sorted sets are kept in listpacks.
    package var sortedSetLimits = SortedSetLimits()
    /// How large the nodes of streams become.
    package var streamLimits = StreamLimits()
    /// Up to how many bytes a HyperLogLog stays sparse (`hll-sparse-max-bytes`).
    package var sparseHyperLogLogBytes = 3000
    /// The kinds of events that somebody wants to hear of.
    package var keyspaceEvents: KeyspaceEventKind = []

    package init() {}
}

/// The context of one command. One lives in each worker's memory and is filled anew for every command.
@safe
package struct CommandContext {
    /// The command's name and arguments.
    package var arguments: Arguments
    /// The hash of the first key, computed by the router.
    package var firstKeyHash: UInt64 = 0
    /// The position of the first key among the arguments; 0: no key.
    package var firstKeyIndex: Int = 0
    package var keyspace: KeyspaceView
    package var reply: ReplyWriter
    package var settings: UnsafePointer<CommandSettings>
    /// The table entry being run.
    package var commandIndex: Int = 0
    /// The connection that asked, for the commands of the server itself; nil for the server's own work.
    package var connection: UnsafeMutableRawPointer?
    /// The worker that runs it, for the commands of the server itself.
    package var worker: UnsafeMutableRawPointer?
    /// Where events of keys go; nil: nowhere.
    package var eventSink: EventSink?
    /// Where it is told that everything was removed; nil: nowhere.
    package var flushSink: FlushSink?
    /// Whether its connection listens to channels.
    package var isSubscriber = false
    /// Whether the command runs inside EXEC or a script.
    package var isInTransaction = false
    /// Set by a handler that found nothing and wants its command to wait: see `block`.
    package var waiting = WaitRequest()
    /// The position of the key for whose sake a waiting command is run again; 0: it runs for the first time.
    package var servedIndex = 0
    /// Values larger than this may be referenced by the reply instead of copied; `Int.max` where replies are merged.
    package var referenceThreshold = Int.max
    /// Arguments that were received into memory of their own (`RetainedBytes` by address), so that it can become a
    /// value.
    package var retainedArguments: UnsafeMutablePointer<RawArray<UnsafeMutableRawPointer>>?

    package init(
        arguments: Arguments, keyspace: KeyspaceView, reply: ReplyWriter, settings: UnsafePointer<CommandSettings>
    ) {
        self.arguments = arguments
        self.keyspace = keyspace
        self.reply = reply
        unsafe self.settings = unsafe settings
    }
}

/// A key argument with its hash and the shard it lives on.
@safe
package struct Key {
    package let name: ByteView
    package let hash: UInt64
    package let shard: UnsafeMutablePointer<Shard>
}

extension CommandContext {
    /// The key at position `index`. Its shard is held.
    @inline(__always)
    package func key(_ index: Int = 1) -> Key {
        let name = arguments[index]
        if let single = unsafe keyspace.single {
            let hash = index == firstKeyIndex ? firstKeyHash : keyspace.map.hash(name)
            return unsafe Key(name: name, hash: hash, shard: single)
        }
        let route = keyspace.map.route(name)
        return unsafe Key(name: name, hash: route.hash, shard: keyspace.shards[route.shard])
    }

    /// The selected database's index.
    package var database: Int { keyspace.databaseIndex }
    /// Milliseconds since the Unix epoch, the same during the whole command.
    package var now: Int64 { keyspace.now }
}

/// The shards as one command sees them: a single one that is held, or a lease.
@safe
package struct KeyspaceView {
    /// All shards; only held ones may be touched.
    package var shards: UnsafeMutablePointer<UnsafeMutablePointer<Shard>>
    package var map: ShardMap
    /// The shard that is held, if it is only one.
    package var single: UnsafeMutablePointer<Shard>?
    package var databaseIndex = 0
    /// Milliseconds since the Unix epoch.
    package var now: Int64 = 0

    package init(shards: UnsafeMutablePointer<UnsafeMutablePointer<Shard>>, map: ShardMap) {
        unsafe self.shards = unsafe shards
        self.map = map
    }

    /// The shards that a command on all shards runs over: the single one, or every one.
    package func forEachShard(_ body: (UnsafeMutablePointer<Shard>) -> Void) {
        if let single = unsafe single { return unsafe body(single) }
        for index in 0..<map.shardCount { unsafe body(shards[index]) }
    }
}

/// Which shard a key lives on.
@usableFromInline
package struct ShardMap {
    @usableFromInline package let seed: UInt64
    @usableFromInline package let shardCount: Int

    package init(seed: UInt64, shardCount: Int) {
        self.seed = seed
        self.shardCount = shardCount
    }

    @inlinable
    @inline(__always)
    package func hash(_ key: ByteView) -> UInt64 { KeyHash.hash(key, seed: seed) }

    /// The key's hash, and the shard by the hash of its tag: bits 8 to 31, which the table does not use.
    @inlinable
    @inline(__always)
    package func route(_ key: ByteView) -> (hash: UInt64, shard: Int) {
        let hash = hash(key)
        if shardCount == 1 { return (hash, 0) }
        let tag = HashTag.of(key)
        return (hash, shard(ofHash: tag.count == key.count ? hash : self.hash(tag)))
    }

    @inlinable
    @inline(__always)
    package func shard(ofHash hash: UInt64) -> Int {
        Int(truncatingIfNeeded: (((hash &>> 8) & 0xff_ffff) &* UInt64(truncatingIfNeeded: shardCount)) &>> 24)
    }
}
