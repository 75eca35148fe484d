// Running what a connection has sent that tracks keys, or is told of keys that others track.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor

/// What the command that comes next is to be.
struct NextCommand: OptionSet {
    let rawValue: UInt8

    /// CLIENT REPLY SKIP: it is not answered.
    static let unanswered = NextCommand(rawValue: 1)
    /// CLIENT CACHING: it is the other way round than usual, whether its keys are remembered.
    static let marked = NextCommand(rawValue: 2)
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Runs a filled round: what has been sent to this worker before its bytes were read is delivered before it is
    /// answered. True: done, its replies are in the output. False: in flight.
    @inline(never)
    func executeTracked(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) -> Bool {
        unsafe deliverMessages(behindRepliesOf: connection)
        if unsafe round.pointee.shards.count == 0 {
            return unsafe execute(connection, round)
        }
        let shard = unsafe round.pointee.shards[0]
        guard unsafe round.pointee.shards.count == 1, unsafe self.pointee.kernel.tryEnter(shard) else {
            unsafe submitParts(connection, round)
            return false
        }
        let shardPointer = unsafe self.pointee.shards[shard]
        let output = unsafe self.pointee.output
        let count = unsafe round.pointee.steps.count
        unsafe arrive(at: shardPointer, for: connection)
        var started = unsafe prepareContext(
            of: round, shard: shardPointer, connection: connection, reply: output,
            protocolVersion: connection.pointee.protocolVersion)
        let begin = started
        unsafe runTracked(round, part: nil, count: count, shardPointer, into: output, started: &started)
        unsafe self.pointee.shardLoads.add(shard, commands: count, cycles: started &- begin)
        unsafe leave(shardPointer)
        unsafe self.pointee.kernel.giveBack(shard)
        unsafe releaseHeldMessages(connection)
        // What it has changed itself is told right behind its replies.
        unsafe deliverMessages(behindRepliesOf: connection)
        return true
    }

    /// The first command of a round stood behind CLIENT CACHING.
    func noteMarkedSteps(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        if unsafe connection.pointee.isInMulti || !connection.pointee.nextCommand.contains(.marked) { return }
        unsafe connection.pointee.nextCommand.remove(.marked)
        unsafe round.pointee.markedSteps = unsafe round.pointee.steps.count
    }

    /// A command that ran alone is done; what CLIENT CACHING has said ends with the transaction, or with it.
    func endMark(_ connection: ConnectionPointer) {
        if unsafe connection.pointee.isInMulti { return }
        let server = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0 }
        if unsafe server.table.containers[Int(connection.pointee.special.command)] == server.clientIndex { return }
        unsafe connection.pointee.nextCommand.remove(.marked)
    }
}
