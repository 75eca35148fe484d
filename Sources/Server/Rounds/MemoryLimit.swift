// The limit on memory: what the shards take together, and the commands that are refused beyond it.
import Commands
import Containers
import Keyspace

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Notes what a shard, which is held, takes.
    func noteUsage(_ shard: UnsafeMutablePointer<Shard>) {
        if unsafe self.pointee.hot.maximumMemory == 0 { return }
        let usage = unsafe self.pointee.server._withUnsafeGuaranteedRef { unsafe $0.shardUsage }
        unsafe usage[shard.pointee.index].set(shard.pointee.usedBytes)
    }

    /// Whether keys and values take more than `maxmemory`.
    var isOutOfMemory: Bool {
        let limit = unsafe self.pointee.hot.maximumMemory
        if limit == 0 { return false }
        let server = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0 }
        var used = 0
        for index in unsafe 0..<self.pointee.map.shardCount { unsafe used &+= server.shardUsage[index].current }
        return used > limit
    }

    /// Whether a command has to be refused when memory is out: one that may need more; inside MULTI every command that
    /// would be queued; and an EXEC of commands that may need more.
    func needsMemory(_ connection: ConnectionPointer, _ index: Int) -> Bool {
        if unsafe self.pointee.commands[index].flags.contains(.denyOutOfMemory) { return true }
        guard unsafe connection.pointee.isInMulti else { return false }
        let server = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0 }
        if !server.immediateCommands.contains(index) { return true }
        let transaction = unsafe connection.pointee.session._withUnsafeGuaranteedRef { $0.transaction }
        guard index == server.execIndex else { return false }
        for queued in 0..<transaction.count
        where unsafe self.pointee.commands[Int(transaction.commands[queued].command)].flags.contains(.denyOutOfMemory) {
            return true
        }
        return false
    }
}
