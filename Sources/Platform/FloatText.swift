// Text of floating point numbers by the C library, whose spelling Redis' clients know.
import CLinux
import Glibc

/// The widest floating point type: what Redis calculates INCRBYFLOAT with.
#if arch(x86_64)
    package typealias LongDouble = Float80
#else
    package typealias LongDouble = Double
#endif

package enum FloatText {
    /// No text of a number that is accepted or written is longer than this.
    package static var maximumLength: Int { 5 * 1024 }

    /// strtod over the whole text; nil unless every byte belongs to the number. Accepts what C does: hexadecimal,
    /// "inf", "infinity" and "nan" in any case; but no space at either end. Overflow and underflow to zero are refused.
    package static func parseDouble(_ text: UnsafeRawBufferPointer) -> Double? {
        unsafe withTerminatedCopy(text) { start, count in
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            let value = unsafe strtod(start, &end)
            guard let end = unsafe end, unsafe end == start + count else { return nil }
            if errno == ERANGE && (value.isInfinite || value.isZero) { return nil }
            return value
        }
    }

    /// The same as strtod sees it: spaces first, nothing at all (0), what is too large (infinite) or too small (0) and
    /// what follows a NUL are all right.
    package static func parseLeniently(_ text: UnsafeRawBufferPointer) -> Double? {
        guard text.count < maximumLength else { return nil }
        return unsafe withUnsafeTemporaryAllocation(byteCount: text.count + 1, alignment: 1) { copy in
            let start = unsafe copy.baseAddress.unsafelyUnwrapped
            if let source = text.baseAddress { unsafe start.copyMemory(from: source, byteCount: text.count) }
            unsafe start.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
            var end: UnsafeMutablePointer<CChar>?
            let value = unsafe strtod(start.assumingMemoryBound(to: CChar.self), &end)
            guard let end = unsafe end, unsafe end.pointee == 0 else { return nil }
            return value
        }
    }

    /// The same by strtold.
    package static func parseLongDouble(_ text: UnsafeRawBufferPointer) -> LongDouble? {
        unsafe withTerminatedCopy(text) { start, count in
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            #if arch(x86_64)
                let value = unsafe strtold(start, &end)
            #else
                let value = strtod(start, &end)
            #endif
            guard let end = unsafe end, unsafe end == start + count else { return nil }
            if errno == ERANGE && (value.isInfinite || value.isZero) { return nil }
            return value
        }
    }

    /// `%.17g`: at most 24 bytes. Returns the length.
    package static func writeDouble(_ value: Double, to target: UnsafeMutableRawBufferPointer) -> Int {
        let start = unsafe target.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)
        return unsafe Int(linux_format_double_17g(start, target.count, value))
    }

    /// `%.*f`. Returns the length, which is more than `target` holds if the text did not fit.
    package static func writeFixed(_ value: Double, decimals: Int, to target: UnsafeMutableRawBufferPointer) -> Int {
        let start = unsafe target.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)
        return unsafe Int(linux_format_double_fixed(start, target.count, value, Int32(decimals)))
    }

    /// `%.17Lf`. Returns the length, which is more than `target` holds if the text did not fit.
    package static func writeFixed17(_ value: LongDouble, to target: UnsafeMutableRawBufferPointer) -> Int {
        let start = unsafe target.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)
        #if arch(x86_64)
            return unsafe Int(linux_format_long_double_17f(start, target.count, value))
        #else
            return Int(linux_format_double_fixed(start, target.count, value, 17))
        #endif
    }

    private static func withTerminatedCopy<Value>(
        _ text: UnsafeRawBufferPointer, _ body: (UnsafePointer<CChar>, Int) -> Value?
    ) -> Value? {
        guard let source = text.baseAddress, text.count > 0, text.count < maximumLength else { return nil }
        // A leading space is all that strtod would skip.
        if unsafe text[0] == 0x20 || text[0] &- 9 < 5 { return nil }
        return unsafe withUnsafeTemporaryAllocation(byteCount: text.count + 1, alignment: 1) { copy in
            let start = unsafe copy.baseAddress.unsafelyUnwrapped
            unsafe start.copyMemory(from: source, byteCount: text.count)
            unsafe start.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
            return unsafe body(UnsafePointer(start.assumingMemoryBound(to: CChar.self)), text.count)
        }
    }
}
