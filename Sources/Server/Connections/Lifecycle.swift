// Accepting connections, giving them to workers, and taking them down.
import Bytes
import Containers
import Logging
import Platform
import RESP
import Reactor
import Synchronization

/// Tokens below this are listeners.
private let listenerTokens: UInt64 = 1 << 16

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A watched descriptor is ready.
    func ready(_ token: UInt64, _ readiness: Readiness) {
        if token < listenerTokens {
            unsafe acceptAll(token)
            return
        }
        guard let connection = unsafe connection(token) else { return }
        if readiness.contains(.readable) { unsafe connection.pointee.isReadable = true }
        if !readiness.isDisjoint(with: .hangup) {
            unsafe connection.pointee.isReadable = true
            unsafe connection.pointee.hasHungUp = true
        }
        if unsafe readiness.contains(.writable) && !connection.pointee.output.isEmpty { unsafe drainOutput(connection) }
        unsafe advance(connection)
    }

    /// The connection of a token, unless it has gone.
    func connection(_ token: UInt64) -> ConnectionPointer? {
        let slot = Int(token & 0xffff_ffff) - Int(listenerTokens)
        guard slot >= 0, unsafe slot < self.pointee.connections.count,
            let connection = unsafe self.pointee.connections[slot],
            unsafe connection.pointee.token == token
        else { return nil }
        return unsafe connection
    }

    private func acceptAll(_ token: UInt64) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        // A bounded number a turn, so that a storm of connections does not keep the others waiting.
        for _ in 0..<16 {
            do {
                guard let accepted = try server.listenerTable.accept(token) else { return }
                unsafe place(accepted.descriptor, isUnix: accepted.isUnix)
            } catch {
                if error != .wouldBlock { unsafe acceptFailed(error) }
                return
            }
        }
    }

    /// Gives an accepted connection to the worker with the fewest.
    private func place(_ descriptor: FileDescriptor, isUnix: Bool) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        unsafe self.pointee.statistics.pointee.connectionsReceived.add(1)
        if let refusal = unsafe refusal(descriptor, isUnix: isUnix) {
            ByteView.withView(refusal) { text in
                _ = unsafe descriptor.send(text.base, count: text.count)
            }
            descriptor.close()
            return
        }
        var target = unsafe self.pointee.index
        var fewest = unsafe server.workers[target].statistics.pointee.connected.load(ordering: .relaxed)
        for index in 0..<server.workerCount {
            let count = unsafe server.workers[index].statistics.pointee.connected.load(ordering: .relaxed)
            if count < fewest {
                fewest = count
                target = index
            }
        }
        unsafe server.workers[target].statistics.pointee.connected.wrappingAdd(1, ordering: .relaxed)
        if unsafe target == self.pointee.index {
            unsafe open(descriptor, isUnix: isUnix)
        } else {
            let worker = unsafe server.workers + target
            unsafe worker.pointee.kernel.post { unsafe worker.open(descriptor, isUnix: isUnix) }
        }
    }

    /// Sets up a connection of this worker.
    func open(_ descriptor: FileDescriptor, isUnix: Bool) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let slot = unsafe self.pointee.freeSlots.popLast() ?? self.pointee.connections.count
        if unsafe slot == self.pointee.connections.count { unsafe self.pointee.connections.append(nil) }
        unsafe self.pointee.generation += 1
        let token = unsafe self.pointee.generation << 32 | UInt64(slot + Int(listenerTokens))
        let identifier = server.nextClientIdentifier.wrappingAdd(1, ordering: .relaxed).oldValue
        unsafe refreshTime()
        let session = unsafe Session(
            identifier: identifier, descriptor: descriptor, peer: .peer(of: descriptor),
            local: .local(of: descriptor), isUnixSocket: isUnix, createdAt: self.pointee.now,
            workerIndex: self.pointee.index)
        let connection = ConnectionPointer.allocate(capacity: 1)
        unsafe connection.initialize(
            to: Connection(descriptor: descriptor, token: token, worker: self, session: session))
        unsafe session.connection = unsafe connection
        unsafe connection.pointee.isAuthenticated = unsafe !self.pointee.hot.hasPassword
        unsafe connection.pointee.counters.lastInteraction.set(Int(self.pointee.now))
        unsafe self.pointee.connections[slot] = unsafe connection
        server.registry.add(session)
        unsafe noteMemory(connection)
        if !isUnix {
            Socket.setNoDelay(descriptor)
            let seconds = unsafe self.pointee.hot.keepAliveSeconds
            if seconds > 0 { Socket.setKeepAlive(descriptor, seconds: seconds) }
        }
        unsafe scheduleCheck(connection)
        do {
            unsafe try self.pointee.kernel.pointee.epoll.addEdgeTriggered(descriptor, token: token)
        } catch {
            server.log.warning("Watching a client connection failed: \(error)")
            unsafe destroy(connection)
        }
    }

    /// Takes a connection down. Nothing of it is in flight.
    func destroy(_ connection: ConnectionPointer) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        unsafe forgetWatchedKeys(connection)
        unsafe abandonWaiting(connection)
        unsafe stopMonitoring(connection)
        unsafe abandonSubscriptions(connection)
        unsafe abandonTracking(connection)
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        server.registry.remove(session)
        unsafe forgetMemory(connection)
        unsafe session.connection = nil
        session.transaction.clear()
        unsafe connection.pointee.descriptor.close()
        if let round = unsafe connection.pointee.round {
            unsafe round.pointee.reset()
            unsafe round.pointee.arguments.clear()
            unsafe round.pointee.releaseRetained()
            unsafe giveBack(round)
        }
        unsafe giveInput(connection)
        unsafe connection.pointee.output.deallocate()
        unsafe connection.pointee.bulk?.release()
        let slot = unsafe Int(connection.pointee.token & 0xffff_ffff) - Int(listenerTokens)
        unsafe self.pointee.connections[slot] = nil
        unsafe self.pointee.freeSlots.append(slot)
        unsafe self.pointee.statistics.pointee.connected.wrappingSubtract(1, ordering: .relaxed)
        server.connectionCount.wrappingSubtract(1, ordering: .relaxed)
        unsafe connection.pointee.session.release()
        unsafe connection.deinitialize(count: 1)
        unsafe connection.deallocate()
    }

    func countInteraction(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) {
        unsafe connection.pointee.counters.lastInteraction.set(Int(self.pointee.now))
        let count = unsafe round.pointee.steps.count
        if count > 0 {
            unsafe connection.pointee.counters.lastCommand.set(Int(round.pointee.steps[count - 1].command))
            unsafe connection.pointee.counters.commandCount.add(round.pointee.commandCount)
        }
    }

    func outputChanged(_ connection: ConnectionPointer) {
        let waiting = unsafe connection.pointee.output.length - connection.pointee.outputSent
        unsafe connection.pointee.counters.outputBytes.set(waiting)
        unsafe connection.pointee.counters.lastInteraction.set(Int(self.pointee.now))
        unsafe checkOutput(connection)
    }
}
