// Replies of the wrong server, and how they look on the wire.

/// One reply.
indirect enum StoredReply {
    case simple(String)
    case error(String)
    case integer(Int)
    case bulk([UInt8])
    case null
    case nullArray
    case array([StoredReply])
    case map([(StoredReply, StoredReply)])

    static let ok = StoredReply.simple("OK")

    static func text(_ text: String) -> StoredReply { .bulk(Array(text.utf8)) }

    /// Appends the bytes of the reply in the given protocol, 2 or 3.
    func append(to output: inout [UInt8], protocolVersion: Int) {
        func line(_ text: String) {
            output.append(contentsOf: text.utf8)
            output.append(contentsOf: [13, 10])
        }
        switch self {
        case .simple(let text): line("+\(text)")
        case .error(let text): line("-\(text)")
        case .integer(let number): line(":\(number)")
        case .bulk(let bytes):
            line("$\(bytes.count)")
            output.append(contentsOf: bytes)
            output.append(contentsOf: [13, 10])
        case .null: line(protocolVersion == 3 ? "_" : "$-1")
        case .nullArray: line(protocolVersion == 3 ? "_" : "*-1")
        case .array(let elements):
            line("*\(elements.count)")
            for element in elements { element.append(to: &output, protocolVersion: protocolVersion) }
        case .map(let pairs):
            line(protocolVersion == 3 ? "%\(pairs.count)" : "*\(pairs.count * 2)")
            for (name, value) in pairs {
                name.append(to: &output, protocolVersion: protocolVersion)
                value.append(to: &output, protocolVersion: protocolVersion)
            }
        }
    }
}

/// An error reply on its way out of a handler.
struct CommandFailure: Error {
    let text: String

    init(_ text: String) { self.text = text }

    static let wrongType = CommandFailure("WRONGTYPE Operation against a key holding the wrong kind of value")
    static let notInteger = CommandFailure("ERR value is not an integer or out of range")
    static let syntax = CommandFailure("ERR syntax error")
}
