// The parser's state between calls: moved buffers, bulks received elsewhere, limits, garbage.
import Bytes
import RESP
import Testing

@Test func argumentsFollowAMovedBuffer() {
    let wire = Array("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n".utf8)
    for split in 1..<wire.count {
        var parser = RequestParser()
        var arguments = ArgumentList()
        var first = ByteBuffer()
        var second = ByteBuffer()
        defer {
            arguments.deallocate()
            first.deallocate()
            second.deallocate()
        }
        var position = 0
        first.append(Array(wire[..<split]))
        let half = unsafe parser.next(
            first.base.unsafelyUnwrapped, &position, first.count, into: &arguments, limits: .init())
        #expect(half == .incomplete)
        second.append(first.view)
        let old = unsafe first.base.unsafelyUnwrapped
        let delta = unsafe second.base.unsafelyUnwrapped - old
        arguments.rebase(from: 0, by: delta)
        second.append(Array(wire[split...]))
        // The second append may have moved the buffer once more.
        if unsafe second.base.unsafelyUnwrapped - old != delta {
            unsafe arguments.rebase(from: 0, by: second.base.unsafelyUnwrapped - old - delta)
        }
        let whole = unsafe parser.next(
            second.base.unsafelyUnwrapped, &position, second.count, into: &arguments, limits: .init())
        #expect(whole == .command)
        #expect((0..<arguments.count).map { arguments[$0].string } == ["SET", "key", "value"])
    }
}

@Test func largeBulksMayBeReceivedElsewhere() {
    let value = [UInt8](repeating: 0x78, count: 100_000)
    let header = "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$100000\r\n"
    var parser = RequestParser()
    var arguments = ArgumentList()
    var input = ByteBuffer()
    defer {
        arguments.deallocate()
        input.deallocate()
    }
    input.reserve(1_000)
    input.append(header)
    input.append(Array(value[..<100]))
    var position = 0
    func next() -> RequestParser.Outcome {
        unsafe parser.next(input.base.unsafelyUnwrapped, &position, input.count, into: &arguments, limits: .init())
    }
    #expect(next() == .incomplete)
    #expect(parser.pendingBulk?.length == 100_000 && parser.pendingBulk?.received == 100)
    position += 100
    ByteView.withView(value) { view in
        parser.supplyBulk(view, into: &arguments)
        #expect(parser.pendingBulk == nil)
        #expect(next() == .incomplete)
        input.append("\r")
        #expect(next() == .incomplete)
        input.append("\nPING\r\n")
        #expect(next() == .command)
        #expect(arguments.count == 3 && arguments[2].count == 100_000)
        #expect(next() == .command)
        #expect(arguments.count == 4 && arguments[3] == "PING")
        #expect(next() == .incomplete && !parser.isInsideCommand && position == input.count)
    }
}

@Test func unauthenticatedClientsAreLimited() {
    let limits = RequestParser.Limits(authenticated: false)
    #expect(parse([Array("*11\r\n".utf8)], limits: limits).failure == .unauthenticatedMultibulkLength)
    #expect(parse([Array("*10\r\n$16385\r\n".utf8)], limits: limits).failure == .unauthenticatedBulkLength)
    #expect(parse([Array("*10\r\n$16384\r\n".utf8)], limits: limits).failure == nil)
}

@Test func announcedLengthsReserveNothing() {
    var parser = RequestParser()
    var arguments = ArgumentList()
    var input = ByteBuffer()
    defer {
        arguments.deallocate()
        input.deallocate()
    }
    input.append("*2147483647\r\n$1\r\nx\r\n")
    var position = 0
    let outcome = unsafe parser.next(
        input.base.unsafelyUnwrapped, &position, input.count, into: &arguments, limits: .init())
    #expect(outcome == .incomplete && arguments.count == 1)
}

/// Garbage from an alphabet that reaches every branch: it must never trap, and pieces must not change the outcome.
@Test func garbageNeverTraps() {
    let words = [
        "*", "$", "\r\n", "\r", "\n", "1", "2", "9", "-", "0", "a", "\"", "'", "\\x4", " ", "*1\r\n$1\r\na\r\n", "\0",
    ]
    .map { Array($0.utf8) }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
        var wire: [UInt8] = []
        for _ in 0..<Int.random(in: 1...14, using: &generator) { wire += words.randomElement(using: &generator) ?? [] }
        let whole = parse([wire])
        let split = Int.random(in: 0...wire.count, using: &generator)
        let pieces = parse([Array(wire[..<split]), Array(wire[split...])])
        #expect(whole.commands == pieces.commands && whole.failure == pieces.failure, "\(wire) at \(split)")
    }
}
