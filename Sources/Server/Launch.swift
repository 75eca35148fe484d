// Starting the server: options, listeners, threads, and the way down.
import Logging
import Platform
import Reactor
import Synchronization

package enum Launch {
    /// Runs the server until it is told to stop; returns the exit code of the process.
    package static func run(_ arguments: [String]) -> Int32 {
        let log = Logger(label: "needletail")
        let store: ConfigurationStore
        do throws(ConfigurationFailure) {
            store = try ConfigurationStore.load(Array(arguments.dropFirst()))
        } catch {
            print(error.report(version: "\(ServerIdentity.compatibleVersion)"))
            return 1
        }
        do {
            let server = try ServerState(store, log: log)
            try server.watchSignals()
            try server.listen()
            try server.runWorkers()
            return 0
        } catch {
            log.critical("\(error)")
            return 1
        }
    }
}

extension ServerState {
    func listen() throws(SystemError) {
        for address in options.addresses where options.port != 0 {
            // A leading '-' says that it does not matter if there is no such address.
            let isOptional = address.hasPrefix("-")
            let name = isOptional ? String(address.dropFirst()) : address
            let descriptor: FileDescriptor
            do {
                descriptor = try Socket.listenTCP(address: name, port: options.port, backlog: options.backlog)
            } catch {
                if isOptional { continue }
                throw error
            }
            listeners.append(Listener(descriptor: descriptor, isUnix: false, name: "\(address):\(options.port)"))
        }
        if !options.unixSocket.isEmpty {
            let descriptor = try Socket.listenUnix(
                path: options.unixSocket, permissions: UInt32(options.unixSocketMode), backlog: options.backlog)
            listeners.append(Listener(descriptor: descriptor, isUnix: true, name: options.unixSocket))
        }
        for worker in 0..<workerCount {
            for (token, listener) in listeners.enumerated() {
                unsafe try kernel.workers[worker].epoll.addListener(listener.descriptor, token: UInt64(token))
            }
        }
    }

    /// Ends all workers' loops, and with them `runWorkers`. From any thread.
    func stop() {
        if isStopping.exchange(true, ordering: .sequentiallyConsistent) { return }
        log.info("Ending")
        for index in 0..<workerCount { unsafe (kernel.workers + index).requestStop() }
    }

    /// SIGTERM and SIGINT end the server. Called before there are other threads: they inherit that these signals are
    /// blocked, so that the one thread that waits for them gets them.
    func watchSignals() throws(SystemError) {
        let signals = TerminationSignals.block()
        _ = try Thread.start(name: "signals") {
            let name = signals.wait()
            self.log.info("Received \(name)")
            self.stop()
        }
    }

    /// Runs all workers; the first on this thread.
    func runWorkers() throws(SystemError) {
        var threads: [Thread.Handle] = []
        for index in 1..<max(1, workerCount) {
            let worker = unsafe kernel.workers + index
            threads.append(try Thread.start(name: "worker-\(index)") { unsafe worker.run() })
        }
        log.info("Ready to accept connections")
        unsafe kernel.workers.run()
        for thread in threads { Thread.join(thread) }
        for listener in listeners where listener.isUnix { File.remove(listener.name) }
    }
}
