// The request parser: bytes of a connection in, commands as views into those bytes out, resumable at any byte.
import Bytes
import Platform

/// Parses the commands of one connection, multibulk or inline, over one contiguous read buffer. A command that is not
/// complete yet leaves its finished arguments in the list and the rest of the state here, so nothing is parsed twice.
@safe
@usableFromInline
package struct RequestParser {
    /// What a client may announce. The same words and numbers as Redis.
    @usableFromInline
    package struct Limits: Sendable {
        /// `proto-max-bulk-len`.
        package var maximumBulkLength: Int
        package var maximumMultibulk: Int
        /// A client that still has to authenticate may send 10 arguments of 16 KiB at most.
        package var authenticated: Bool

        package init(
            maximumBulkLength: Int = 512 * 1024 * 1024, maximumMultibulk: Int = Int(Int32.max),
            authenticated: Bool = true
        ) {
            self.maximumBulkLength = maximumBulkLength
            self.maximumMultibulk = maximumMultibulk
            self.authenticated = authenticated
        }
    }

    @usableFromInline
    package enum Outcome: Equatable, Sendable {
        /// A command stands complete in the list. Empty requests are skipped and never reported.
        case command
        /// The bytes ended before the command did.
        case incomplete
        case failed(ProtocolError)
    }

    /// A bulk of which only a part is in the buffer.
    package struct PendingBulk: Equatable {
        package let length: Int
        /// How many of its bytes stand in the buffer, from the parser's position on.
        package let received: Int
    }

    /// Lines (counts, inline requests) may be this long.
    static let maximumLine = 64 * 1024
    /// A bulk longer than this is worth receiving elsewhere.
    package static let largeBulk = 32 * 1024

    /// Arguments of the command under way that are still to come; 0 between commands.
    @usableFromInline var remaining = 0
    /// The announced length of the bulk under way; -1 if its header has not been read.
    @usableFromInline var bulkLength = -1
    /// Bytes of the line under way that have been searched for its end in vain.
    @usableFromInline var searched = 0
    /// How much of the bulk under way was there at the last call.
    @usableFromInline var receivedOfBulk = 0
    /// Bytes still to be skipped behind a bulk that was supplied: its CR LF.
    @usableFromInline var skip = 0

    package init() {}

    /// Whether a command has been begun and not been finished.
    package var isInsideCommand: Bool { remaining > 0 || searched > 0 || skip > 0 }

    /// If the parser waits inside a bulk longer than 32 KiB: its length, and how much of it is there. The caller may
    /// take those bytes (from `position` on, moving `position` behind them), receive the rest elsewhere and call
    /// `supplyBulk`.
    package var pendingBulk: PendingBulk? {
        guard bulkLength > RequestParser.largeBulk else { return nil }
        return PendingBulk(length: bulkLength, received: min(receivedOfBulk, bulkLength))
    }

    /// Takes a bulk that the caller has received elsewhere as the argument that `pendingBulk` announced.
    package mutating func supplyBulk(_ view: ByteView, into arguments: inout ArgumentList) {
        precondition(view.count == bulkLength && remaining > 0, "no such bulk is pending")
        arguments.append(view)
        remaining &-= 1
        bulkLength = -1
        receivedOfBulk = 0
        skip = 2
    }

    /// Parses on from `position` (an offset from `base`) towards `end`.
    ///
    /// - Parameter arguments: the finished arguments are appended here. Between `incomplete` and the next call neither
    ///   they nor the bytes from `position` on may change, but both may move: `ArgumentList.rebase`.
    /// - Returns: `command` with `position` behind it; or `incomplete` with `position` behind what is used up.
    @inlinable
    @inline(__always)
    package mutating func next(
        _ base: UnsafeMutableRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList,
        limits: Limits
    ) -> Outcome {
        if remaining | skip | searched == 0 {
            let start = UnsafeRawPointer(base)
            if unsafe RequestParser.nextWhole(start, &position, end, into: &arguments) { return .command }
        }
        return unsafe resume(base, &position, end, into: &arguments, limits: limits)
    }
}
