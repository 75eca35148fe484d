// The complete rules: partial commands, long counts and bulks, limits, errors.
import Bytes
import Platform

extension RequestParser {
    /// Goes on with whatever is under way, or begins a command.
    @usableFromInline
    @inline(never)
    mutating func resume(
        _ base: UnsafeMutableRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList,
        limits: Limits
    ) -> Outcome {
        // Room for the next commands on the fast path, which does not grow the list.
        arguments.reserve(16)
        while true {
            if skip > 0 {
                let skipped = min(skip, end &- position)
                position &+= skipped
                skip &-= skipped
                if skip > 0 { return .incomplete }
                if remaining == 0 { return .command }
            }
            if remaining > 0 {
                return unsafe bulks(base, &position, end, into: &arguments, limits: limits)
            }
            if position >= end { return .incomplete }
            let first = unsafe base.load(fromByteOffset: position, as: UInt8.self)
            if first == RESPByte.asterisk {
                if unsafe searched == 0 && limits.authenticated && limits.maximumMultibulk >= 1000
                    && RequestParser.nextLonger(UnsafeRawPointer(base), &position, end, into: &arguments)
                {
                    return .command
                }
                switch unsafe multibulkHeader(base, &position, end, limits: limits) {
                case .some(let outcome): return outcome
                case .none: continue
                }
            }
            switch unsafe inlineRequest(base, &position, end, into: &arguments) {
            case .some(let outcome): return outcome
            case .none: continue
            }
        }
    }

    /// Reads "*count\r\n". Nil: go on (with `remaining` set, or a new command after an empty one).
    private mutating func multibulkHeader(
        _ base: UnsafeMutableRawPointer, _ position: inout Int, _ end: Int, limits: Limits
    ) -> Outcome? {
        let line: ByteView
        switch unsafe countLine(base, &position, end) {
        case .whole(let text): line = text
        case .incomplete: return .incomplete
        case .tooLong: return .failed(.tooBigMultibulkCount)
        }
        guard let count = IntegerText.parse(line.dropFirst(1)), count <= Int64(limits.maximumMultibulk) else {
            return .failed(.invalidMultibulkLength)
        }
        if count > 10 && !limits.authenticated { return .failed(.unauthenticatedMultibulkLength) }
        if count > 0 { remaining = Int(count) }
        return nil
    }

    /// Reads as many of the remaining bulks as there are.
    private mutating func bulks(
        _ base: UnsafeMutableRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList,
        limits: Limits
    ) -> Outcome {
        while remaining > 0 {
            if bulkLength < 0 {
                let line: ByteView
                switch unsafe countLine(base, &position, end) {
                case .whole(let text): line = text
                case .incomplete: return .incomplete
                case .tooLong: return .failed(.tooBigBulkCount)
                }
                // An empty line begins with its own CR.
                let first = line.isEmpty ? RESPByte.carriageReturn : line[0]
                if first != RESPByte.dollar { return .failed(.expectedDollar(first)) }
                guard let length = IntegerText.parse(line.dropFirst(1)), length >= 0,
                    length <= Int64(limits.maximumBulkLength)
                else { return .failed(.invalidBulkLength) }
                if length > 16_384 && !limits.authenticated { return .failed(.unauthenticatedBulkLength) }
                bulkLength = Int(length)
            }
            let available = end &- position
            if available &- 2 < bulkLength {
                receivedOfBulk = max(0, available)
                return .incomplete
            }
            unsafe arguments.append(ByteView(base: UnsafeRawPointer(base) + position, count: bulkLength))
            position &+= bulkLength &+ 2
            bulkLength = -1
            receivedOfBulk = 0
            remaining &-= 1
        }
        return .command
    }

    private enum Line {
        case whole(ByteView)
        case incomplete
        case tooLong
    }

    /// The line up to a CR; the byte behind the CR, which should be LF, is skipped unread, as Redis does.
    private mutating func countLine(
        _ base: UnsafeMutableRawPointer, _ position: inout Int, _ end: Int
    ) -> Line {
        let available = max(0, end &- position)
        let line = unsafe ByteView(base: UnsafeRawPointer(base) + position, count: available)
        guard let length = line.firstIndex(of: RESPByte.carriageReturn, from: min(searched, available)) else {
            searched = available
            return available > RequestParser.maximumLine ? .tooLong : .incomplete
        }
        if endsAtNul(line, before: length) {
            searched = 0
            return available > RequestParser.maximumLine ? .tooLong : .incomplete
        }
        if length &+ 2 > available {
            searched = length
            return .incomplete
        }
        searched = 0
        position &+= length &+ 2
        return .whole(line.prefix(length))
    }

    /// Whether a NUL byte stands in the line: Redis' search for the line's end stops there, as if more had to come.
    private func endsAtNul(_ line: ByteView, before length: Int) -> Bool {
        // Only there: behind it stand the next commands, up to a whole buffer of them.
        line.prefix(length).firstIndex(of: 0) != nil
    }

    /// Reads a line of words. Nil: it was empty.
    private mutating func inlineRequest(
        _ base: UnsafeMutableRawPointer, _ position: inout Int, _ end: Int, into arguments: inout ArgumentList
    ) -> Outcome? {
        let available = end &- position
        let rest = unsafe ByteView(base: UnsafeRawPointer(base) + position, count: available)
        guard let newline = rest.firstIndex(of: RESPByte.lineFeed, from: min(searched, available)) else {
            searched = available
            return available > RequestParser.maximumLine ? .failed(.tooBigInlineRequest) : .incomplete
        }
        searched = 0
        if endsAtNul(rest, before: newline) {
            return available > RequestParser.maximumLine ? .failed(.tooBigInlineRequest) : .incomplete
        }
        var length = newline
        if length > 0 && rest[length &- 1] == RESPByte.carriageReturn { length &-= 1 }
        let start = arguments.count
        let text = unsafe UnsafeMutableRawBufferPointer(start: base + position, count: length)
        position &+= newline &+ 1
        if unsafe !InlineWords.split(text, into: &arguments) { return .failed(.unbalancedQuotes) }
        return arguments.count > start ? .command : nil
    }
}
