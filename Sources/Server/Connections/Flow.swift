// The life of a connection between two events: read, fill a round, run it, write, until something must be waited for.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Reactor

/// A connection reads so often before others get their turn.
private let maximumReadsPerTurn = 8
/// Input buffers begin with this size; one of it at rest can be given to another connection.
private let inputCapacity = 64 << 10

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Does all that can be done for a connection now.
    func advance(_ connection: ConnectionPointer) {
        if unsafe connection.pointee.isEngaged { return }
        unsafe connection.pointee.isAdvancing = true
        unsafe refreshTime()
        // A client that waits sends nothing that would be read; that it is gone must be noticed all the same.
        if unsafe connection.pointee.isWaiting && connection.pointee.hasHungUp {
            unsafe connection.pointee.isClosing = true
        }
        if unsafe connection.pointee.isWaiting { unsafe resumeDelivered(connection) }
        var reads = 0
        loop: while unsafe !connection.pointee.isClosing && !connection.pointee.closesAfterReply {
            if unsafe connection.pointee.isWaiting { break }
            if unsafe self.pointee.isStopping { break }
            if unsafe connection.pointee.counters.outputBytes.current > self.pointee.hot.outputHighWater { break }
            if unsafe connection.pointee.hasSpecial {
                if unsafe !runSpecial(connection) { break }
                continue
            }
            switch unsafe fillAndRun(connection) {
            case .again: continue
            case .inFlight: break loop
            case .needsInput:
                if unsafe !connection.pointee.isReadable { break loop }
                if reads == maximumReadsPerTurn {
                    unsafe queueToAdvance(connection)
                    break loop
                }
                reads += 1
                if unsafe connection.pointee.bulk != nil || beginBulk(connection) {
                    if unsafe !readBulk(connection) { break loop }
                } else if unsafe !read(connection) {
                    break loop
                }
            }
        }
        unsafe flush(connection)
        if unsafe !connection.pointee.isInFlight {
            unsafe restRound(connection)
            unsafe noteMemory(connection)
            let isDone = unsafe connection.pointee.closesAfterReply && connection.pointee.output.isEmpty
            if unsafe connection.pointee.isClosing || isDone { return unsafe destroy(connection) }
        }
        unsafe connection.pointee.isAdvancing = false
    }

    private enum Progress { case again, needsInput, inFlight }

    private func fillAndRun(_ connection: ConnectionPointer) -> Progress {
        if unsafe connection.pointee.position == connection.pointee.input.count { return .needsInput }
        let round = unsafe takeRound(connection)
        let begin = unsafe connection.pointee.commandStart
        if unsafe self.pointee.memory.isLimited && !self.pointee.kernel.isOccupied && mayExceedMemory {
            unsafe settleMemory()
        }
        let end = unsafe fillRound(connection, round)
        if unsafe connection.pointee.position - begin > self.pointee.hot.largeRequestBytes {
            unsafe noteLargeRequests(connection, round)
        }
        var failure: ProtocolError?
        switch end {
        case .inputUsedUp: if unsafe round.pointee.commandCount == 0 { return .needsInput }
        case .more: break
        case .failed(let error): failure = error
        }
        if let failure {
            unsafe connection.pointee.closesAfterReply = true
            unsafe connection.pointee.session.takeUnretainedValue().protocolFailure = failure
        }
        if unsafe round.pointee.commandCount > 0 {
            unsafe countInteraction(connection, round)
            let isTracked = unsafe _slowPath(connection.pointee.isTracked)
            if unsafe !(isTracked ? executeTracked(connection, round) : execute(connection, round)) { return .inFlight }
            unsafe finishRound(connection, round)
        }
        if failure != nil { unsafe writeProtocolFailure(connection) }
        return .again
    }

    /// The protocol error waits for the replies of the commands before it.
    private func writeProtocolFailure(_ connection: ConnectionPointer) {
        guard unsafe connection.pointee.closesAfterReply else { return }
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        guard let failure = session.protocolFailure else { return }
        session.protocolFailure = nil
        unsafe failure.write(to: ReplyWriter(self.pointee.output, protocolVersion: 2))
    }

    /// A round of this worker has come back from the mailboxes.
    func complete(_ round: UnsafeMutablePointer<Round>) {
        if unsafe round.pointee.task != nil {
            unsafe round.pointee.task = nil
            unsafe round.pointee.reset()
            unsafe giveBack(round)
            return
        }
        let connection = unsafe round.pointee.connection.unsafelyUnwrapped
        unsafe connection.pointee.isAdvancing = true
        unsafe connection.pointee.isInFlight = false
        let start = unsafe self.pointee.output.pointee.bytes.count
        unsafe assemble(round)
        let wasSpecial = unsafe round.pointee.kind != .parts
        if unsafe round.pointee.isRefused { unsafe undoRefused(connection, round) }
        if wasSpecial { unsafe settle(connection, round) }
        if unsafe wasSpecial && holdReply(connection, from: start) {
            unsafe connection.pointee.isAdvancing = false
            return
        }
        unsafe finishRound(connection, round)
        if wasSpecial { unsafe finishSpecial(connection) }
        unsafe releaseHeldMessages(connection)
        unsafe writeProtocolFailure(connection)
        unsafe connection.pointee.isAdvancing = false
        unsafe advance(connection)
    }

    /// Empties the round; what was parsed of the next command stays.
    func finishRound(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        if unsafe connection.pointee.hasSpecial {
            // The arguments of the command that runs next are the last ones; the others may go.
            unsafe round.pointee.reset()
            return
        }
        unsafe round.pointee.removeArguments(connection.pointee.parsedArguments)
        unsafe connection.pointee.parsedArguments = 0
        unsafe round.pointee.reset()
    }

    /// The round under way, or one from the pool.
    func takeRound(_ connection: ConnectionPointer) -> UnsafeMutablePointer<Round> {
        if let round = unsafe connection.pointee.round { return unsafe round }
        let round = unsafe takeFreeRound()
        unsafe round.pointee.connection = unsafe connection
        unsafe connection.pointee.round = unsafe round
        return unsafe round
    }

    /// Gives memory back that an idle connection does not need.
    private func restRound(_ connection: ConnectionPointer) {
        if unsafe connection.pointee.hasSpecial { return }
        if unsafe connection.pointee.position == connection.pointee.input.count
            && !connection.pointee.parser.isInsideCommand
        {
            unsafe giveInput(connection)
            if let round = unsafe connection.pointee.round {
                unsafe round.pointee.arguments.clear()
                unsafe round.pointee.releaseRetained()
                unsafe connection.pointee.round = nil
                unsafe connection.pointee.parsedArguments = 0
                unsafe giveBack(round)
            }
        }
    }

    /// An empty round goes back to the pool. The first of them keep their memory for those who come next.
    func giveBack(_ round: UnsafeMutablePointer<Round>) {
        if unsafe self.pointee.freeRounds.count >= self.pointee.poolLimits.rounds { unsafe round.pointee.shrink() }
        unsafe round.pointee.replyCapacity = unsafe self.pointee.poolLimits.replyCapacity
        unsafe self.pointee.freeRounds.append(round)
    }

    func giveInput(_ connection: ConnectionPointer) {
        unsafe connection.pointee.position = 0
        unsafe connection.pointee.commandStart = 0
        if unsafe connection.pointee.input.capacity == inputCapacity
            && self.pointee.freeInputs.count < self.pointee.poolLimits.inputs
        {
            unsafe self.pointee.freeInputs.append(
                ByteBufferBox(base: connection.pointee.input.base, capacity: inputCapacity))
            unsafe connection.pointee.input = ByteBuffer()
        } else {
            unsafe connection.pointee.input.deallocate()
        }
    }

    /// Reads once. True: something came.
    private func read(_ connection: ConnectionPointer) -> Bool {
        unsafe makeRoom(connection)
        let tail = unsafe connection.pointee.input.writableTail(minimum: 1)
        let result = unsafe connection.pointee.descriptor.read(
            into: tail.baseAddress.unsafelyUnwrapped, count: tail.count)
        switch result {
        case .bytes(let count):
            unsafe connection.pointee.input.advance(by: count)
            unsafe self.pointee.statistics.pointee.networkInput.add(count)
            unsafe self.pointee.statistics.pointee.reads.add(1)
            unsafe connection.pointee.counters.networkInput.add(count)
            // A short read means that the socket is empty; if more comes there will be a new event.
            if unsafe count < tail.count && !connection.pointee.hasHungUp {
                unsafe connection.pointee.isReadable = false
            }
            if unsafe connection.pointee.queryBytes > self.pointee.hot.queryBufferLimit {
                unsafe dropForInput(connection)
                return false
            }
            return true
        case .wouldBlock:
            unsafe connection.pointee.isReadable = false
            return false
        case .endOfStream, .failed:
            unsafe connection.pointee.isClosing = true
            return false
        }
    }

    /// Makes room behind the input: an empty one starts anew, a half command moves to the front, a long one grows.
    private func makeRoom(_ connection: ConnectionPointer) {
        let start =
            unsafe connection.pointee.parser.isInsideCommand
            ? connection.pointee.commandStart : connection.pointee.position
        if unsafe connection.pointee.input.base == nil {
            if let box = unsafe takeFreeInput() {
                unsafe connection.pointee.input.base = unsafe box.base
                unsafe connection.pointee.input.capacity = box.capacity
            } else {
                unsafe connection.pointee.input.reserve(inputCapacity)
            }
            return
        }
        let free = unsafe connection.pointee.input.capacity - connection.pointee.input.count
        if free >= inputCapacity / 4 { return }
        let before = unsafe connection.pointee.input.base.unsafelyUnwrapped
        let length = unsafe connection.pointee.input.count
        if start > 0 {
            unsafe connection.pointee.input.removeFirst(start)
            unsafe connection.pointee.position -= start
            unsafe connection.pointee.commandStart = 0
            unsafe rebase(connection, from: before + start, count: length - start)
            if unsafe connection.pointee.input.capacity - connection.pointee.input.count >= inputCapacity / 4 { return }
        }
        let moved = unsafe connection.pointee.input.base.unsafelyUnwrapped
        let count = unsafe connection.pointee.input.count
        unsafe connection.pointee.input.reserve(max(inputCapacity, min(count, 64 << 20)))
        unsafe rebase(connection, from: moved, count: count)
    }

    /// The bytes that lay at `source` are now at the front of the input: the arguments parsed so far follow.
    private func rebase(_ connection: ConnectionPointer, from source: UnsafeMutableRawPointer, count: Int) {
        guard let round = unsafe connection.pointee.round else { return }
        let target = unsafe connection.pointee.input.base.unsafelyUnwrapped
        unsafe round.pointee.arguments.rebase(
            from: 0, movedFrom: UnsafeRawPointer(source), count: count, to: UnsafeRawPointer(target))
    }

    /// Sends what is in the output, behind what the connection has still to send.
    func flush(_ connection: ConnectionPointer) {
        let output = unsafe self.pointee.output
        if unsafe output.pointee.isEmpty && !output.pointee.hasReferences && !output.pointee.wasCut { return }
        if unsafe output.pointee.wasCut
            || self.pointee.hot.normalOutput.hardBytes != 0
                && exceedsHardLimit(connection, adding: output.pointee.length)
        {
            unsafe dropForOutput(connection)
            unsafe output.pointee.clear()
            return
        }
        if unsafe connection.pointee.output.isEmpty {
            let sent = unsafe send(output, from: 0, over: connection)
            let length = unsafe output.pointee.length
            if unsafe sent < length && !connection.pointee.isClosing {
                // The rest goes with its buffer; what was sent of it is remembered.
                unsafe swap(&connection.pointee.output, &output.pointee)
                unsafe connection.pointee.outputSent = sent
                unsafe outputChanged(connection)
            }
        } else {
            unsafe connection.pointee.output.append(output.pointee, from: 0, to: output.pointee.bytes.count)
            unsafe outputChanged(connection)
        }
        unsafe output.pointee.clear()
    }

    /// The socket takes bytes again.
    func drainOutput(_ connection: ConnectionPointer) {
        let worker = unsafe self
        let sent = unsafe withUnsafeMutablePointer(to: &connection.pointee.output) {
            unsafe worker.send($0, from: connection.pointee.outputSent, over: connection)
        }
        unsafe connection.pointee.outputSent = sent
        if unsafe sent == connection.pointee.output.length {
            unsafe connection.pointee.outputSent = 0
            unsafe connection.pointee.output.deallocate()
        }
        unsafe outputChanged(connection)
    }

    /// Sends until all is sent or the socket is full; returns how much has been sent.
    private func send(
        _ buffer: UnsafeMutablePointer<ReplyBuffer>, from start: Int, over connection: ConnectionPointer
    ) -> Int {
        let length = unsafe buffer.pointee.length
        var sent = start
        while sent < length {
            let result: Transfer
            if unsafe buffer.pointee.hasReferences {
                result = unsafe sendPieces(buffer, from: sent, over: connection)
            } else {
                let base = unsafe UnsafeRawPointer(buffer.pointee.bytes.base.unsafelyUnwrapped)
                result = unsafe connection.pointee.descriptor.send(base + sent, count: length - sent)
            }
            guard case .bytes(let bytes) = result else {
                if result != .wouldBlock { unsafe connection.pointee.isClosing = true }
                break
            }
            sent += bytes
        }
        unsafe countOutput(connection, sent - start)
        return sent
    }

    /// One call for bytes and the values they refer to.
    private func sendPieces(
        _ buffer: UnsafeMutablePointer<ReplyBuffer>, from start: Int, over connection: ConnectionPointer
    ) -> Transfer {
        var pieces = Pieces()
        unsafe buffer.pointee.forEachPiece(after: start, limit: Pieces.limit) {
            unsafe pieces.append($0.base, count: $0.count)
        }
        return unsafe pieces.send(to: connection.pointee.descriptor)
    }

    private func countOutput(_ connection: ConnectionPointer, _ bytes: Int) {
        unsafe self.pointee.statistics.pointee.networkOutput.add(bytes)
        unsafe self.pointee.statistics.pointee.writes.add(1)
        unsafe connection.pointee.counters.networkOutput.add(bytes)
    }

    func refreshTime() {
        unsafe self.pointee.now = Clock.realtimeMilliseconds()
        unsafe self.pointee.timeEnds = unsafe Clock.cycles() &+ self.pointee.timeLasts
    }

    /// Reads the time again if it was read too long before `cycles`, which is now: a worker may have run other
    /// connections' commands since, or have stood still.
    @inline(__always)
    func keepTime(_ cycles: UInt64) {
        if unsafe _slowPath(cycles > self.pointee.timeEnds) { unsafe refreshTime() }
    }

    /// The connection goes on in the next turn of the loop.
    func queueToAdvance(_ connection: ConnectionPointer) {
        if unsafe connection.pointee.isQueuedToAdvance { return }
        unsafe connection.pointee.isQueuedToAdvance = true
        unsafe self.pointee.ready.append(connection.pointee.token)
    }
}
