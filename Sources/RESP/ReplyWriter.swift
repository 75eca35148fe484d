// Writes replies in the protocol version of the session.
import Bytes
import Platform

/// A reply in RESP2 or RESP3. A copy writes to the same buffer; the buffer must outlive it and stay where it is.
@safe
@usableFromInline
package struct ReplyWriter {
    @usableFromInline package let buffer: UnsafeMutablePointer<ReplyBuffer>
    /// 2 or 3.
    @usableFromInline package var protocolVersion: Int

    /// - Precondition: `buffer` points to an initialised `ReplyBuffer` that outlives the writer.
    @inlinable
    @unsafe
    package init(_ buffer: UnsafeMutablePointer<ReplyBuffer>, protocolVersion: Int) {
        unsafe self.buffer = unsafe buffer
        self.protocolVersion = protocolVersion
    }

    @inlinable
    package var isRESP3: Bool { protocolVersion >= 3 }

    /// Whether the replies are longer than their buffer's limit. A handler that is told so stops where it is: the reply
    /// will not be sent, and the connection will be closed. Asked by those whose replies can be much longer than both
    /// the request and what is stored.
    @inlinable
    package var isFull: Bool { isFull(beyond: .max) }

    /// The same for the members that somebody draws again and again: nobody reads more than so many bytes of them, and
    /// their shard stands still meanwhile.
    @inlinable
    package var isFullOfDraws: Bool { isFull(beyond: 256 << 20) }

    @inlinable
    func isFull(beyond most: Int) -> Bool {
        if unsafe buffer.pointee.bytes.count <= min(buffer.pointee.limit, most) { return false }
        unsafe buffer.pointee.wasCut = true
        return true
    }

    /// Makes room for `length` bytes and returns where they go.
    @inlinable
    @inline(__always)
    @unsafe
    func place(_ length: Int) -> UnsafeMutableRawPointer {
        unsafe buffer.pointee.bytes.reserve(length)
        return unsafe buffer.pointee.bytes.base.unsafelyUnwrapped + buffer.pointee.bytes.count
    }

    /// Counts in `length` bytes that were written to `place`.
    @inlinable
    @inline(__always)
    func advance(_ length: Int) {
        unsafe buffer.pointee.bytes.count &+= length
    }

    /// A type byte, a number and CR LF: `:12\r\n`, `*3\r\n`.
    @inlinable
    func header(_ type: UInt8, _ value: Int64) {
        let target = unsafe place(IntegerText.maximumLength &+ 3)
        unsafe target.storeBytes(of: type, as: UInt8.self)
        let length = unsafe 1 &+ IntegerText.write(value, to: target + 1)
        unsafe target.storeBytes(of: 0x0a0d, toByteOffset: length, as: UInt16.self)
        advance(length &+ 2)
    }

    /// Bytes that are RESP already.
    @inlinable
    package func raw(_ text: StaticString) { unsafe buffer.pointee.bytes.append(text) }

    /// Bytes that are RESP already.
    @inlinable
    package func raw(_ view: ByteView) { unsafe buffer.pointee.bytes.append(view) }

    /// `+OK`.
    @inlinable
    package func ok() {
        let target = unsafe place(8)
        unsafe target.storeBytes(of: 0x0a_0d4b_4f2b, as: UInt64.self)
        advance(5)
    }

    /// A simple string; `text` has no CR or LF.
    @inlinable
    package func simple(_ text: StaticString) { line(RESPByte.plus, ByteView(text)) }

    @inlinable
    package func simple(_ text: ByteView) { line(RESPByte.plus, text) }

    @usableFromInline
    func line(_ type: UInt8, _ text: ByteView) {
        let target = unsafe place(text.count &+ 3)
        unsafe target.storeBytes(of: type, as: UInt8.self)
        unsafe ByteMemory.copy(target + 1, text.base, text.count)
        unsafe target.storeBytes(of: 0x0a0d, toByteOffset: text.count &+ 1, as: UInt16.self)
        advance(text.count &+ 3)
    }

    @inlinable
    package func integer(_ value: Int64) { header(RESPByte.colon, value) }

    @inlinable
    package func integer(_ value: Int) { header(RESPByte.colon, Int64(value)) }

    @inlinable
    package func bulk(_ view: ByteView) {
        let length = view.count
        // Two digits and 32 bytes at most here, so that nothing is called and the header may be stored as one word.
        if unsafe length > 32 || buffer.pointee.bytes.capacity &- buffer.pointee.bytes.count < 48 {
            return longBulk(view)
        }
        var target = unsafe buffer.pointee.bytes.base.unsafelyUnwrapped + buffer.pointee.bytes.count
        if length < 10 {
            unsafe target.storeBytes(of: 0x0a0d_3024 &+ UInt32(truncatingIfNeeded: length) &<< 8, as: UInt32.self)
            unsafe target += 4
            unsafe buffer.pointee.bytes.count &+= length &+ 6
        } else {
            let digits = UInt64(IntegerText.pair(UInt64(length)))
            unsafe target.storeBytes(of: 0x0a_0d00_0024 | digits &<< 8, as: UInt64.self)
            unsafe target += 5
            unsafe buffer.pointee.bytes.count &+= length &+ 7
        }
        unsafe ByteMemory.copyShort(target, view.base, length)
        unsafe target.storeBytes(of: 0x0a0d, toByteOffset: length, as: UInt16.self)
    }

    @usableFromInline
    @inline(never)
    func longBulk(_ view: ByteView) {
        let start = unsafe place(view.count &+ 32)
        let target = unsafe longBulkHeader(start, view.count)
        unsafe ByteMemory.copy(target, view.base, view.count)
        unsafe target.storeBytes(of: 0x0a0d, toByteOffset: view.count, as: UInt16.self)
        unsafe advance(target - start &+ view.count &+ 2)
    }

    private func longBulkHeader(_ target: UnsafeMutableRawPointer, _ length: Int) -> UnsafeMutableRawPointer {
        unsafe target.storeBytes(of: RESPByte.dollar, as: UInt8.self)
        let digits = unsafe IntegerText.write(Int64(length), to: target + 1)
        unsafe target.storeBytes(of: 0x0a0d, toByteOffset: 1 &+ digits, as: UInt16.self)
        return unsafe target + (digits &+ 3)
    }

    /// For paths that are not hot.
    @_disfavoredOverload
    package func bulk(_ text: String) { ByteView.withView(text) { bulk($0) } }

    @inlinable
    package func bulk(_ text: StaticString) { bulk(ByteView(text)) }

    /// The decimal text of `value` as a bulk.
    @inlinable
    package func bulk(integer value: Int64) {
        let target = unsafe place(32)
        // The text has at most 20 bytes, so that its length has one digit or two: written first, moved if it has two.
        let length = unsafe IntegerText.write(value, to: target + 4)
        if length < 10 {
            unsafe target.storeBytes(of: 0x0a0d_3024 &+ UInt32(truncatingIfNeeded: length) &<< 8, as: UInt32.self)
            unsafe target.storeBytes(of: 0x0a0d, toByteOffset: 4 &+ length, as: UInt16.self)
            advance(length &+ 6)
        } else {
            _ = unsafe IntegerText.write(value, to: target + 5)
            let digits = UInt64(IntegerText.pair(UInt64(length)))
            let header = 0x0a_0d00_0024 | digits &<< 8
            unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: header), as: UInt32.self)
            unsafe target.storeBytes(of: 0x0a, toByteOffset: 4, as: UInt8.self)
            unsafe target.storeBytes(of: 0x0a0d, toByteOffset: 5 &+ length, as: UInt16.self)
            advance(length &+ 7)
        }
    }

    /// The absent value: `$-1` or `_`.
    @inlinable
    package func null() {
        if isRESP3 { raw("_\r\n") } else { raw("$-1\r\n") }
    }

    /// The absent array: `*-1` or `_`.
    @inlinable
    package func nullArray() {
        if isRESP3 { raw("_\r\n") } else { raw("*-1\r\n") }
    }
}
