// Sockets that listen, and how many clients they may let in.
import Logging
import Platform
import Reactor

/// A listening socket.
struct Listener: Equatable {
    let descriptor: FileDescriptor
    let isUnix: Bool
    let name: String
}

extension Launch {
    /// Descriptors that are no client's: files, listeners, and the two of every thread.
    private static func reservedDescriptors(_ configuration: Configuration) -> Int { 32 + 2 * configuration.threads }

    /// Raises the limit of open files so that `maxclients` fit in; if the system does not let us, fewer clients must
    /// do.
    static func limitClients(
        _ store: ConfigurationStore, _ log: Logger
    ) throws(LaunchFailure) -> ConfigurationStore {
        let wanted = store.configuration.maximumClients
        let reserved = reservedDescriptors(store.configuration)
        let limit = Socket.raiseOpenFileLimit(to: wanted + reserved)
        let reason = SystemError.last
        if limit >= wanted + reserved { return store }
        if limit <= reserved {
            throw LaunchFailure(
                """
                Your current 'ulimit -n' of \(limit) is not enough for the server to start. \
                Please increase your open file limit to at least \(reserved + 1). Exiting.
                """)
        }
        log.warning(
            "You requested maxclients of \(wanted) requiring at least \(wanted + reserved) max file descriptors.")
        log.warning(
            "Server can't set maximum open files to \(wanted + reserved) because of OS error: \(reason).")
        log.warning(
            """
            Current maximum open files is \(limit). maxclients has been reduced to \(limit - reserved) to compensate \
            for low ulimit. If you need higher maxclients increase 'ulimit -n'.
            """)
        var store = store
        store.replace("maxclients", with: String(limit - reserved))
        return store
    }

    /// Raises the limit of open files for `maxclients`; if that is not allowed, returns the clients that do fit in.
    static func reachableClients(_ configuration: Configuration) -> Int? {
        let reserved = reservedDescriptors(configuration)
        let limit = Socket.raiseOpenFileLimit(to: configuration.maximumClients + reserved)
        return limit < configuration.maximumClients + reserved ? max(0, limit - reserved) : nil
    }

    /// Opens everything that the configuration wants to be listened on.
    static func listen(_ configuration: Configuration, _ log: Logger) throws(LaunchFailure) -> [Listener] {
        var listeners: [Listener] = []
        if configuration.port != 0 {
            listeners = try listenTCP(configuration, log)
        }
        if !configuration.unixSocket.isEmpty {
            do throws(ListenError) {
                let descriptor = try Socket.listenUnix(
                    path: configuration.unixSocket, permissions: UInt32(configuration.unixSocketMode),
                    backlog: configuration.backlog)
                listeners.append(Listener(descriptor: descriptor, isUnix: true, name: configuration.unixSocket))
            } catch {
                throw LaunchFailure("Failed opening Unix socket: \(error.text)")
            }
        }
        if listeners.isEmpty { throw LaunchFailure("Configured to not listen anywhere, exiting.") }
        return listeners
    }

    /// The places to listen on by TCP. A leading '-' in the configuration says that it does not matter if this machine
    /// has no such address.
    static func places(_ configuration: Configuration) -> [(address: String, name: String, isOptional: Bool)] {
        configuration.addresses.map { text in
            let isOptional = text.hasPrefix("-")
            let address = isOptional ? String(text.dropFirst()) : text
            return (address, "\(address):\(configuration.port)", isOptional)
        }
    }

    /// Opens one socket a place, but for those in `except`.
    static func listenTCP(
        _ configuration: Configuration, except: Set<String> = [], _ log: Logger
    ) throws(LaunchFailure) -> [Listener] {
        var listeners: [Listener] = []
        for place in places(configuration) where !except.contains(place.name) {
            do throws(ListenError) {
                let descriptor = try Socket.listenTCP(
                    address: place.address, port: configuration.port, backlog: configuration.backlog)
                listeners.append(Listener(descriptor: descriptor, isUnix: false, name: place.name))
            } catch {
                let isHarmless = error.isMissingProtocol || place.isOptional && error.isMissingAddress
                log.log(
                    level: isHarmless ? .info : .warning,
                    "Warning: Could not create server TCP listening socket \(place.name): \(error.text)")
                if isHarmless { continue }
                for listener in listeners { listener.descriptor.close() }
                throw LaunchFailure("Failed listening on port \(configuration.port) (TCP), aborting.")
            }
        }
        return listeners
    }
}

extension ServerState {
    /// Runs all workers, the first on this thread, until they are told to stop.
    func runWorkers() throws(SystemError) {
        // The listeners take connections already; whoever is answered must find these lines in the log.
        announceReadiness()
        var threads: [Thread.Handle] = []
        for index in 1..<max(1, workerCount) {
            let worker = unsafe kernel.workers + index
            let state = unsafe workers + index
            threads.append(
                try Thread.start(name: "worker-\(index)") {
                    Allocator.tuneThread()
                    unsafe state.pointee.memory.thread = .ofCurrentThread()
                    unsafe ThreadValue.pointer = UnsafeMutableRawPointer(state)
                    unsafe worker.run()
                })
        }
        Allocator.tuneThread()
        // What was allocated before there were other threads is this one's.
        unsafe workers.pointee.memory.thread = .ofCurrentThread()
        startupBytes.set(usedMemory)
        _ = try Thread.start(name: "signals") { self.watchSignals() }
        unsafe ThreadValue.pointer = unsafe UnsafeMutableRawPointer(workers)
        unsafe kernel.workers.run()
        for thread in threads { Thread.join(thread) }
    }

    /// The lines that scripts and test harnesses wait for, and the word to the service manager.
    private func announceReadiness() {
        log.notice("Ready to accept connections")
        if listeners.contains(where: { !$0.isUnix }) { log.notice("Ready to accept connections tcp") }
        for listener in listeners where listener.isUnix {
            log.notice("Ready to accept connections unix")
            log.notice("The server is now ready to accept connections at \(listener.name)")
        }
        _ = Process.notifyServiceManager("STATUS=Ready to accept connections\nREADY=1\n")
    }
}
