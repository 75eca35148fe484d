// The limit on memory: the commands that are refused beyond it.
import Commands
import Containers
import Keyspace

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Whether a step may be run. Steps that need no memory always may; shares of a command, commands of a transaction
    /// and those that have waited were admitted when they came.
    @inline(__always)
    func admits(_ step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>) -> Bool {
        if unsafe _fastPath(!self.pointee.memory.isLimited) || _fastPath(!mayExceedMemory) { return true }
        return unsafe admitSlowly(step, round)
    }

    @inline(never)
    private func admitSlowly(_ step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>) -> Bool {
        let flags = unsafe self.pointee.commands[Int(step.pointee.command)].flags
        if unsafe self.pointee.commands[Int(step.pointee.command)].route == .script {
            // The commands that it calls will be refused, or not.
            unsafe self.pointee.occupation.isOutOfMemory = unsafe !admit(round)
            return true
        }
        if !flags.contains(.denyOutOfMemory) { return true }
        if unsafe admit(round) || step.pointee.isShare || self.pointee.context.pointee.isInTransaction
            || round.pointee.waiting != nil
        {
            return true
        }
        unsafe step.pointee.outcome = .outOfMemory
        return false
    }

    /// Whether a command of a script that was begun while memory was out is refused: not once the script has written.
    func refusesForMemory(_ command: UnsafeMutablePointer<CompiledCommand>) -> Bool {
        unsafe command.pointee.flags.contains(.denyOutOfMemory) && !scripts.allowsOutOfMemory
            && !self.pointee.statistics.pointee.script.hasWritten
    }

    /// Whether a command has to be refused when it comes, while memory is out: what is split over shards, as it is run
    /// everywhere or nowhere; inside MULTI every command that would be queued; and an EXEC of commands that may need
    /// more.
    func refusesForMemory(_ connection: ConnectionPointer, _ index: Int) -> Bool {
        let command = unsafe self.pointee.commands + index
        let needsMemory = unsafe command.pointee.flags.contains(.denyOutOfMemory)
        guard unsafe connection.pointee.isInMulti else {
            return unsafe needsMemory && command.pointee.route == .scatter
        }
        if needsMemory { return true }
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
