// What is noted of commands beside their effect: errors, slow ones, and what monitors see.
import Commands
import Containers
import RESP

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A handler answered with an error.
    @inline(never)
    func noteError(_ step: UnsafeMutablePointer<Step>, _ reply: UnsafeMutablePointer<ReplyBuffer>, _ start: Int) {
        unsafe self.pointee.statistics.pointee.errorReplies.add(1)
        unsafe self.pointee.statistics.pointee.commands.pointee.add(.failed, Int(step.pointee.command))
    }

    /// A command was refused before it ran.
    func noteRejection(_ step: UnsafeMutablePointer<Step>, _ reply: UnsafeMutablePointer<ReplyBuffer>) {
        unsafe self.pointee.statistics.pointee.errorReplies.add(1)
    }

    /// A command took longer than the slow log's threshold.
    @inline(never)
    func noteSlow(_ step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>, _ elapsed: UInt64) {
    }

    /// Somebody is monitoring.
    @inline(never)
    func showToMonitors(_ step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>) {
    }
}
