// Text of the widest floating point type, for INCRBYFLOAT and its kin.
import Platform

package enum LongDoubleText {
    /// The number that the whole text spells for C's strtold, without spaces around it; nil for anything else, for an
    /// overflow and for NaN.
    package static func parse(_ text: ByteView) -> LongDouble? {
        let value = unsafe FloatText.parseLongDouble(UnsafeRawBufferPointer(start: text.base, count: text.count))
        guard let value, !value.isNaN else { return nil }
        return value
    }

    /// Appends `value` without an exponent: at most 17 decimals, trailing zeros cut off; "inf", "-inf", "nan".
    package static func append(_ value: LongDouble, to buffer: inout ByteBuffer) {
        if value.isNaN { return buffer.append("nan") }
        if value.isInfinite { return buffer.append(value < 0 ? "-inf" : "inf") }
        let start = buffer.count
        let tail = unsafe buffer.writableTail(minimum: FloatText.maximumLength)
        let length = unsafe FloatText.writeFixed17(value, to: tail)
        buffer.advance(by: length)
        var end = length
        while unsafe end > 1 && tail[end &- 1] == 0x30 { end &-= 1 }
        if unsafe tail[end &- 1] == 0x2e { end &-= 1 }
        buffer.truncate(to: start &+ end)
        if unsafe end == 2 && tail[0] == 0x2d && tail[1] == 0x30 {
            buffer.truncate(to: start)
            buffer.append(0x30)
        }
    }
}
