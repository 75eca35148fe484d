// Arrays, maps, sets, pushes and attributes, of known and of deferred length.
import Bytes
import Platform

extension ReplyWriter {
    @inlinable
    package func array(_ count: Int) { header(RESPByte.asterisk, Int64(count)) }

    /// A map of `count` pairs; in RESP2 an array of twice as many elements.
    @inlinable
    package func map(_ count: Int) {
        if isRESP3 { header(RESPByte.percent, Int64(count)) } else { array(count &* 2) }
    }

    @inlinable
    package func set(_ count: Int) {
        header(isRESP3 ? RESPByte.tilde : RESPByte.asterisk, Int64(count))
    }

    @inlinable
    package func push(_ count: Int) {
        header(isRESP3 ? RESPByte.greater : RESPByte.asterisk, Int64(count))
    }

    /// Attributes of the reply that follows: `count` pairs. RESP3 only.
    @inlinable
    package func attribute(_ count: Int) {
        precondition(isRESP3, "RESP2 has no attributes")
        header(RESPByte.bar, Int64(count))
    }

    /// The place of an aggregate whose length is not known yet. To be finished innermost first.
    @usableFromInline
    package struct Deferred {
        @usableFromInline let offset: Int

        @inlinable
        init(offset: Int) { self.offset = offset }
    }

    /// Begins an aggregate whose length `finishArray`, `finishMap` or `finishSet` will write.
    @inlinable
    package func deferLength() -> Deferred { unsafe Deferred(offset: buffer.pointee.bytes.count) }

    package func finishArray(_ place: Deferred, _ count: Int) { finish(place) { $0.array(count) } }

    package func finishMap(_ place: Deferred, _ count: Int) { finish(place) { $0.map(count) } }

    package func finishSet(_ place: Deferred, _ count: Int) { finish(place) { $0.set(count) } }

    /// Writes the decimal text of `value` as a bulk where `deferLength` was called: the cursor of a scan.
    package func finishBulk(_ place: Deferred, integer value: Int64) { finish(place) { $0.bulk(integer: value) } }

    /// The same for any bytes.
    package func finishBulk(_ place: Deferred, _ text: ByteView) { finish(place) { $0.bulk(text) } }

    private func finish(_ place: Deferred, _ header: (ReplyWriter) -> Void) {
        let end = unsafe buffer.pointee.bytes.count
        precondition(place.offset <= end, "the reply has been cut off")
        header(self)
        let length = unsafe buffer.pointee.bytes.count &- end
        if place.offset == end { return }
        precondition(length <= 64, "too long for a header")
        var text: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &text) { text in
            let target = unsafe text.baseAddress.unsafelyUnwrapped
            unsafe target.copyMemory(from: buffer.pointee.bytes.base.unsafelyUnwrapped + end, byteCount: length)
            unsafe buffer.pointee.bytes.truncate(to: end)
            unsafe buffer.pointee.insert(
                ByteView(base: UnsafeRawPointer(target), count: length), at: place.offset)
        }
    }

    /// Takes back what was written since the buffer held `length` bytes.
    package func rewind(to length: Int) { unsafe buffer.pointee.truncate(to: length) }

    /// How many bytes have been written to the buffer, by all commands.
    @inlinable
    package var length: Int { unsafe buffer.pointee.bytes.count }
}
