// What MULTI has queued and WATCH is watching.
import Bytes
import Containers
import Platform
import RESP

/// The commands between MULTI and EXEC, copied out of the read buffer.
struct QueuedTransaction {
    struct Queued: BitwiseCopyable {
        var command: UInt16
        var argumentCount: UInt32
        var firstLength: UInt32
    }

    private(set) var commands = RawArray<Queued>()
    private var lengths = RawArray<Int>()
    private var bytes = ByteBuffer()
    /// A command was refused while queueing: EXEC will refuse all.
    var isAborted = false
    /// Watched keys; the flag is set by whoever changes one of them.
    private(set) var watched: [WatchedKey] = []
    /// The memory that watched keys take, here and in their shards.
    private(set) var watchedBytes = 0
    var flag: AtomicFlag?

    struct WatchedKey: Equatable {
        let database: Int
        let name: [UInt8]
        let hash: UInt64
        let shard: Int
    }

    var count: Int { commands.count }

    /// The memory that the queue takes.
    var memoryBytes: Int { bytes.capacity + lengths.count * 8 + commands.count * 12 }

    mutating func append(_ arguments: Arguments, command: UInt16) {
        commands.append(
            Queued(
                command: command, argumentCount: UInt32(truncatingIfNeeded: arguments.count),
                firstLength: UInt32(truncatingIfNeeded: lengths.count)))
        for index in 0..<arguments.count {
            lengths.append(arguments[index].count)
            bytes.append(arguments[index])
        }
    }

    /// Appends all arguments to `list`, as views of this queue.
    func writeArguments(to list: inout ArgumentList) {
        var rest = bytes.view
        for index in 0..<lengths.count {
            list.append(rest.prefix(lengths[index]))
            rest = rest.dropFirst(lengths[index])
        }
    }

    mutating func watch(_ key: WatchedKey) {
        watched.append(key)
        watchedBytes += 2 * key.name.count + MemoryLayout<WatchedKey>.stride + 128
    }

    mutating func forgetWatched() {
        watched = []
        watchedBytes = 0
        flag = nil
    }

    /// Forgets the commands, not the watched keys.
    mutating func clear() {
        commands.deallocate()
        lengths.deallocate()
        bytes.deallocate()
        isAborted = false
    }
}
