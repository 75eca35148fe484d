// One connection of the wrong server: reading, executing, answering.
import Foundation
import Platform

/// A connection and its thread's work. What others see of it is used with the store's lock held.
final class WrongSession: @unchecked Sendable {
    let store: ServerStore
    let descriptor: FileDescriptor
    let identifier: Int
    let address: String
    var name: [UInt8] = []
    var database = 0
    var protocolVersion = 2
    /// The commands after MULTI; nil outside.
    var queue: [[[UInt8]]]?
    var isQueueBroken = false
    /// Watched keys and their versions then.
    var watched: [StoredPlace: Int] = [:]
    /// Set by QUIT, by CLIENT KILL of oneself and by faults: the connection ends after the replies so far.
    var isEnding = false
    /// What it has subscribed to, and messages that its thread has still to send.
    var channels: Set<[UInt8]> = []
    var patterns: Set<[UInt8]> = []
    var messages: [[UInt8]] = []

    /// What CLIENT TRACKING has switched on, and the keys that it is told of.
    var tracking: WrongTracking?

    private var input: [UInt8] = []
    private var position = 0

    init(store: ServerStore, descriptor: FileDescriptor, identifier: Int) {
        self.store = store
        self.descriptor = descriptor
        self.identifier = identifier
        address = SocketAddress.peer(of: descriptor).text
    }

    /// Serves the connection until it ends.
    func serve() {
        while !isEnding, readMore() {
            var commands: [[[UInt8]]] = []
            while let words = nextRequest() { commands.append(words) }
            if commands.isEmpty { continue }
            var replies = [StoredReply?](repeating: nil, count: commands.count)
            let isReversed = commands.count > 1 && store.locked { store.strikes(.reordersPipeline) }
            var earlier = [[UInt8]](repeating: [], count: commands.count)
            for index in isReversed ? commands.indices.reversed() : Array(commands.indices) {
                if isReversed { Clock.sleep(microseconds: 200) }
                if tracksKeys { earlier[index] = takeMessages() }
                replies[index] = execute(commands[index])
                if isEnding { break }
            }
            var output: [UInt8] = []
            for (message, reply) in zip(earlier, replies) {
                output += message
                reply?.append(to: &output, protocolVersion: protocolVersion)
            }
            if !send(output) { break }
        }
        store.locked {
            store.sessions[identifier] = nil
            if store.strikes(.leaksClients) { store.leakedClients += 1 }
            descriptor.close()
        }
    }

    /// Whether the peer is gone, as far as can be seen without reading.
    var isPeerGone: Bool {
        var byte: UInt8 = 0
        return unsafe recv(descriptor.number, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }

    // MARK: the wire

    /// Waits for more input; false at the end of the stream.
    private func readMore() -> Bool {
        if position > 0 {
            input.removeFirst(position)
            position = 0
        }
        var chunk = [UInt8](repeating: 0, count: input.count > 1 << 16 ? 1 << 20 : 1 << 14)
        while true {
            let result = unsafe chunk.withUnsafeMutableBytes { bytes in
                unsafe descriptor.read(into: bytes.baseAddress!, count: bytes.count)
            }
            switch result {
            case .bytes(let count):
                input.append(contentsOf: chunk[..<count])
                return true
            case .wouldBlock:
                let isSubscriber = isSubscriber
                if isSubscriber, !send(takeMessages()) { return false }
                Waiting.readable(descriptor, milliseconds: isSubscriber ? 2 : 50)
                if store.locked({ store.isClosing }) { return false }
            case .endOfStream, .failed: return false
            }
        }
    }

    private func send(_ output: [UInt8]) -> Bool {
        var sent = 0
        while sent < output.count {
            let result = unsafe output.withUnsafeBytes {
                unsafe descriptor.send($0.baseAddress! + sent, count: output.count - sent)
            }
            switch result {
            case .bytes(let count): sent += count
            case .wouldBlock:
                Waiting.writable(descriptor, milliseconds: 50)
                if store.locked({ store.isClosing }) { return false }
            case .endOfStream, .failed: return false
            }
        }
        return true
    }

    /// The next whole request of the input. What is no request ends the connection.
    private func nextRequest() -> [[UInt8]]? {
        var cursor = position
        func number(_ type: Character) -> Int? {
            guard cursor < input.count else { return nil }
            guard let end = input[cursor...].prefix(32).firstIndex(of: 13), end + 1 < input.count else { return nil }
            let line = String(decoding: input[cursor..<end], as: UTF8.self)
            cursor = end + 2
            guard line.first == type, let number = Int(line.dropFirst()) else {
                isEnding = true
                return nil
            }
            return number
        }
        guard let count = number("*"), !isEnding else { return nil }
        var words: [[UInt8]] = []
        for _ in 0..<max(0, count) {
            guard let length = number("$"), length >= 0, input.count - cursor >= length + 2 else { return nil }
            words.append(Array(input[cursor..<cursor + length]))
            cursor += length + 2
        }
        position = cursor
        return words
    }
}
