// The way down: no new clients, what is under way is finished, what is written is sent, and then everything ends.
import Commands
import Logging
import Platform
import RESP
import Reactor
import Synchronization

/// A client that takes nothing of its replies for so long does not hold up the end.
private let stallMilliseconds: Int64 = 500
/// How often a worker looks whether it is done.
private let lookMilliseconds: Int32 = 5

extension ServerState {
    /// Ends the server, for a signal or for SHUTDOWN. Returns at once: the workers finish on their own threads, within
    /// `shutdown-timeout`. From any thread; only the first call does something.
    func shutDown() {
        let began = isStopping.compareExchange(
            expected: false, desired: true, ordering: .sequentiallyConsistent)
        guard began.exchanged else { return }
        log.warning("User requested shutdown...")
        _ = Process.notifyServiceManager("STOPPING=1\n")
        Signals.nudge()
        let deadline = Clock.monotonicMilliseconds() + shutdownMilliseconds
        for index in 0..<workerCount {
            let worker = unsafe workers + index
            unsafe worker.pointee.kernel.post { unsafe worker.beginStopping(deadline: deadline) }
        }
    }

    private var shutdownMilliseconds: Int64 { Int64(configuration.shutdownTimeoutSeconds) * 1000 }

    /// What the signal thread does: waits, at no cost. Once the server is ending it sees to it that the end comes.
    func watchSignals() {
        var deadline: Int64?
        while true {
            let remaining = deadline.map { $0 - Clock.monotonicMilliseconds() }
            let signal = Signals.wait(milliseconds: remaining)
            let isEnding = isStopping.load(ordering: .sequentiallyConsistent)
            switch signal {
            case .terminate, .interrupt:
                let name = signal?.name ?? ""
                if isEnding && signal == .interrupt {
                    logOutput.writeOfSignal("You insist... exiting now.")
                    leaveNothingBehind()
                    Process.exitNow(1)
                }
                logOutput.writeOfSignal("Received \(name) scheduling shutdown...")
                shutDown()
            case .nudge: break
            case nil:
                if let deadline, deadline <= Clock.monotonicMilliseconds() {
                    log.warning("Something does not come to an end, it is left behind.")
                    leave()
                    Process.exitNow(0)
                }
            }
            if isStopping.load(ordering: .sequentiallyConsistent) && deadline == nil {
                // A second more than the workers have.
                deadline = Clock.monotonicMilliseconds() + shutdownMilliseconds + 1000
            }
        }
    }

    /// The last thing that is done and said.
    func leave() {
        leaveNothingBehind()
        log.warning("Needletail is now ready to exit, bye bye...")
    }

    private func leaveNothingBehind() {
        for listener in listeners where listener.isUnix {
            log.notice("Removing the unix socket file.")
            File.remove(listener.name)
        }
        PidFile(configuration).remove()
    }
}

/// How far a worker is on the way down.
struct Stopping {
    let deadline: Int64
    /// What had been sent when that last changed, and when that was.
    var sent = 0
    var sentChanged: Int64
    /// Nothing is left to do here.
    var isDone = false
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// No new clients and no new commands from now on.
    func beginStopping(deadline: Int64) {
        unsafe stopAccepting()
        unsafe self.pointee.isStopping = true
        unsafe self.pointee.stopping = Stopping(deadline: deadline, sentChanged: Clock.monotonicMilliseconds())
    }

    /// Looks whether everything is done, and if all workers are, ends their loops. Returns the milliseconds until the
    /// next look, -1: none is needed.
    func tendStopping() -> Int32 {
        guard unsafe self.pointee.isStopping, var state = unsafe self.pointee.stopping, !state.isDone else { return -1 }
        let now = Clock.monotonicMilliseconds()
        let sent = unsafe self.pointee.statistics.pointee.networkOutput.current
        if sent != state.sent {
            state.sent = sent
            state.sentChanged = now
        }
        let isStalled = now - state.sentChanged >= stallMilliseconds
        let isBusy = unsafe hasWorkInFlight || (hasUnsentOutput && !isStalled)
        state.isDone = !isBusy || now >= state.deadline
        unsafe self.pointee.stopping = state
        if !state.isDone { return lookMilliseconds }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let others = server.unfinishedWorkers.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
        if others == 0 {
            for index in 0..<server.workerCount { unsafe (server.kernel.workers + index).requestStop() }
        }
        return -1
    }

    private var hasWorkInFlight: Bool {
        if unsafe self.pointee.kernel.isOccupied { return true }
        for slot in unsafe self.pointee.connections.indices {
            guard let connection = unsafe self.pointee.connections[slot] else { continue }
            if unsafe connection.pointee.isInFlight { return true }
        }
        return false
    }

    private var hasUnsentOutput: Bool {
        for slot in unsafe self.pointee.connections.indices {
            guard let connection = unsafe self.pointee.connections[slot] else { continue }
            if unsafe !connection.pointee.output.isEmpty { return true }
        }
        return false
    }
}
