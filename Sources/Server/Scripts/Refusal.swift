// Answers for those who want shards that a script which takes long has in its hands.
import Bytes
import Commands
import Containers
import RESP
import Reactor

/// Why commands are refused. The raw values are what the kernel keeps.
enum Refusal: UInt8 {
    case script = 1
    case function = 2

    var text: StaticString {
        switch self {
        case .script: "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
        case .function: "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE."
        }
    }

    var verdict: Verdict {
        switch self {
        case .script: .busyScript
        case .function: .busyFunction
        }
    }
}

extension ServerState {
    /// Why some shard refuses what comes to it; nil: none does.
    var refusal: Refusal? {
        if !kernel.hasRefusals { return nil }
        for shard in 0..<map.shardCount {
            if let refusal = Refusal(rawValue: kernel.refusal(of: shard)) { return refusal }
        }
        return nil
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Why one of the shards refuses that a scattered command needs. Refused in parts, it would be done in parts.
    func refusal(ofScattered round: UnsafeMutablePointer<Round>, from first: Int) -> Refusal? {
        let kernel = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.kernel }
        if !kernel.hasRefusals { return nil }
        for index in unsafe first..<round.pointee.keyShards.count {
            let reason = unsafe kernel.refusal(of: Int(round.pointee.keyShards[index]))
            if let refusal = Refusal(rawValue: reason) { return refusal }
        }
        return nil
    }

    /// Answers the commands of a part. False: it is a share of something whose other shares may be done already, or
    /// work of the server's own; it waits.
    func refusePart(_ part: UnsafeMutablePointer<Part>) -> Bool {
        let round = unsafe part.pointee.round
        if unsafe round.pointee.task != nil { return false }
        let count = unsafe part.pointee.steps.count
        let steps = unsafe round.pointee.steps.elements
        for index in 0..<count where unsafe steps[Int(part.pointee.steps[index])].isShare { return false }
        let reply = unsafe part.pointee.reply
        let writer = unsafe ReplyWriter(reply, protocolVersion: 2)
        let refusal = unsafe self.pointee.occupation.refusal
        for index in 0..<count {
            let step = unsafe steps + Int(part.pointee.steps[index])
            unsafe step.pointee.replyStart = unsafe reply.pointee.bytes.count
            unsafe step.pointee.outcome = refusal.verdict
            writer.error(refusal.text)
            unsafe noteRejection(step, reply)
            if unsafe step.pointee.replies != .on { unsafe reply.pointee.truncate(to: step.pointee.replyStart) }
            unsafe step.pointee.replyEnd = unsafe reply.pointee.bytes.count
        }
        return true
    }

    /// Answers a command, or a transaction, that some of its shards have refused.
    func refuseLease(_ round: UnsafeMutablePointer<Round>) {
        unsafe round.pointee.isRefused = true
        let reply = unsafe round.pointee.local
        let writer = unsafe ReplyWriter(reply, protocolVersion: 2)
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let refusal = unsafe server.refusal ?? self.pointee.occupation.refusal
        let step = unsafe round.pointee.steps.elements
        let start = unsafe reply.pointee.bytes.count
        unsafe step.pointee.replyStart = start
        if unsafe round.pointee.kind == .transaction {
            writer.error("EXECABORT Transaction discarded because of: \(refusal.text)")
        } else {
            writer.error(refusal.text)
        }
        unsafe step.pointee.outcome = refusal.verdict
        unsafe noteRejection(step, reply)
        if unsafe step.pointee.replies != .on { unsafe reply.pointee.truncate(to: start) }
        unsafe step.pointee.replyEnd = unsafe reply.pointee.bytes.count
    }

    /// A refused lease has come home: what was to be done by it is given up.
    func undoRefused(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        if unsafe round.pointee.kind == .transaction {
            unsafe connection.pointee.session.takeUnretainedValue().transaction.clear()
            unsafe connection.pointee.hasStaleMemory = true
            unsafe forgetWatchedKeys(connection)
        }
        if let command = unsafe round.pointee.waiting {
            command.takeAfterRetry()
            unsafe forget(command, wakingOthers: true)
        }
    }

    /// Whether a lease can be run in the middle of a script: not if it runs another one.
    func mayInterpose(_ round: UnsafeMutablePointer<Round>) -> Bool {
        for index in unsafe 0..<round.pointee.steps.count {
            let command = unsafe Int(round.pointee.steps[index].command)
            if unsafe self.pointee.commands[command].route == .script { return false }
        }
        return true
    }
}
