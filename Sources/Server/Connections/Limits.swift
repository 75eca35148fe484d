// What a connection may cost: how many there are, who may come in, how long they may be idle, how much they may buffer.
import Bytes
import Commands
import Containers
import Logging
import Platform
import RESP
import Reactor
import Synchronization

/// When no descriptor is left, accepting waits so long.
private let acceptPauseMilliseconds: Int64 = 100
/// Replies up to this size fit in a fixed buffer that no limit counts.
private let uncountedBytes = 16 << 10

/// What clients of other machines are told while protected mode is on.
private let protectedModeRefusal = """
    -DENIED Needletail is running in protected mode because protected mode is enabled and no password is set for \
    the default user. In this mode only connections from the loopback interface are accepted. To let other \
    machines in, do one of these: 1) Send 'CONFIG SET protected-mode no' from a client on this machine, and make \
    sure that the server cannot be reached from the internet; CONFIG REWRITE makes the change permanent. 2) Put \
    'protected-mode no' into the configuration file and start the server again. 3) Start the server with \
    '--protected-mode no'. 4) Set a password with 'requirepass'.\r\n
    """

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Counts a new connection in, or says why it is not let in.
    func refusal(_ descriptor: FileDescriptor, isUnix: Bool) -> String? {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let count = server.connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
        if unsafe count > self.pointee.hot.maximumClients {
            server.connectionCount.wrappingSubtract(1, ordering: .relaxed)
            unsafe self.pointee.statistics.pointee.connectionsRejected.add(1)
            return "-ERR max number of clients reached\r\n"
        }
        if unsafe self.pointee.hot.refusesStrangers, !isUnix, !SocketAddress.peer(of: descriptor).isLocal {
            server.connectionCount.wrappingSubtract(1, ordering: .relaxed)
            unsafe self.pointee.statistics.pointee.connectionsRejected.add(1)
            return protectedModeRefusal
        }
        return nil
    }

    /// No descriptor is left, or something of the kind: says so at most once a second, and leaves the listeners alone
    /// for a moment, so that their readiness does not keep the loop spinning.
    func acceptFailed(_ error: SystemError) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let now = unsafe self.pointee.now
        let last = server.lastAcceptComplaint.load(ordering: .relaxed)
        if now - last >= 1000,
            server.lastAcceptComplaint.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged
        {
            server.log.warning("Accepting client connection: accept: \(error)")
        }
        unsafe stopAccepting()
        unsafe self.pointee.nextCheck = unsafe Swift.min(self.pointee.nextCheck, now + acceptPauseMilliseconds)
    }

    func stopAccepting() {
        guard unsafe self.pointee.isAccepting else { return }
        unsafe self.pointee.isAccepting = false
        for listener in unsafe self.pointee.server.takeUnretainedValue().listeners {
            unsafe self.pointee.kernel.pointee.epoll.remove(listener.descriptor)
        }
    }

    private func resumeAccepting() {
        guard unsafe !self.pointee.isAccepting && !self.pointee.isStopping else { return }
        unsafe self.pointee.isAccepting = true
        for (token, listener) in unsafe self.pointee.server.takeUnretainedValue().listenerTable.openByToken {
            unsafe try? self.pointee.kernel.pointee.epoll.addListener(listener.descriptor, token: token)
        }
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Drops connections that have been idle or beyond their soft limit for too long. Looks only when the first of them
    /// may be due, and never more than once a second. Returns the milliseconds until then, -1: nothing is to come.
    func checkConnections() -> Int32 {
        let now = unsafe self.pointee.now
        if unsafe self.pointee.checkedGeneration != self.pointee.hot.generation {
            unsafe self.pointee.checkedGeneration = unsafe self.pointee.hot.generation
            unsafe self.pointee.nextCheck = now
            unsafe limitClientMemory()
        }
        if unsafe now >= self.pointee.nextCheck {
            unsafe resumeAccepting()
            if unsafe self.pointee.looksAgainAtClients {
                unsafe self.pointee.looksAgainAtClients = false
                unsafe limitClientMemory()
            }
            var next = Int64.max
            for slot in unsafe self.pointee.connections.indices {
                guard let connection = unsafe self.pointee.connections[slot] else { continue }
                next = unsafe Swift.min(next, check(connection))
            }
            unsafe self.pointee.nextCheck = next == .max ? .max : Swift.max(next, now + 1000)
        }
        let next = unsafe self.pointee.nextCheck
        return next == .max ? -1 : Int32(clamping: Swift.max(0, next - now))
    }

    /// Drops the connection if its time is over; else says when that may be, `Int64.max`: never.
    private func check(_ connection: ConnectionPointer) -> Int64 {
        let now = unsafe self.pointee.now
        var next = unsafe idleDeadline(connection)
        if next <= now {
            unsafe self.pointee.server.takeUnretainedValue().log.info("Closing idle client")
            unsafe self.pointee.statistics.pointee.timeoutDisconnections.add(1)
            unsafe closeSoon(connection)
            return .max
        }
        if unsafe connection.pointee.softLimitSince != 0 {
            let limits = unsafe outputLimits(of: connection)
            let end = unsafe connection.pointee.softLimitSince + Int64(limits.softSeconds) * 1000
            if end < now {
                unsafe dropForOutput(connection)
                return .max
            }
            next = Swift.min(next, end + 1)
        }
        return next
    }

    /// When the client will have been silent for too long. Those that wait for a reply or for messages may be silent,
    /// but not for ever what they are now: they are looked at again.
    private func idleDeadline(_ connection: ConnectionPointer) -> Int64 {
        let timeout = unsafe self.pointee.hot.idleTimeout
        if timeout == 0 { return .max }
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let mayBeSilent = session.kind != .normal || session.isMonitor
        let isWaiting =
            unsafe connection.pointee.isInFlight || connection.pointee.isPaused || connection.pointee.isWaiting
        let start =
            unsafe mayBeSilent || isWaiting
            ? self.pointee.now : Int64(connection.pointee.counters.lastInteraction.current)
        return start + timeout + 1
    }

    /// A new connection may have to be checked earlier than what is there.
    func scheduleCheck(_ connection: ConnectionPointer) {
        let deadline = unsafe idleDeadline(connection)
        unsafe self.pointee.nextCheck = unsafe Swift.min(self.pointee.nextCheck, deadline)
    }

    /// Closes a connection from outside its own flow, as soon as nothing of it is in flight.
    func closeSoon(_ connection: ConnectionPointer) {
        unsafe connection.pointee.isClosing = true
        unsafe queueToAdvance(connection)
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Whether replies are too much for their client: `length` bytes of them beside what waits already. The replies of
    /// a command count as they are written, however fast the client reads.
    func exceedsHardLimit(_ connection: ConnectionPointer, adding length: Int) -> Bool {
        let waiting = unsafe connection.pointee.counters.outputBytes.current &+ length
        let hard = unsafe outputLimits(of: connection).hardBytes
        return hard > 0 && waiting > uncountedBytes && waiting - uncountedBytes >= hard
    }

    /// Goes by the limits after the amount of unsent output has changed.
    func checkOutput(_ connection: ConnectionPointer) {
        let limits = unsafe outputLimits(of: connection)
        if limits.hardBytes == 0 && limits.softBytes == 0 { return }
        let counted = unsafe connection.pointee.counters.outputBytes.current - uncountedBytes
        if limits.hardBytes > 0 && counted >= limits.hardBytes {
            unsafe dropForOutput(connection)
        } else if limits.softBytes > 0 && counted >= limits.softBytes {
            let now = unsafe self.pointee.now
            if unsafe connection.pointee.softLimitSince == 0 {
                unsafe connection.pointee.softLimitSince = now
                let end = now + Int64(limits.softSeconds) * 1000 + 1
                unsafe self.pointee.nextCheck = unsafe Swift.min(self.pointee.nextCheck, end)
            } else if unsafe now - connection.pointee.softLimitSince > Int64(limits.softSeconds) * 1000 {
                unsafe dropForOutput(connection)
            }
        } else {
            unsafe connection.pointee.softLimitSince = 0
        }
    }

    /// Closes a connection whose client does not read what it asks for.
    @inline(never)
    func dropForOutput(_ connection: ConnectionPointer) {
        if unsafe connection.pointee.isClosing { return }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        unsafe self.pointee.statistics.pointee.outputLimitDisconnections.add(1)
        let description = unsafe server.description(of: connection, now: self.pointee.now)
        server.log.warning(
            "Client \(description) scheduled to be closed ASAP for overcoming of output buffer limits.")
        unsafe closeSoon(connection)
    }

    /// Closes a connection whose request does not end. Only in the flow of that connection.
    @inline(never)
    func dropForInput(_ connection: ConnectionPointer) {
        unsafe connection.pointee.isClosing = true
        let server = unsafe self.pointee.server.takeUnretainedValue()
        unsafe self.pointee.statistics.pointee.queryLimitDisconnections.add(1)
        let description = unsafe server.description(of: connection, now: self.pointee.now)
        server.log.warning("Closing client that reached max query buffer length: \(description)")
    }

    private func outputLimits(of connection: ConnectionPointer) -> OutputLimits {
        switch unsafe connection.pointee.session._withUnsafeGuaranteedRef({ $0.kind }) {
        case .normal, .master: unsafe self.pointee.hot.normalOutput
        case .replica: unsafe self.pointee.hot.replicaOutput
        case .pubsub: unsafe self.pointee.hot.pubsubOutput
        }
    }
}

extension ServerState {
    /// The line of CLIENT LIST that describes a connection.
    func description(of connection: ConnectionPointer, now: Int64) -> String {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        return registry.lock.withLock { describe(session, for: nil, now: now) }
    }
}
