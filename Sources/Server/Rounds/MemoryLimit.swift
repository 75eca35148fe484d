// The limit on memory: the commands that are refused beyond it.
import Commands
import Containers
import Keyspace
import Synchronization

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Whether more is allocated than `maxmemory`.
    var isOutOfMemory: Bool {
        let limit = unsafe self.pointee.hot.maximumMemory
        if limit == 0 { return false }
        return unsafe self.pointee.budget.pointee.used.load(ordering: .relaxed) > limit
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
