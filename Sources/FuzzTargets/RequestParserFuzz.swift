// What the fuzzer and the unit tests run on every input: parse it whole and in pieces, and compare.
import Bytes
import Platform
import RESP

/// The first two bytes of an input say where it is cut; the rest is what a client sends.
package enum RequestParserFuzz {
    /// Ends the process if the parser traps, reads outside the input, or sees another request when the input comes in
    /// pieces.
    @unsafe
    package static func run(_ input: UnsafeRawBufferPointer) {
        guard input.count >= 2, let base = input.baseAddress else { return }
        let wire = unsafe ByteView(base: base + 2, count: input.count - 2)
        let cut = unsafe (Int(input[0]) << 8 | Int(input[1])) % (wire.count + 1)
        var whole = Transcript()
        var pieces = Transcript()
        defer {
            whole.deallocate()
            pieces.deallocate()
        }
        whole.feed(wire)
        pieces.feed(wire.prefix(cut))
        pieces.feed(wire.dropFirst(cut))
        precondition(whole.failure == pieces.failure, "another error when cut at \(cut)")
        precondition(whole.text.view == pieces.text.view, "other commands when cut at \(cut)")
    }
}

/// A parser over input that arrives piece by piece in blocks of exactly its size, and a record of what it found.
@safe
private struct Transcript {
    var parser = RequestParser()
    var arguments = ArgumentList()
    /// What has not been consumed: from the start of the command under way.
    var input: UnsafeMutableRawPointer?
    var count = 0
    var position = 0
    var text = ByteBuffer()
    var failure: ProtocolError?

    init() {}

    mutating func deallocate() {
        arguments.deallocate()
        text.deallocate()
        if let input = unsafe input { unsafe Allocator.deallocate(input, size: max(count, 1)) }
    }

    mutating func feed(_ piece: ByteView) {
        if failure != nil { return }
        let grown = unsafe Allocator.allocate(max(count + piece.count, 1))
        if let old = unsafe input {
            unsafe grown.copyMemory(from: old, byteCount: count)
            unsafe arguments.rebase(from: 0, movedFrom: old, count: count, to: grown)
            unsafe Allocator.deallocate(old, size: max(count, 1))
        }
        if piece.count > 0 { unsafe ByteMemory.copy(grown + count, piece.base, piece.count) }
        unsafe input = unsafe grown
        count += piece.count
        unsafe parse(grown)
    }

    private mutating func parse(_ base: UnsafeMutableRawPointer) {
        let limits = RequestParser.Limits(maximumBulkLength: 1 << 20)
        while true {
            switch unsafe parser.next(base, &position, count, into: &arguments, limits: limits) {
            case .command:
                for index in 0..<arguments.count {
                    text.append(decimal: Int64(arguments[index].count))
                    text.append(":")
                    text.append(arguments[index])
                }
                text.append("\n")
                arguments.clear()
            case .incomplete:
                precondition(position <= count, "consumed more than there is")
                return
            case .failed(let error):
                failure = error
                return
            }
        }
    }
}
