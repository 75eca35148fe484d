// Publishing: from a channel's name to a message in the queues of the workers with subscribers.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Reactor
import Synchronization

/// With so many bytes of messages waiting at a worker, clients that publish wait until it has delivered some.
private let backlogLimit = 4 << 20

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Sends a message to all who listen to a channel, or to a pattern that it matches; returns how many those are.
    ///
    /// Runs on this worker's thread, on behalf of whatever connection. Nothing is delivered yet: every worker takes
    /// what was sent to it once in a turn of its loop, this one as well.
    ///
    /// - Parameter retained: the payload in memory of its own, if it is, with a reference that is given up.
    func publish(_ channel: ByteView, _ kind: ChannelKind, _ payload: ByteView, retained: RetainedBytes? = nil) -> Int {
        let hash = unsafe self.pointee.map.hash(channel)
        var receivers = 0
        var workers: UInt64 = 0
        if let found = unsafe self.pointee.directory.find(channel, kind, hash: hash) {
            receivers = found.total
            workers = found.workers
        }
        if kind == .channel {
            for index in unsafe 0..<self.pointee.directory.patternList.count {
                let pattern = unsafe self.pointee.directory.patternList[index]
                guard pattern.matches(channel) else { continue }
                receivers += pattern.total
                workers |= pattern.workers
            }
        }
        if workers == 0 {
            retained?.release()
            return 0
        }
        let server = unsafe self.pointee.server
        let workerCount = unsafe server._withUnsafeGuaranteedRef { $0.workerCount }
        let message = ChannelMessage.create(
            channel, kind, hash: hash, payload, retained: retained, readers: workers.nonzeroBitCount,
            workerCount: workerCount)
        let bytes = message.memoryBytes
        while workers != 0 {
            let worker = workers.trailingZeroBitCount
            workers &= workers &- 1
            let backlog = unsafe server._withUnsafeGuaranteedRef {
                unsafe $0.workers[worker].statistics.pointee.messageBacklog.wrappingAdd(bytes, ordering: .relaxed)
                    .newValue
            }
            if backlog > backlogLimit { unsafe self.pointee.hasCrowdedReaders = true }
            let known = unsafe self.pointee.known[worker]
            unsafe self.pointee.kernel.send(message.post(to: worker, knowing: known), to: worker)
        }
        return receivers
    }

    /// Whether a connection that publishes has to wait, because some worker cannot deliver as fast as it is sent to. A
    /// client that does not read is no reason: its messages wait in its own output.
    func mustWaitToPublish() -> Bool {
        if unsafe !self.pointee.hasCrowdedReaders { return false }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        for worker in 0..<server.workerCount {
            let backlog = unsafe server.workers[worker].statistics.pointee.messageBacklog.load(ordering: .relaxed)
            if backlog > backlogLimit / 2 { return true }
        }
        unsafe self.pointee.hasCrowdedReaders = false
        return false
    }

    /// Lets a connection that publishes go on in a millisecond.
    func delayPublishing(_ connection: ConnectionPointer) {
        unsafe self.pointee.delayed.append(connection.pointee.token)
    }

    /// Goes on with connections that had to wait. Returns when to look again, -1: there are none.
    func resumePublishing() -> Int32 {
        if unsafe self.pointee.delayed.isEmpty { return -1 }
        if unsafe mustWaitToPublish() { return 1 }
        while let token = unsafe self.pointee.delayed.popLast() {
            if let connection = unsafe connection(token) { unsafe queueToAdvance(connection) }
        }
        return -1
    }
}

extension Channel {
    /// Whether a channel of this name is one of those that this pattern stands for.
    func matches(_ channel: ByteView) -> Bool {
        GlobPattern(name).matches(channel)
    }
}
