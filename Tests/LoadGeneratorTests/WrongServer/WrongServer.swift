// A server in the test's own process that speaks RESP and does one thing wrong, or nothing.
import Foundation
import Platform

/// A small server on a free loopback port: one thread a connection, one lock around every command. It is right unless
/// it is given a fault. Every wait is bounded; `close` ends all threads.
final class WrongServer: @unchecked Sendable {
    let port: Int
    let store: ServerStore
    private let listener: FileDescriptor
    private var acceptor: Platform.Thread.Handle?

    /// - Parameters:
    ///   - fault: what it does wrong; nil: nothing.
    ///   - probability: of doing so, each time it could.
    ///   - lacking: commands, in lower case, that it does not know.
    ///   - keyLimit: with more keys it evicts; nil: it never does.
    init(
        fault: Fault? = nil, probability: Double = 0.02, seed: UInt64 = 1, lacking: Set<String> = [],
        keyLimit: Int? = nil
    ) throws {
        store = ServerStore(
            fault: fault, probability: probability, seed: seed, lacking: lacking, keyLimit: keyLimit)
        listener = try Socket.listenTCP(address: "127.0.0.1", port: 0, backlog: 1024)
        port = Int(SocketAddress.local(of: listener).text.split(separator: ":").last ?? "") ?? 0
        acceptor = try Platform.Thread.start(name: "wrong-accept") { [store, listener] in
            WrongServer.accept(listener, into: store)
        }
    }

    /// Runs `body` with a server that is closed afterwards.
    static func run<Result>(
        fault: Fault? = nil, probability: Double = 0.02, seed: UInt64 = 1, lacking: Set<String> = [],
        keyLimit: Int? = nil, _ body: (WrongServer) throws -> Result
    ) throws -> Result {
        let server = try WrongServer(
            fault: fault, probability: probability, seed: seed, lacking: lacking, keyLimit: keyLimit)
        defer { server.close() }
        return try body(server)
    }

    /// How often the fault has struck.
    var strikes: Int { store.locked { store.strikes } }

    /// Closes all connections and waits for all threads.
    func close() {
        let wasOpen = store.locked {
            let wasOpen = !store.isClosing
            store.isClosing = true
            store.condition.broadcast()
            for session in store.sessions.values { session.descriptor.shutdown() }
            return wasOpen
        }
        guard wasOpen else { return }
        if let acceptor { Platform.Thread.join(acceptor) }
        for thread in store.locked({ store.threads }) { Platform.Thread.join(thread) }
        listener.close()
    }

    private static func accept(_ listener: FileDescriptor, into store: ServerStore) {
        while !store.locked({ store.isClosing }) {
            guard let descriptor = try? Socket.accept(listener) else {
                Waiting.readable(listener, milliseconds: 20)
                continue
            }
            Socket.setNoDelay(descriptor)
            store.locked {
                store.connectionCount += 1
                let session = WrongSession(store: store, descriptor: descriptor, identifier: store.connectionCount)
                store.sessions[session.identifier] = session
                let thread = try? Platform.Thread.start(name: "wrong-client", stackBytes: 512 << 10) { session.serve() }
                if let thread { store.threads.append(thread) }
            }
        }
    }
}

/// Waits for one descriptor.
enum Waiting {
    @discardableResult
    static func readable(_ descriptor: FileDescriptor, milliseconds: Int32) -> Bool {
        poll(descriptor, Int16(POLLIN), milliseconds)
    }

    @discardableResult
    static func writable(_ descriptor: FileDescriptor, milliseconds: Int32) -> Bool {
        poll(descriptor, Int16(POLLOUT), milliseconds)
    }

    private static func poll(_ descriptor: FileDescriptor, _ events: Int16, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor.number, events: events, revents: 0)
        return unsafe Foundation.poll(&entry, 1, milliseconds) > 0
    }
}
