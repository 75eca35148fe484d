// CLIENT PAUSE and UNPAUSE.
import Bytes
import Commands
import Containers
import RESP

func clientPause(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count > 4 { return context.wrongSubcommand("CLIENT") }
    var writesOnly = false
    if arguments.count == 4 {
        writesOnly = arguments[3].equalsIgnoringCase("write")
        guard writesOnly || arguments[3].equalsIgnoringCase("all") else {
            return context.reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL")
        }
    }
    let now = unsafe context.home.pointee.now
    guard let milliseconds = IntegerText.parse(arguments[2]) else {
        return context.reply.error(ErrorText.timeoutNotInteger)
    }
    if milliseconds < 0 { return context.reply.error(ErrorText.timeoutNegative) }
    let (end, overflow) = now.addingReportingOverflow(milliseconds)
    if overflow { return context.reply.error(ErrorText.timeoutOutOfRange) }
    context.publish {
        $0.pausedUntil = end
        $0.pausesWritesOnly = writesOnly
    }
    context.reply.ok()
}

func clientUnpause(_ context: inout CommandContext) {
    context.publish { $0.pausedUntil = 0 }
    context.reply.ok()
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Lets the connections go on that a pause held back, once it is over. Returns the milliseconds until then, -1:
    /// none waits.
    func resumePaused() -> Int32 {
        let end = unsafe self.pointee.hot.pausedUntil
        let now = unsafe self.pointee.now
        if end > now { return unsafe self.pointee.paused.isEmpty ? -1 : Int32(clamping: end - now) }
        unsafe self.pointee.hot.pausedUntil = 0
        if unsafe self.pointee.paused.isEmpty { return -1 }
        for index in unsafe 0..<self.pointee.paused.count {
            guard let connection = unsafe connection(self.pointee.paused[index]) else { continue }
            unsafe connection.pointee.isPaused = false
            unsafe queueToAdvance(connection)
        }
        unsafe self.pointee.paused.clear()
        return 0
    }
}
