// Values that are sent without a copy.
import Bytes
import RESP
import Testing

private func wire(_ buffer: borrowing ReplyBuffer, after sent: Int = 0) -> String {
    var text = ""
    buffer.forEachPiece(after: sent, limit: 100) { text += $0.string }
    return text
}

@Test func referencesAreSentInTheirPlaces() {
    let value = RetainedBytes.create(copying: ByteView("shared value"))
    var buffer = ReplyBuffer()
    unsafe withUnsafeMutablePointer(to: &buffer) { pointer in
        let writer = unsafe ReplyWriter(pointer, protocolVersion: 2)
        writer.ok()
        let place = writer.deferLength()
        writer.bulk(reference: value)
        writer.integer(1)
        writer.bulk(reference: value)
        writer.finishArray(place, 3)
        let kept = writer.length
        writer.bulk(reference: value)
        writer.rewind(to: kept)
    }
    let expected = "+OK\r\n*3\r\n$12\r\nshared value\r\n:1\r\n$12\r\nshared value\r\n"
    #expect(buffer.referenceCount == 2 && !value.isUnique)
    #expect(wire(buffer) == expected)
    #expect(buffer.length == expected.utf8.count)
    for sent in 0...expected.utf8.count {
        #expect(wire(buffer, after: sent) == String(expected.dropFirst(0).utf8.dropFirst(sent))!)
    }

    var other = ReplyBuffer()
    other.bytes.append("+before\r\n")
    other.append(buffer, from: 5, to: buffer.bytes.count)
    #expect(wire(other) == "+before\r\n" + expected.dropFirst("+OK\r\n".count))
    buffer.clear()
    #expect(!value.isUnique && other.referenceCount == 2)
    other.deallocate()
    buffer.deallocate()
    #expect(value.isUnique)
    value.release()
}

@Test func piecesAreLimited() {
    let value = RetainedBytes.create(copying: ByteView("v"))
    var buffer = ReplyBuffer()
    unsafe withUnsafeMutablePointer(to: &buffer) { pointer in
        for _ in 0..<10 { unsafe ReplyWriter(pointer, protocolVersion: 2).bulk(reference: value) }
    }
    var pieces = 0
    buffer.forEachPiece(after: 0, limit: 7) { _ in pieces += 1 }
    #expect(pieces == 7)
    buffer.deallocate()
    value.release()
}
