// A round: everything parsed from one read of a connection, as steps on shards, and the replies coming back.
import Bytes
import Containers
import Keyspace
import RESP
import Reactor

/// One run of one handler: a whole command, or a scattered command's share of one shard.
struct Step: BitwiseCopyable {
    /// The hash of the first key.
    var hash: UInt64 = 0
    var firstArgument: UInt32 = 0
    var argumentCount: UInt32 = 0
    var command: UInt16 = 0
    var database: UInt16 = 0
    /// The shard it runs on; `Step.local`: where the connection lives.
    var shard: Int16 = Step.local
    var outcome = Verdict.run
    var replies = ReplyMode.on
    /// How many steps make up the command, in its first step.
    var shares: UInt16 = 1
    /// One share of a command: its reply will be taken apart, so it must consist of bytes alone; what is counted of the
    /// command is counted when the shares are merged. A share's `hash` becomes the cycles it took.
    var isShare = false
    /// Where its reply lies in the buffer of its part (or of the round, for local steps).
    var replyStart = 0
    var replyEnd = 0

    static var local: Int16 { -1 }
}

/// What the router decided about a command.
enum Verdict: UInt8, BitwiseCopyable {
    case run
    /// Inside MULTI: kept for EXEC.
    case queued
    case unknownCommand, unknownSubcommand, wrongArity, needsAuthentication, invalidCursor, noMulti
    case outOfMemory
    /// A shard that it needs is in the hands of a script that takes long.
    case busyScript, busyFunction
    /// Not for clients in RESP2 that listen.
    case subscriber
}

/// CLIENT REPLY.
enum ReplyMode: UInt8, BitwiseCopyable {
    case on, off, skip
}

/// What the merging of a scattered command needs beside its steps.
struct Scatter: BitwiseCopyable {
    var firstStep: Int
    /// Where the shards of its keys begin in `Round.keyShards`.
    var firstKeyShard: Int
    var keyCount: Int
    /// The command as it was sent.
    var firstArgument: UInt32
    var argumentCount: UInt32
}

/// The steps of one round that run on one shard.
@safe
struct Part: ~Copyable {
    /// First, so that a part's address is its message's.
    var message: Message
    let round: UnsafeMutablePointer<Round>
    var steps = RawArray<UInt32>()
    let reply: UnsafeMutablePointer<ReplyBuffer>

    init(message: consuming Message, round: UnsafeMutablePointer<Round>) {
        self.message = message
        unsafe self.round = unsafe round
        unsafe reply = .allocate(capacity: 1)
        unsafe reply.initialize(to: ReplyBuffer())
    }
}

/// What the round has become, if it could not be finished at once.
enum RoundKind: UInt8 {
    case parts
    /// One command on a lease of several shards.
    case lease
    /// The queued commands of MULTI on a lease of their shards.
    case transaction
}

/// Lives in raw memory, belongs to one worker, and is attached to a connection from its first byte to its last reply.
@safe
struct Round: ~Copyable {
    /// First, so that a round's address is its batch's.
    var batch: Batch
    var kind = RoundKind.parts
    /// So many steps stood behind CLIENT CACHING.
    var markedSteps = 0
    var connection: UnsafeMutablePointer<Connection>?
    var arguments = ArgumentList()
    /// How many commands the steps are.
    var commandCount = 0
    var steps = RawArray<Step>()
    var scatters = RawArray<Scatter>()
    var keyShards = RawArray<UInt16>()
    /// One part a shard, and their messages.
    let parts: UnsafeMutablePointer<Part>
    let messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>>
    /// The shards that the round needs, in the order they were met, and the same as marks.
    var shards = RawArray<Int>()
    let isShardNeeded: UnsafeMutablePointer<Bool>
    /// Long arguments that were received into memory of their own; each with a reference.
    let retained: UnsafeMutablePointer<RawArray<UnsafeMutableRawPointer>>
    /// The bytes of those arguments.
    var retainedBytes = 0
    /// Replies of local steps and of leases.
    let local: UnsafeMutablePointer<ReplyBuffer>
    let shardCount: Int
    /// The command that waits since this round, or that has been waiting and is run again by it.
    var waiting: WaitingCommand?
    /// That command has found nothing: it waits, or waits on.
    var stillWaits = false
    /// A lease that was answered without having been run.
    var isRefused = false
    /// What the reply of a part keeps for the next time.
    var replyCapacity = 64 << 10
    /// Work of the server itself, instead of steps.
    var task: ((UnsafeMutablePointer<Shard>) -> Void)?

