// Starting the server: options, listeners, threads, and the way down.
import Logging
import Platform
import Reactor

package enum Launch {
    /// Runs the server until it is told to stop; returns the exit code of the process.
    package static func run(_ arguments: [String]) -> Int32 {
        var options = ServerOptions()
        var index = 1
        while index + 1 < arguments.count {
            let value = arguments[index + 1]
            switch arguments[index] {
            case "--port": options.port = Int(value) ?? 0
            case "--threads":
                options.threads = Int(value) ?? 1
                options.shards = options.threads
            case "--shards": options.shards = Int(value) ?? 1
            case "--bind": options.addresses = [value]
            case "--unixsocket": options.unixSocket = value
            default: break
            }
            index += 2
        }
        let log = Logger(label: "needletail")
        do {
            let server = try ServerState(options: options, log: log)
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
            let descriptor = try Socket.listenTCP(address: address, port: options.port, backlog: options.backlog)
            listeners.append(Listener(descriptor: descriptor, isUnix: false, name: "\(address):\(options.port)"))
        }
        if !options.unixSocket.isEmpty {
            let descriptor = try Socket.listenUnix(path: options.unixSocket, permissions: 0, backlog: options.backlog)
            listeners.append(Listener(descriptor: descriptor, isUnix: true, name: options.unixSocket))
        }
        for worker in 0..<workerCount {
            for (token, listener) in listeners.enumerated() {
                unsafe try kernel.workers[worker].epoll.addListener(listener.descriptor, token: UInt64(token))
            }
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
    }
}
