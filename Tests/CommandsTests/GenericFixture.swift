// Shards and a context for the tests of handlers, driven with text.
import Bytes
import Commands
import Keyspace
import RESP

/// So many shards with two databases each; freed when the fixture goes.
@safe
final class GenericFixture {
    let shardCount: Int
    let map: ShardMap
    let table = CommandTable([stringCommands, listCommands, setCommands, genericCommands])
    var now: Int64 = 1_000_000
    private let shards: UnsafeMutablePointer<UnsafeMutablePointer<Shard>>
    private let buffer: UnsafeMutablePointer<ReplyBuffer>
    private let settings: UnsafeMutablePointer<CommandSettings>

    init(shardCount: Int) {
        self.shardCount = shardCount
        map = ShardMap(seed: 42, shardCount: shardCount)
        unsafe shards = .allocate(capacity: shardCount)
        for index in 0..<shardCount {
            unsafe shards[index] = unsafe Shard.create(index: index, databaseCount: 2, seed: 42)
        }
        unsafe buffer = .allocate(capacity: 1)
        unsafe buffer.initialize(to: ReplyBuffer())
        unsafe settings = .allocate(capacity: 1)
        unsafe settings.initialize(to: CommandSettings())
    }

    deinit {
        for index in 0..<shardCount { unsafe Shard.destroy(shards[index]) }
        unsafe shards.deallocate()
        unsafe buffer.pointee.deallocate()
        unsafe buffer.deallocate()
        unsafe settings.deallocate()
    }

    /// The bytes that all shards hold.
    var usedBytes: Int { (0..<shardCount).reduce(0) { unsafe $0 + shards[$1].pointee.usedBytes } }

    /// Frees what waits to be freed in slices.
    func freeEverything() {
        for index in 0..<shardCount { while unsafe shards[index].pointee.freeDeferred(isOver: { false }) {} }
    }

    /// Runs a command on a lease of all shards, or on a single one, and returns the reply as it would be sent.
    @discardableResult
    func run(_ words: String..., on shard: Int? = nil) -> String {
        run(words, on: shard)
    }

    @discardableResult
    func run(_ words: [String], on shard: Int? = nil) -> String {
        unsafe buffer.pointee.clear()
        var list = ArgumentList()
        var bytes = ByteBuffer()
        defer {
            list.deallocate()
            bytes.deallocate()
        }
        for word in words { ByteView.withView(word) { bytes.append($0) } }
        var rest = bytes.view
        for word in words {
            list.append(rest.prefix(word.utf8.count))
            rest = rest.dropFirst(word.utf8.count)
        }
        let index = table.find(list[0])
        precondition(index >= 0, "no command \(words[0])")
        var context = unsafe CommandContext(
            arguments: list.window(from: 0, count: list.count), keyspace: KeyspaceView(shards: shards, map: map),
            reply: ReplyWriter(buffer, protocolVersion: 2), settings: settings)
        if let shard { unsafe context.keyspace.single = unsafe shards[shard] }
        context.keyspace.now = now
        unsafe withUnsafeMutablePointer(to: &context) {
            unsafe table.entries[index].handler(UnsafeMutableRawPointer($0))
        }
        return unsafe buffer.pointee.bytes.view.string
    }

    /// One call of SCAN: the cursor and the keys. It runs on the shard that the cursor names unless it is 0.
    func scan(_ cursor: String, _ options: String...) -> (cursor: String, keys: [String]) {
        let number = UInt64(cursor) ?? 0
        let shard = number == 0 ? nil : ScanCursor.shard(number)
        let lines = run(["SCAN", cursor] + options, on: shard).split(separator: "\r\n").map(String.init)
        // *2, $n, cursor, *n, then $n and a key in turn.
        return (lines[2], stride(from: 5, to: lines.count, by: 2).map { lines[$0] })
    }
}
