// The sockets that are listened on; CONFIG SET may exchange them while the server runs.
import Logging
import Platform
import Reactor

/// Safe from any thread.
final class ListenerTable: @unchecked Sendable {
    private let lock = Mutex()
    /// By token. What is closed leaves its place to another: a late event of its token finds nothing to accept there.
    private var places: [Listener?] = []

    /// What is open.
    var open: [Listener] { lock.withLock { places.compactMap { $0 } } }

    /// What is open, with the tokens of its events.
    var openByToken: [(token: UInt64, listener: Listener)] {
        lock.withLock {
            places.enumerated().compactMap { token, listener in listener.map { (UInt64(token), $0) } }
        }
    }

    /// Adds a listener and returns its token.
    func add(_ listener: Listener) -> UInt64 {
        lock.withLock {
            if let free = places.firstIndex(where: { $0 == nil }) {
                places[free] = listener
                return UInt64(free)
            }
            places.append(listener)
            return UInt64(places.count - 1)
        }
    }

    /// Closes a listener, which also ends all watching of it.
    func close(_ token: UInt64) {
        lock.withLock {
            places[Int(token)]?.descriptor.close()
            places[Int(token)] = nil
        }
    }

    /// The next connection of a listener; nil if the listener is gone. The lock keeps the descriptor from being closed,
    /// and its number from being given to something else, meanwhile.
    func accept(_ token: UInt64) throws(SystemError) -> (descriptor: FileDescriptor, isUnix: Bool)? {
        try lock.withLock { () throws(SystemError) in
            guard token < UInt64(places.count), let listener = places[Int(token)] else { return nil }
            return (try Socket.accept(listener.descriptor), listener.isUnix)
        }
    }
}

extension ServerState {
    var listeners: [Listener] { listenerTable.open }

    /// Lets every worker accept from the listeners.
    func watch(_ opened: [Listener]) throws(SystemError) {
        for listener in opened {
            let token = listenerTable.add(listener)
            for worker in 0..<workerCount {
                unsafe try kernel.workers[worker].epoll.addListener(listener.descriptor, token: token)
            }
        }
    }

    /// Goes over to other addresses or another port. If that fails, everything is as before.
    ///
    /// What is in the way is closed first: an address may be part of "*".
    func listenAnew(_ new: Configuration, insteadOf old: Configuration) -> Bool {
        let kept = Set(new.port == 0 ? [] : Launch.places(new).map(\.name))
        var closed = false
        for (token, listener) in listenerTable.openByToken where !listener.isUnix && !kept.contains(listener.name) {
            listenerTable.close(token)
            closed = true
        }
        if openMissing(new) { return true }
        if closed && !openMissing(old) { log.warning("Going back to the former addresses failed.") }
        return false
    }

    /// Opens what the configuration wants and is not open yet.
    private func openMissing(_ configuration: Configuration) -> Bool {
        if configuration.port == 0 { return true }
        let open = Set(listeners.map(\.name))
        do {
            try watch(Launch.listenTCP(configuration, except: open, log))
            return true
        } catch {
            if let failure = error as? LaunchFailure { for line in failure.lines { log.warning("\(line)") } }
            return false
        }
    }
}
