// Commands from the bytes of the request to the bytes of the reply, without a socket and without a second thread.
import Bytes
import Commands
import Keyspace
import RESP

/// One shard with so many keys, and requests for them in turn.
@safe
private final class CommandSubject {
    private let table = CommandTable([stringCommands])
    private let map = ShardMap(seed: 42, shardCount: 1)
    private let shards: UnsafeMutablePointer<UnsafeMutablePointer<Shard>>
    private let reply: UnsafeMutablePointer<ReplyBuffer>
    private let settings: UnsafeMutablePointer<CommandSettings>
    private var input = ByteBuffer()
    private var position = 0
    private var parser = RequestParser()
    private var arguments = ArgumentList()
    private let limits = RequestParser.Limits()

    /// `read` is what comes in again and again; `written` is executed once before.
    init(read: [String], written: [String]) {
        unsafe shards = .allocate(capacity: 1)
        unsafe shards.initialize(to: Shard.create(index: 0, databaseCount: 1, seed: 42))
        unsafe reply = .allocate(capacity: 1)
        unsafe reply.initialize(to: ReplyBuffer())
        unsafe settings = .allocate(capacity: 1)
        unsafe settings.initialize(to: CommandSettings())
        for request in written { input.append(request) }
        for _ in written { _ = runNext() }
        input.truncate(to: 0)
        position = 0
        for request in read { input.append(request) }
    }

    deinit {
        unsafe Shard.destroy(shards[0])
        unsafe shards.deallocate()
        unsafe reply.pointee.deallocate()
        unsafe reply.deallocate()
        unsafe settings.deallocate()
        input.deallocate()
        arguments.deallocate()
    }

    /// Runs the next request; returns how many bytes the reply has.
    @inline(never)
    func runNext() -> Int {
        if position == input.count { position = 0 }
        arguments.clear()
        guard let base = unsafe input.base,
            unsafe parser.next(base, &position, input.count, into: &arguments, limits: limits) == .command
        else { preconditionFailure("no request") }
        let command = table.find(arguments[0])
        precondition(command >= 0, "no such command")
        var keyspace = unsafe KeyspaceView(shards: shards, map: map)
        unsafe keyspace.single = unsafe shards[0]
        keyspace.now = 1_000_000
        unsafe reply.pointee.clear()
        var context = unsafe CommandContext(
            arguments: arguments.window(from: 0, count: arguments.count), keyspace: keyspace,
            reply: ReplyWriter(reply, protocolVersion: 2), settings: settings)
        context.commandIndex = command
        context.firstKeyIndex = 1
        context.firstKeyHash = map.hash(arguments[1])
        unsafe withUnsafeMutablePointer(to: &context) {
            unsafe table.compiled[command].handler(UnsafeMutableRawPointer($0))
        }
        return unsafe reply.pointee.length
    }
}

func commandBenchmarks() {
    let count = 100_000
    // The order is one that caches cannot guess; the step shares no factor with the count.
    let order = (0..<count).map { $0 * 61_803 % count }
    let writes = order.map { RequestText.set($0) }
    let getting = CommandSubject(read: order.map { RequestText.get($0) }, written: writes)
    repeated("GET from request to reply") { getting.runNext() }
    let setting = CommandSubject(read: writes, written: writes)
    repeated("SET from request to reply") { setting.runNext() }
}
