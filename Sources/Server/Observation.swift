// What is noted of commands beside their effect: errors, slow ones, and what monitors see.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Scripting

/// Error replies by their code.
final class ErrorCounts: @unchecked Sendable {
    /// More codes are not told apart: somebody may make them up.
    private static let maximum = 128
    private let lock = Mutex()
    private var values: [String: Int] = [:]

    var counts: [String: Int] { lock.withLock { values } }

    func reset() { lock.withLock { values = [:] } }

    /// Counts an error reply, given from its '-' on.
    func note(_ reply: ByteView) {
        let text = reply.dropFirst(1)
        let end = min(text.firstIndex(of: 0x20) ?? text.count, text.firstIndex(of: 0x0d) ?? text.count)
        let code = text.prefix(end).string
        lock.withLock {
            if values[code] == nil && values.count >= Self.maximum { return }
            values[code, default: 0] += 1
        }
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A handler answered with an error.
    @inline(never)
    func noteError(_ step: UnsafeMutablePointer<Step>, _ reply: UnsafeMutablePointer<ReplyBuffer>, _ start: Int) {
        if unsafe self.pointee.commands[Int(step.pointee.command)].route != .script || !repliedWithCounted {
            unsafe countError(reply, start)
        }
        unsafe self.pointee.statistics.pointee.commands.pointee.add(.failed, Int(step.pointee.command))
    }

    /// The script that has just run replied with an error of a command, which was counted then.
    private var repliedWithCounted: Bool {
        guard let machine = unsafe self.pointee.scripts?.machine else { return false }
        defer { machine.repliedWithCounted = false }
        return machine.repliedWithCounted
    }

    /// A command was refused before it ran.
    func noteRejection(_ step: UnsafeMutablePointer<Step>, _ reply: UnsafeMutablePointer<ReplyBuffer>) {
        unsafe countError(reply, step.pointee.replyStart)
        switch unsafe step.pointee.outcome {
        case .unknownCommand, .unknownSubcommand: return
        default: unsafe self.pointee.statistics.pointee.commands.pointee.add(.rejected, Int(step.pointee.command))
        }
    }

    /// Counts the error reply that begins at `start`.
    func countError(_ reply: UnsafeMutablePointer<ReplyBuffer>, _ start: Int) {
        unsafe self.pointee.statistics.pointee.errorReplies.add(1)
        unsafe self.pointee.statistics.pointee.errors.note(reply.pointee.bytes.view.dropFirst(start))
    }
}
