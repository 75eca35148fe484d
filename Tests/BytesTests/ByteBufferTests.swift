// The growable buffer against an array.
import Bytes
import Testing

@Test func bufferBehavesAsAnArray() {
    var generator = SystemRandomNumberGenerator()
    var buffer = ByteBuffer()
    defer { buffer.deallocate() }
    var model: [UInt8] = []
    for _ in 0..<5_000 {
        switch Int.random(in: 0..<9, using: &generator) {
        case 0:
            let byte = UInt8.random(in: 0...255, using: &generator)
            buffer.append(byte)
            model.append(byte)
        case 1, 2:
            let bytes = randomBytes(70)
            buffer.append(bytes)
            model += bytes
        case 3:
            let dropped = Int.random(in: 0...model.count, using: &generator)
            buffer.removeFirst(dropped)
            model.removeFirst(dropped)
        case 4:
            let bytes = randomBytes(40)
            let offset = Int.random(in: 0...model.count, using: &generator)
            ByteView.withView(bytes) { buffer.insert($0, at: offset) }
            model.insert(contentsOf: bytes, at: offset)
        case 5:
            buffer.append(zeros: 3)
            model += [0, 0, 0]
        case 6:
            let tail = unsafe buffer.writableTail(minimum: 100)
            for index in 0..<100 { unsafe tail[index] = UInt8(index) }
            buffer.advance(by: 100)
            model += (0..<100).map { UInt8($0) }
        case 7:
            let length = Int.random(in: 0...model.count, using: &generator)
            buffer.truncate(to: length)
            model.removeLast(model.count - length)
        default:
            buffer.append("literal")
            model += Array("literal".utf8)
        }
        #expect(buffer.view.bytes == model)
        #expect(buffer.capacity >= buffer.count)
    }
    buffer.removeAll(keepingCapacity: true)
    #expect(buffer.isEmpty && buffer.capacity > 0)
    buffer.removeAll(keepingCapacity: false)
    #expect(buffer.capacity == 0 && buffer.view.isEmpty)
}

func randomBytes(_ maximum: Int, alphabet: ClosedRange<UInt8> = 0...255) -> [UInt8] {
    (0..<Int.random(in: 0...maximum)).map { _ in UInt8.random(in: alphabet) }
}
