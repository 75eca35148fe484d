// A command that waits for a key: BLPOP and its like, between "there is nothing" and its reply.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor
import Synchronization

/// Stands in the queues of its keys and belongs to its session. Whoever wants to end the wait takes the command first:
/// the server of a changed key, the clock, CLIENT UNBLOCK, or the end of the connection; only one of them can.
///
/// What is not atomic is written before the command is put into a queue, by whoever has taken it, or at home.
@safe
final class WaitingCommand: @unchecked Sendable {
    enum State {
        /// Anybody may take it.
        static let waiting: UInt8 = 0
        /// It is on its way to a lease of all its shards, and keeps its places until that has gone wrong or well.
        static let retrying: UInt8 = 1
        static let taken: UInt8 = 2
    }

    /// One of the keys it waits for.
    struct WaitedKey {
        let name: [UInt8]
        let hash: UInt64
        let shard: Int
        /// Its position among the arguments.
        let index: Int
    }

    let home: WorkerStatePointer
    let token: UInt64
    let step: Step
    let protocolVersion: Int
    let type: ValueType
    /// In milliseconds since the epoch; 0: never.
    let deadline: Int64
    /// When its keys are looked at next though nobody has changed them; 0: never. For its home alone.
    var wakeTime: Int64
    let wakeInterval: Int64
    let surrender: WaitRequest.Surrender
    let condition: WaitRequest.Condition?
    let keys: [WaitedKey]
    /// It has other keys beside those it waits for, whose shards it needs when it runs.
    let needsLease: Bool
    /// All shards of all its keys.
    let shards: [Int]
    private var bytes = ByteBuffer()
    private let lengths: [Int]
    private let state = Atomic<UInt8>(State.waiting)

    /// Its reply, from whoever took it; on the way to the home worker.
    var reply: [UInt8] = []
    /// The reply has arrived.
    var isDelivered = false

    /// - Parameter request: what the handler asked for; its keys are looked up in `map`.
    init(
        _ connection: ConnectionPointer, _ step: Step, _ context: UnsafeMutablePointer<CommandContext>,
        _ request: WaitRequest, map: ShardMap, shards: [Int]
    ) {
        unsafe home = unsafe connection.pointee.worker
        token = unsafe connection.pointee.token
        protocolVersion = unsafe connection.pointee.protocolVersion
        self.step = step
        type = request.type
        deadline = request.deadline
        wakeTime = request.wakeTime
        wakeInterval = request.wakeInterval
        surrender = request.surrender
        unsafe condition = unsafe request.condition
        self.shards = shards
        let arguments = unsafe context.pointee.arguments
        var keys: [WaitedKey] = []
        for index in request.keys {
            let name = arguments[index].bytes
            if keys.contains(where: { $0.name == name }) { continue }
            let route = map.route(arguments[index])
            keys.append(WaitedKey(name: name, hash: route.hash, shard: route.shard, index: index))
        }
        self.keys = keys
        needsLease = !shards.allSatisfy { shard in keys.contains { $0.shard == shard } } || keys.isEmpty
        var lengths: [Int] = []
        for index in 0..<arguments.count {
            let start = bytes.count
            if let substitute = unsafe request.substitute {
                let room = unsafe bytes.writableTail(minimum: 48)
                let length = unsafe substitute(
                    UnsafeMutableRawPointer(context), index, room.baseAddress.unsafelyUnwrapped)
                if length >= 0 { bytes.advance(by: length) } else { bytes.append(arguments[index]) }
            } else {
                bytes.append(arguments[index])
            }
            lengths.append(bytes.count - start)
        }
        self.lengths = lengths
    }

    deinit { bytes.deallocate() }

    /// The memory that it takes, places in queues included.
    var memoryBytes: Int {
        bytes.capacity + lengths.count * 8
            + keys.reduce(256) { $0 + 2 * $1.name.count + MemoryLayout<WaitedKey>.stride + 64 }
    }

    /// Ends the wait for everybody else. True: it is the caller's now.
    func take() -> Bool { exchange(State.waiting, State.taken) }

    /// The same of a command that was to run on a lease: whether it may.
    func beginRetry() -> Bool { exchange(State.waiting, State.retrying) }

    /// The lease found nothing: it waits on.
    func endRetry() { state.store(State.waiting, ordering: .sequentiallyConsistent) }

    func takeAfterRetry() { state.store(State.taken, ordering: .sequentiallyConsistent) }

    var isTaken: Bool { state.load(ordering: .sequentiallyConsistent) == State.taken }
    var isRetrying: Bool { state.load(ordering: .sequentiallyConsistent) == State.retrying }

    private func exchange(_ expected: UInt8, _ desired: UInt8) -> Bool {
        state.compareExchange(expected: expected, desired: desired, ordering: .sequentiallyConsistent).exchanged
    }

    /// Makes its reply the one that says that nothing came.
    func surrenderReply() {
        let text: StaticString =
            protocolVersion >= 3 ? "_\r\n" : surrender == .null ? "$-1\r\n" : "*-1\r\n"
        reply = ByteView(text).bytes
    }

    /// Leaves the queues of its keys on a shard, which is held. `wakingOthers`: those behind it may have their turn.
    func leaveQueues(of shard: UnsafeMutablePointer<Shard>, wakingOthers: Bool) {
        let database = unsafe shard.pointee.database(Int(step.database))
        for key in keys where unsafe key.shard == shard.pointee.index {
            ByteView.withView(key.name) {
                database.stopWaiting(for: $0, self)
                if wakingOthers { database.wake($0) }
            }
        }
    }

    /// Has its keys on a shard, which is held, looked at as if they had changed.
    func wakeKeys(of shard: UnsafeMutablePointer<Shard>) {
        let database = unsafe shard.pointee.database(Int(step.database))
        for key in keys where unsafe key.shard == shard.pointee.index {
            ByteView.withView(key.name) { database.wake($0) }
        }
    }

    /// Appends the arguments to `list`, as views of this command's own copy.
    func writeArguments(to list: inout ArgumentList) {
        var rest = bytes.view
        for length in lengths {
            list.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
    }
}