    init(origin: Int, shardCount: Int) {
        unsafe messages = .allocate(capacity: shardCount)
        batch = unsafe Batch(origin: origin, messages: messages)
        unsafe parts = .allocate(capacity: shardCount)
        unsafe isShardNeeded = .allocate(capacity: shardCount)
        unsafe isShardNeeded.initialize(repeating: false, count: shardCount)
        unsafe retained = .allocate(capacity: 1)
        unsafe retained.initialize(to: RawArray())
        unsafe local = .allocate(capacity: 1)
        unsafe local.initialize(to: ReplyBuffer())
        self.shardCount = shardCount
    }

    /// A round in its own memory, with its parts pointing to it.
    static func make(origin: Int, shardCount: Int) -> UnsafeMutablePointer<Round> {
        let round = UnsafeMutablePointer<Round>.allocate(capacity: 1)
        unsafe round.initialize(to: Round(origin: origin, shardCount: shardCount))
        let batch = unsafe UnsafeMutableRawPointer(round).assumingMemoryBound(to: Batch.self)
        for shard in 0..<shardCount {
            unsafe (round.pointee.parts + shard).initialize(
                to: Part(message: Message(batch: batch, shard: shard), round: round))
        }
        return unsafe round
    }

    /// Marks a shard as needed.
    mutating func need(_ shard: Int) {
        if unsafe !isShardNeeded[shard] {
            unsafe isShardNeeded[shard] = true
            shards.append(shard)
        }
    }

    /// Ready for the next commands. Arguments stay: the beginning of a half command may be among them.
    mutating func reset() {
        for index in 0..<shards.count {
            let shard = shards[index]
            unsafe isShardNeeded[shard] = false
            unsafe parts[shard].steps.clear()
            // There may be many rounds, of many parts.
            unsafe parts[shard].reply.pointee.clear(retainedCapacity: replyCapacity)
        }
        shards.clear()
        commandCount = 0
        steps.clear()
        scatters.clear()
        keyShards.clear()
        unsafe local.pointee.clear()
        kind = .parts
        isRefused = false
        markedSteps = 0
    }

    /// Gives back what its lists and buffers hold; nothing of it is in flight. The round itself stays: others may
    /// still look at its messages.
    mutating func shrink() {
        arguments.deallocate()
        steps.deallocate()
        scatters.deallocate()
        keyShards.deallocate()
        shards.deallocate()
        unsafe local.pointee.deallocate()
        for shard in 0..<shardCount {
            unsafe parts[shard].steps.deallocate()
            unsafe parts[shard].reply.pointee.deallocate()
        }
    }

    /// What a round takes that holds next to nothing.
    static func bytes(shardCount: Int) -> Int {
        MemoryLayout<Round>.size + 2 * MemoryLayout<ReplyBuffer>.size
            + shardCount * (MemoryLayout<Part>.size + MemoryLayout<ReplyBuffer>.size + 16)
    }

    /// Forgets the first `count` arguments, and the memory of long ones when none is left.
    mutating func removeArguments(_ count: Int) {
        arguments.removeFirst(count)
        if unsafe arguments.count == 0 && !retained.pointee.isEmpty { releaseRetained() }
    }

    /// Gives back the references to long arguments.
    mutating func releaseRetained() {
        while let address = unsafe retained.pointee.popLast() { unsafe RetainedBytes(address: address).release() }
        retainedBytes = 0
    }

    /// The batch at the beginning of the round.
    static func batch(_ round: UnsafeMutablePointer<Round>) -> UnsafeMutablePointer<Batch> {
        unsafe UnsafeMutableRawPointer(round).assumingMemoryBound(to: Batch.self)
    }

    /// Makes the batch's messages those of the needed shards, ascending.
    mutating func prepareBatch(_ batchKind: BatchKind) {
        var count = 0
        for shard in 0..<shardCount where unsafe isShardNeeded[shard] {
            unsafe messages[count] = unsafe UnsafeMutableRawPointer(parts + shard).assumingMemoryBound(to: Message.self)
            count += 1
        }
        batch.messageCount = count
        batch.kind = batchKind
    }
}
