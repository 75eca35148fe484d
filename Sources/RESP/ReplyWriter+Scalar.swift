// Doubles, booleans, big numbers and text with a format.
import Bytes
import Platform

extension ReplyWriter {
    /// `,1.5` or, in RESP2, the same text as a bulk. Written as Redis 7.0 does: `%.17g`.
    package func double(_ value: Double) {
        let target = unsafe place(DoubleText.maximumLength &+ 8)
        if isRESP3 {
            unsafe target.storeBytes(of: RESPByte.comma, as: UInt8.self)
            let length = unsafe DoubleText.write(value, to: target + 1)
            unsafe target.storeBytes(of: 0x0a0d, toByteOffset: 1 &+ length, as: UInt16.self)
            advance(length &+ 3)
        } else {
            unsafe shortBulk { unsafe DoubleText.write(value, to: $0) }
        }
    }

    /// A coordinate or the like: without exponent, at most 17 decimals, trailing zeros cut off.
    package func longDouble(_ value: LongDouble) {
        var text = ByteBuffer()
        defer { text.deallocate() }
        LongDoubleText.append(value, to: &text)
        if isRESP3 { line(RESPByte.comma, text.view) } else { bulk(text.view) }
    }

    /// A bulk of at most 99 bytes, written by `write`, which returns its length.
    @inline(__always)
    private func shortBulk(_ write: (UnsafeMutableRawPointer) -> Int) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { scratch in
            let start = unsafe scratch.baseAddress.unsafelyUnwrapped
            unsafe bulk(ByteView(base: UnsafeRawPointer(start), count: write(start)))
        }
    }

    /// `#t` or, in RESP2, `:1`.
    @inlinable
    package func boolean(_ value: Bool) {
        if isRESP3 {
            if value { raw("#t\r\n") } else { raw("#f\r\n") }
        } else {
            integer(value ? 1 : 0)
        }
    }

    /// Decimal digits of any length; a bulk in RESP2.
    package func bigNumber(_ digits: ByteView) {
        if isRESP3 { line(RESPByte.parenthesis, digits) } else { bulk(digits) }
    }

    /// Text with a three-letter format such as "txt" or "mkd"; a bulk in RESP2.
    package func verbatim(_ format: StaticString, _ text: ByteView) { verbatim(ByteView(format), text) }

    package func verbatim(_ format: ByteView, _ text: ByteView) {
        precondition(format.count == 3, "a format has three letters")
        if !isRESP3 { return bulk(text) }
        header(RESPByte.equals, Int64(text.count &+ 4))
        raw(format)
        raw(":")
        raw(text)
        raw("\r\n")
    }

    package func verbatim(_ format: StaticString, _ text: String) {
        ByteView.withView(text) { verbatim(format, $0) }
    }

    /// A bulk whose bytes are sent from `value` itself. Keeps a reference until the buffer is emptied.
    package func bulk(reference value: RetainedBytes) {
        header(RESPByte.dollar, Int64(value.count))
        unsafe buffer.pointee.append(reference: value)
        raw("\r\n")
    }

    /// For paths that are not hot.
    @_disfavoredOverload
    package func simple(_ text: String) { ByteView.withView(text) { simple($0) } }
}
