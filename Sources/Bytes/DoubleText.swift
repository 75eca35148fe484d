// Text of doubles: parsed as Redis does, written in the forms that its replies use.
import Platform

@usableFromInline
package enum DoubleText {
    /// The longest text that `write` and `writeShortest` produce, with room to spare.
    @inlinable
    package static var maximumLength: Int { 32 }

    /// The number that the whole text spells for C's strtod, without spaces around it; nil for anything else, for an
    /// overflow and for NaN. "inf" and "infinity" in any case are numbers.
    package static func parse(_ text: ByteView) -> Double? {
        if let value = parsePlain(text) { return value }
        let value = unsafe FloatText.parseDouble(UnsafeRawBufferPointer(start: text.base, count: text.count))
        guard let value, !value.isNaN else { return nil }
        return value
    }

    /// The number that the text spells for a strtod that nobody asks whether it found one: nothing at all means 0,
    /// spaces may come first, what is too large is infinite. What follows a NUL is not looked at. Nil for anything
    /// else, and for NaN.
    package static func parseLeniently(_ text: ByteView) -> Double? {
        if let value = parse(text) { return value }
        let value = unsafe FloatText.parseLeniently(UnsafeRawBufferPointer(start: text.base, count: text.count))
        guard let value, !value.isNaN else { return nil }
        return value
    }

    /// Digits with an optional sign and point, at most 15 digits: the quotient of two exact doubles is rounded once,
    /// so it is the right one. Nil: ask the C library.
    static func parsePlain(_ text: ByteView) -> Double? {
        let count = text.count
        if count == 0 || count > 17 { return nil }
        var index = 0
        let negative = text[0] == 0x2d
        if negative { index = 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var decimals = -1
        while index < count {
            let byte = text[index]
            index &+= 1
            if byte == 0x2e {
                if decimals >= 0 { return nil }
                decimals = 0
                continue
            }
            let digit = byte &- 48
            if digit > 9 { return nil }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            digits &+= 1
            if decimals >= 0 { decimals &+= 1 }
        }
        if digits == 0 || digits > 15 { return nil }
        var value = Double(mantissa)
        var scale = 1.0
        while decimals > 0 {
            scale *= 10
            decimals &-= 1
        }
        value /= scale
        return negative ? -value : value
    }

    /// Writes `value` as Redis 7.0 replies it, `%.17g` with "inf" and "-inf", and returns the length.
    ///
    /// - Precondition: `maximumLength` bytes at `target` are writable.
    package static func write(_ value: Double, to target: UnsafeMutableRawPointer) -> Int {
        // Whole numbers are most scores. Beyond 17 digits %g turns to exponents; minus zero keeps its sign.
        if value.magnitude < 1e15, value == value.rounded(.towardZero), !(value == 0 && value.sign == .minus) {
            return unsafe IntegerText.write(Int64(value), to: target)
        }
        if value.isNaN {
            unsafe ByteMemory.copy(target, ByteView("nan").base, 3)
            return 3
        }
        return unsafe FloatText.writeDouble(
            value, to: UnsafeMutableRawBufferPointer(start: target, count: maximumLength))
    }

    /// Appends `value` with a fixed number of decimals, as `%.4f`.
    package static func appendFixed(_ value: Double, decimals: Int, to buffer: inout ByteBuffer) {
        let tail = unsafe buffer.writableTail(minimum: 400 + decimals)
        unsafe buffer.advance(by: FloatText.writeFixed(value, decimals: decimals, to: tail))
    }

    /// Writes the shortest text that reads back as `value`, exponents only for very large and very small ones, and
    /// returns the length. For paths that are not hot.
    ///
    /// - Precondition: `maximumLength` bytes at `target` are writable.
    package static func writeShortest(_ value: Double, to target: UnsafeMutableRawPointer) -> Int {
        let text = shortest(value)
        var length = 0
        for byte in text.utf8 {
            unsafe target.storeBytes(of: byte, toByteOffset: length, as: UInt8.self)
            length &+= 1
        }
        return length
    }

    /// Swift's own digits are the shortest; they are only arranged anew.
    package static func shortest(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value.isZero { return value.sign == .minus ? "-0" : "0" }
        var digits: [UInt8] = []
        var exponent = 0
        var decimals = 0
        var afterPoint = false
        var text = value.magnitude.description.utf8[...]
        if let mark = text.firstIndex(of: 0x65) {
            exponent = Int(Substring(text[text.index(after: mark)...])) ?? 0
            text = text[..<mark]
        }
        for byte in text {
            if byte == 0x2e {
                afterPoint = true
                continue
            }
            digits.append(byte)
            if afterPoint { decimals += 1 }
        }
        exponent -= decimals
        while digits.count > 1, digits.last == 0x30 {
            digits.removeLast()
            exponent += 1
        }
        let leading = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(min(leading, digits.count - 1))
        let body = arrange(String(decoding: digits, as: UTF8.self), exponent)
        return value < 0 ? "-" + body : body
    }

    /// The decimal text of `digits` × 10^`exponent`.
    private static func arrange(_ digits: String, _ exponent: Int) -> String {
        let scientific = exponent + digits.utf8.count - 1
        if exponent >= 0 && scientific < digits.utf8.count + 7 {
            return digits + String(repeating: "0", count: exponent)
        }
        if exponent < 0 && (exponent > -7 || abs(scientific) < 4) {
            let point = digits.utf8.count + exponent
            if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
            return digits.prefix(point) + "." + digits.dropFirst(point)
        }
        let fraction = digits.dropFirst()
        let mantissa = String(digits.prefix(1)) + (fraction.isEmpty ? "" : "." + fraction)
        return mantissa + "e" + (scientific < 0 ? "-" : "+") + String(abs(scientific))
    }
}
