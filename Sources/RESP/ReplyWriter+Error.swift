// Error replies.
import Bytes
import Platform

extension ReplyWriter {
    /// An error whose text begins with its code and has no CR or LF.
    package func error(_ text: StaticString) { line(RESPByte.minus, ByteView(text)) }

    /// An error whose text begins with its code; a CR or LF in it becomes a space.
    @_disfavoredOverload
    package func error(_ text: String) { ByteView.withView(text) { error($0) } }

    /// An error whose text begins with its code; a CR or LF in it becomes a space.
    package func error(_ text: ByteView) {
        let start = unsafe buffer.pointee.bytes.count &+ 1
        line(RESPByte.minus, text)
        let written = unsafe (buffer.pointee.bytes.base.unsafelyUnwrapped + start)
        var index = 0
        while index < text.count {
            let byte = unsafe written.load(fromByteOffset: index, as: UInt8.self)
            if byte == RESPByte.carriageReturn || byte == RESPByte.lineFeed {
                unsafe written.storeBytes(of: 0x20, toByteOffset: index, as: UInt8.self)
            }
            index &+= 1
        }
    }
}
