// A script that takes long: the worker's other work goes on in between, and after a while its shards refuse commands.
import Commands
import Containers
import Keyspace
import Logging
import Platform
import RESP
import Reactor
import Scripting

/// After so many milliseconds a script is one that takes long.
private let patienceMilliseconds = 25.0
/// So many microseconds of it then lie between two turns of the loop.
private let sliceMicroseconds = 50.0
/// While clients of the worker are busy, they have so much of its time in between, with pauses of at most so long.
private let servingMicroseconds = 500.0
private let pauseNanoseconds: Int64 = 100_000

/// What a worker knows of the script that it is running, and whether it takes long.
@safe
struct ScriptOccupation {
    /// When, in cycles, the loop has its next turn; `UInt64.max`: no script is running.
    var nextTurn = UInt64.max
    var started: UInt64 = 0
    var hasBegun = false
    var refuses = false
    /// Memory was out when the command that runs the script came: what needs more is refused until something is
    /// written.
    var isOutOfMemory = false
    var refusal = Refusal.script
    /// The last round that was run on a lease, and the one shard if the script holds no more.
    var lease: UnsafeMutablePointer<Round>?
    var shard = -1
    /// Replies of what is done meanwhile.
    var output: UnsafeMutablePointer<ReplyBuffer>?
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A script begins, with its shards in hand.
    func beginScript(_ keyspace: KeyspaceView, isFunction: Bool) {
        let now = Clock.cycles()
        let patience = unsafe self.pointee.hot.cyclesPerMicrosecond * patienceMilliseconds * 1000
        unsafe self.pointee.occupation.started = now
        unsafe self.pointee.occupation.nextTurn = now &+ UInt64(patience)
        unsafe self.pointee.occupation.shard = unsafe keyspace.single?.pointee.index ?? -1
        unsafe self.pointee.occupation.refusal = isFunction ? .function : .script
        unsafe self.pointee.statistics.pointee.script.begin(isFunction: isFunction)
    }

    func endScript() {
        unsafe self.pointee.statistics.pointee.script.end()
        unsafe self.pointee.occupation.isOutOfMemory = false
        unsafe scripts.allowsOutOfMemory = false
        unsafe self.pointee.statistics.pointee.scriptMemory.set(scripts.machine.memoryBytes)
        unsafe self.pointee.occupation.nextTurn = .max
        guard unsafe self.pointee.occupation.hasBegun else { return }
        unsafe self.pointee.occupation.hasBegun = false
        if unsafe self.pointee.occupation.refuses { unsafe setRefusal(0) }
        unsafe self.pointee.occupation.refuses = false
        unsafe self.pointee.kernel.endOccupation()
    }

    /// Between two instructions of a script, or two commands: does other work if it is time.
    @inline(__always)
    func continueScript(at cycles: UInt64) {
        if unsafe _slowPath(cycles > self.pointee.occupation.nextTurn) { unsafe turnDuringScript(cycles) }
    }

    @inline(never)
    private func turnDuringScript(_ cycles: UInt64) {
        // Neither this nor what it leads to may run a script, so it never comes here again from within.
        unsafe self.pointee.occupation.nextTurn = .max
        if unsafe !self.pointee.occupation.hasBegun {
            unsafe self.pointee.occupation.hasBegun = true
            unsafe showFunction()
            unsafe self.pointee.kernel.beginOccupation()
        }
        let limit = unsafe self.pointee.hot.busyReplyMilliseconds
        let elapsed = unsafe Double(cycles &- self.pointee.occupation.started)
        if unsafe !self.pointee.occupation.refuses && limit > 0
            && elapsed >= Double(limit) * 1000 * self.pointee.hot.cyclesPerMicrosecond
        {
            unsafe self.pointee.occupation.refuses = true
            unsafe setRefusal(self.pointee.occupation.refusal.rawValue)
            unsafe noteSlowScript()
        }
        let context = unsafe self.pointee.context.pointee
        let output = unsafe self.pointee.output
        let lease = unsafe self.pointee.occupation.lease
        unsafe self.pointee.context.pointee.isInTransaction = false
        unsafe self.pointee.context.pointee.servedIndex = 0
        unsafe self.pointee.context.pointee.waiting = WaitRequest()
        unsafe self.pointee.output = unsafe spareOutput()
        unsafe self.pointee.tracking.interrupted = unsafe context.connection?.assumingMemoryBound(to: Connection.self)
        let perMicrosecond = unsafe self.pointee.hot.cyclesPerMicrosecond
        let end = cycles &+ UInt64(perMicrosecond * servingMicroseconds)
        var wait: Int64 = 0
        while true {
            let wasBusy = unsafe self.pointee.kernel.serveWhileOccupied(nanoseconds: wait)
            // Other leases may have been run.
            unsafe self.pointee.occupation.lease = unsafe lease
            if unsafe self.pointee.occupation.refuses {
                unsafe forEachShardOfScript { unsafe self.pointee.kernel.refuseQueued(on: $0) }
            }
            if !wasBusy || Clock.cycles() > end { break }
            // Who has been served sends more, and what was handed over comes back.
            wait = pauseNanoseconds
        }
        unsafe self.pointee.tracking.interrupted = nil
        unsafe self.pointee.output = unsafe output
        unsafe self.pointee.context.pointee = context
        unsafe self.pointee.occupation.nextTurn = Clock.cycles() &+ UInt64(perMicrosecond * sliceMicroseconds)
    }

    private func setRefusal(_ reason: UInt8) {
        let kernel = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.kernel }
        unsafe forEachShardOfScript { kernel.setRefusal(reason, of: $0) }
    }

    private func forEachShardOfScript(_ body: (Int) -> Void) {
        if unsafe self.pointee.occupation.shard >= 0 { return unsafe body(self.pointee.occupation.shard) }
        guard let round = unsafe self.pointee.occupation.lease else { return }
        for index in unsafe 0..<round.pointee.shards.count { unsafe body(round.pointee.shards[index]) }
    }

    private func spareOutput() -> UnsafeMutablePointer<ReplyBuffer> {
        if let output = unsafe self.pointee.occupation.output { return unsafe output }
        let output = UnsafeMutablePointer<ReplyBuffer>.allocate(capacity: 1)
        unsafe output.initialize(to: ReplyBuffer())
        unsafe self.pointee.occupation.output = unsafe output
        return unsafe output
    }

    private func noteSlowScript() {
        let limit = unsafe self.pointee.hot.busyReplyMilliseconds
        let ends = unsafe self.pointee.occupation.refusal == .function ? "FUNCTION KILL" : "SCRIPT KILL"
        unsafe self.pointee.server.takeUnretainedValue().log.warning(
            """
            A script has been running for \(limit) ms and goes on. Commands for its shards are refused; \(ends) ends \
            it if it has written nothing.
            """)
    }
}
