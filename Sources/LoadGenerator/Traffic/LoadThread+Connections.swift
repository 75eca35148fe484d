// How the connections of a load come and go.
import Bytes
import Platform

extension LoadThread {
    private static let retryNanoseconds: Int64 = 100_000_000

    private func patience(_ now: Int64) -> Int64 { now + Int64(options.timeoutSeconds * 1e9) }

    mutating func connect(_ index: Int, _ now: Int64) {
        do {
            let descriptor = try Socket.startConnecting(to: options.address)
            connections[index].descriptor = descriptor
            connections[index].state = .connecting
            connections[index].deadline = patience(now)
            try epoll.addEdgeTriggered(descriptor, token: UInt64(index))
        } catch {
            fail(toConnect: index, "\(error)", now)
        }
    }

    mutating func finishConnecting(_ index: Int, _ now: Int64) {
        if let error = Socket.connectionError(connections[index].descriptor) {
            return fail(toConnect: index, "\(error)", now)
        }
        unreachableSince = nil
        for command in options.greeting { RequestText.append(command, to: &connections[index].output) }
        connections[index].greetingsLeft = options.greeting.count
        connections[index].state = options.greeting.isEmpty ? .ready : .greeting
        connections[index].deadline = patience(now)
        if !connections[index].flush() { lose(index, "the connection broke", now) }
    }

    private mutating func fail(toConnect index: Int, _ text: String, _ now: Int64) {
        connections[index].reset()
        connections[index].deadline = now + LoadThread.retryNanoseconds
        result.connectionErrors += 1
        result.connectionErrorText = result.connectionErrorText ?? text
        if unreachableSince == nil { unreachableSince = now }
        if phase == .opening { fail("cannot connect to \(options.address.text): \(text)") }
    }

    /// A connection is gone, with everything that was in flight on it. Another one is opened after a while.
    mutating func lose(_ index: Int, _ text: String, _ now: Int64) {
        let lost = connections[index].flights.count
        inFlight -= lost
        result.lostCommands += lost
        result.connectionErrors += 1
        result.connectionErrorText = result.connectionErrorText ?? text
        connections[index].reset()
        connections[index].deadline = now + LoadThread.retryNanoseconds
        if phase == .opening { fail("\(options.address.text): \(text)") }
    }

    /// Takes replies from a piece of what the server sent.
    mutating func receive(_ index: Int, _ piece: ByteView, _ now: Int64) {
        var position = 0
        var run = 0
        var last = FlightQueue.Flight(start: 0, kind: 0)
        defer { record(last, run, now) }
        while true {
            let start = position
            let outcome = connections[index].replies.next(piece, &position)
            switch outcome {
            case .more: break
            case .malformed: return lose(index, "a reply is not RESP", now)
            case .reply, .error:
                if connections[index].state == .greeting {
                    if case .error = outcome { return refuse(index, LoadThread.line(piece, start)) }
                    connections[index].greetingsLeft -= 1
                    if connections[index].greetingsLeft == 0 { connections[index].state = .ready }
                    continue
                }
                guard connections[index].flights.count > 0 else {
                    return lose(index, LoadThread.line(piece, start), now)
                }
                let flight = connections[index].flights.removeFirst()
                inFlight &-= 1
                if case .error = outcome { note(flight, piece, start) }
                // Commands of one batch have the same latency and are recorded together.
                if run > 0, flight.start != last.start || flight.kind != last.kind {
                    record(last, run, now)
                    run = 0
                }
                last = flight
                run &+= 1
                continue
            }
            break
        }
        answeredAt = now
        connections[index].deadline = patience(now)
    }

    private mutating func record(_ flight: FlightQueue.Flight, _ count: Int, _ now: Int64) {
        if count == 0 || flight.start < measureFrom { return }
        result.record(kind: Int(flight.kind), nanoseconds: now &- flight.start, count: count, at: now)
    }

    private mutating func note(_ flight: FlightQueue.Flight, _ piece: ByteView, _ start: Int) {
        if flight.start < measureFrom { return }
        let kind = Int(flight.kind)
        result.errors[kind] += 1
        if result.errorTexts[kind] == nil { result.errorTexts[kind] = LoadThread.line(piece, start) }
    }

    private mutating func refuse(_ index: Int, _ text: String) {
        fail("\(options.address.text) refuses the connection: \(text)")
    }

    /// The line that begins at `start`, without its type; what of it is in this piece.
    private static func line(_ piece: ByteView, _ start: Int) -> String {
        let rest = piece.dropFirst(start + 1)
        let end = rest.firstIndex(of: 10) ?? rest.count
        return rest.prefix(min(200, end)).string.filter { !$0.isNewline }
    }
}
