// The commands that scripts call.
import Bytes
import Commands
import Keyspace
import Platform
import RESP
import Scripting

/// Runs a command that a script calls. The context is the one that the script itself runs in.
func callCommandOfScript(
    _ owner: UnsafeMutableRawPointer, _ argumentsAddress: UnsafeRawPointer, _ replyAddress: UnsafeMutableRawPointer,
    _ protocolVersion: Int
) {
    let runner = unsafe owner.assumingMemoryBound(to: WorkerState.self)
    let arguments = unsafe argumentsAddress.assumingMemoryBound(to: Arguments.self).pointee
    let reply = unsafe ReplyWriter(
        replyAddress.assumingMemoryBound(to: ReplyBuffer.self), protocolVersion: protocolVersion)
    let index = unsafe runner.findCommand(arguments)
    if index < 0 {
        reply.error("ERR Unknown Redis command called from script")
    } else if let refusal = unsafe runner.refusal(ofCalled: index, arguments) {
        reply.error(refusal)
        unsafe runner.pointee.statistics.pointee.commands.pointee.add(.rejected, index)
    } else {
        unsafe runner.runCalled(index, arguments, reply)
    }
    if unsafe reply.buffer.pointee.bytes.view.hasPrefix("-") { unsafe runner.countError(reply.buffer, 0) }
    unsafe runner.continueScript(at: Clock.cycles())
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Why a command that a script calls is not run; nil: it is.
    fileprivate func refusal(ofCalled index: Int, _ arguments: Arguments) -> StaticString? {
        let command = unsafe self.pointee.commands + index
        guard unsafe command.pointee.takes(arguments.count) else {
            return "ERR Wrong number of args calling Redis command from script"
        }
        if unsafe command.pointee.flags.contains(.noScript) {
            return "ERR This Redis command is not allowed from script"
        }
        if unsafe _slowPath(self.pointee.occupation.isOutOfMemory), unsafe refusesForMemory(command) {
            return ErrorText.outOfMemory
        }
        if unsafe command.pointee.flags.contains(.write) {
            if unsafe scripts.readsOnly {
                return "ERR Write commands are not allowed from read-only scripts."
            }
            if unsafe !self.pointee.statistics.pointee.script.noteWrite() {
                return "ERR Script killed by user with SCRIPT KILL."
            }
        }
        return nil
    }

    /// Runs a command that a script calls.
    fileprivate func runCalled(_ index: Int, _ arguments: Arguments, _ reply: ReplyWriter) {
        let command = unsafe self.pointee.commands + index
        let context = unsafe self.pointee.context
        unsafe context.pointee.arguments = arguments
        unsafe context.pointee.reply = reply
        unsafe context.pointee.commandIndex = index
        unsafe context.pointee.isInTransaction = true
        unsafe context.pointee.referenceThreshold = .max
        unsafe context.pointee.retainedArguments = nil
        // SELECT acts on what follows, to the end of the script.
        if let client = unsafe context.pointee.connection?.assumingMemoryBound(to: Connection.self) {
            unsafe context.pointee.keyspace.databaseIndex = unsafe Int(client.pointee.database)
        }
        let firstKey = unsafe Int(command.pointee.firstKey)
        unsafe context.pointee.firstKeyIndex = firstKey
        if firstKey > 0 && firstKey < arguments.count {
            unsafe context.pointee.firstKeyHash = unsafe self.pointee.map.hash(arguments[firstKey])
        }
        let started = Clock.cycles()
        unsafe command.pointee.handler(UnsafeMutableRawPointer(context))
        unsafe rememberKeys(calledByScript: index, arguments)
        let ended = Clock.cycles()
        unsafe self.pointee.statistics.pointee.commands.pointee.count(index, cycles: ended &- started)
        if unsafe reply.buffer.pointee.bytes.view.hasPrefix("-") {
            unsafe self.pointee.statistics.pointee.commands.pointee.add(.failed, index)
        }
    }
}
