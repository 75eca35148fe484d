// One connection of a load: its socket, what it has yet to send, what it waits for.
import Bytes
import Platform

struct LoadConnection {
    enum State {
        /// Not connected; will try at `deadline`.
        case closed
        case connecting
        /// Waits for the replies to its greeting.
        case greeting
        case ready
    }

    var state = State.closed
    var descriptor = FileDescriptor.none
    /// Nanoseconds: when to try again (closed), or to give up (otherwise, while something is awaited).
    var deadline: Int64 = 0
    /// Replies to the greeting that have not come yet.
    var greetingsLeft = 0
    var output = ByteBuffer()
    /// How much of the output has been sent.
    var sent = 0
    var replies = ReplyCounter()
    var flights: FlightQueue

    init(pipeline: Int) { flights = FlightQueue(capacity: pipeline) }

    /// Sends what there is to send, as far as the socket takes it; false if the connection is broken.
    mutating func flush() -> Bool {
        while sent < output.count {
            let rest = output.view.dropFirst(sent)
            switch unsafe descriptor.send(rest.base, count: rest.count) {
            case .bytes(let count): sent &+= count
            case .wouldBlock: return true
            case .endOfStream, .failed: return false
            }
        }
        output.removeAll(keepingCapacity: true)
        sent = 0
        return true
    }

    /// Forgets everything that belonged to the socket.
    mutating func reset() {
        descriptor.close()
        descriptor = .none
        state = .closed
        output.removeAll(keepingCapacity: true)
        sent = 0
        replies = ReplyCounter()
        flights.removeAll()
        greetingsLeft = 0
    }

    mutating func deallocate() {
        descriptor.close()
        output.deallocate()
        flights.deallocate()
    }
}

/// Commands as arrays of bulk strings, for what is sent once.
enum RequestText {
    static func append(_ words: [String], to output: inout ByteBuffer) {
        output.append("*")
        output.append(decimal: Int64(words.count))
        output.append("\r\n")
        for word in words {
            output.append("$")
            output.append(decimal: Int64(word.utf8.count))
            output.append("\r\n")
            output.append(Array(word.utf8))
            output.append("\r\n")
        }
    }
}
