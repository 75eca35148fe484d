// What can be wrong with a request on the wire, and Redis' words for it.
import Bytes

/// After any of these the connection is answered with the text and closed.
@usableFromInline
package enum ProtocolError: Equatable, Sendable {
    case tooBigInlineRequest
    case unbalancedQuotes
    case tooBigMultibulkCount
    case tooBigBulkCount
    case invalidMultibulkLength
    case invalidBulkLength
    case expectedDollar(UInt8)
    case unauthenticatedMultibulkLength
    case unauthenticatedBulkLength

    private var reason: StaticString {
        switch self {
        case .tooBigInlineRequest: "too big inline request"
        case .unbalancedQuotes: "unbalanced quotes in request"
        case .tooBigMultibulkCount: "too big mbulk count string"
        case .tooBigBulkCount: "too big bulk count string"
        case .invalidMultibulkLength: "invalid multibulk length"
        case .invalidBulkLength: "invalid bulk length"
        case .expectedDollar: "expected '$', got '"
        case .unauthenticatedMultibulkLength: "unauthenticated multibulk length"
        case .unauthenticatedBulkLength: "unauthenticated bulk length"
        }
    }

    /// Writes the error as a reply.
    package func write(to reply: ReplyWriter) {
        reply.errorParts { line in
            line.append("ERR Protocol error: ")
            line.append(reason)
            if case .expectedDollar(let found) = self {
                line.append(found)
                line.append("'")
            }
        }
    }
}
