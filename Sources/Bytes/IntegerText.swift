// Decimal text of integers: parsed as strictly as Redis does, written without a division per digit.
import Platform

@usableFromInline
package enum IntegerText {
    /// The longest text: "-9223372036854775808".
    @inlinable
    package static var maximumLength: Int { 20 }

    /// The integer whose canonical text is exactly the view: no '+', no "-0", no leading zero, no space, in range.
    @inlinable
    package static func parse(_ text: ByteView) -> Int64? {
        let count = text.count
        if count == 0 || count > maximumLength { return nil }
        let first = unsafe text.base.load(as: UInt8.self)
        let negative = first == 45
        var index = negative ? 1 : 0
        if index == count { return nil }
        var digit = unsafe text.base.load(fromByteOffset: index, as: UInt8.self) &- 48
        if digit == 0 { return count == 1 ? 0 : nil }
        if digit > 9 { return nil }
        // 19 digits always fit 64 bits without sign, and an Int64 has no more.
        if count &- index > 19 { return nil }
        var value = UInt64(digit)
        index &+= 1
        while index < count {
            digit = unsafe text.base.load(fromByteOffset: index, as: UInt8.self) &- 48
            if digit > 9 { return nil }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        if negative {
            return value <= 1 << 63 ? Int64(bitPattern: 0 &- value) : nil
        }
        return value < 1 << 63 ? Int64(bitPattern: value) : nil
    }

    /// Digits only, leading zeros allowed, at most 18 of them: for lengths that we wrote ourselves or check afterwards.
    @inlinable
    package static func parseLength(_ text: ByteView) -> Int? {
        if text.count == 0 || text.count > 18 { return nil }
        var value = 0
        var index = 0
        while index < text.count {
            let digit = unsafe text.base.load(fromByteOffset: index, as: UInt8.self) &- 48
            if digit > 9 { return nil }
            value = value &* 10 &+ Int(digit)
            index &+= 1
        }
        return value
    }

    /// Writes the text of `value` and returns its length.
    ///
    /// - Precondition: `maximumLength` bytes at `target` are writable.
    @inlinable
    @inline(__always)
    package static func write(_ value: Int64, to target: UnsafeMutableRawPointer) -> Int {
        let magnitude = value.magnitude
        if value >= 0 && magnitude < 10 {
            unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: magnitude) &+ 48, as: UInt8.self)
            return 1
        }
        if value >= 0 && magnitude < 100 {
            unsafe target.storeBytes(of: pair(magnitude), as: UInt16.self)
            return 2
        }
        return unsafe writeLong(value, to: target)
    }

    @usableFromInline
    static func writeLong(_ value: Int64, to target: UnsafeMutableRawPointer) -> Int {
        var rest = value.magnitude
        var place = unsafe target
        if value < 0 {
            unsafe place.storeBytes(of: 45, as: UInt8.self)
            unsafe place += 1
        }
        let length = digitCount(rest)
        var end = length
        while rest >= 100 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 100)
            end &-= 2
            unsafe place.storeBytes(of: pair(remainder), toByteOffset: end, as: UInt16.self)
            rest = quotient
        }
        if end == 2 {
            unsafe place.storeBytes(of: pair(rest), as: UInt16.self)
        } else {
            unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: rest) &+ 48, as: UInt8.self)
        }
        return length &+ (value < 0 ? 1 : 0)
    }

    /// How many decimal digits `value` has; 1 for 0.
    @inlinable
    package static func digitCount(_ value: UInt64) -> Int {
        var rest = value
        var digits = 1
        while rest >= 10_000 {
            rest /= 10_000
            digits &+= 4
        }
        return digits &+ (rest >= 10 ? 1 : 0) &+ (rest >= 100 ? 1 : 0) &+ (rest >= 1000 ? 1 : 0)
    }

    /// The two digits of a value below 100 as they stand in memory.
    @inlinable
    package static func pair(_ value: UInt64) -> UInt16 {
        let tens = (value &* 103) &>> 10
        let units = value &- tens &* 10
        return UInt16(truncatingIfNeeded: tens | units &<< 8) &+ 0x3030
    }
}
