// The C library's mathematics, for the rooms that may not see the C library.
import Glibc

package enum Mathematics {
    /// e to the power of `value`.
    package static func exponential(_ value: Double) -> Double { Glibc.exp(value) }

    /// e to the power of `value`, less 1; exact where `value` is small.
    package static func exponentialMinusOne(_ value: Double) -> Double { Glibc.expm1(value) }

    /// The natural logarithm.
    package static func logarithm(_ value: Double) -> Double { Glibc.log(value) }

    /// The natural logarithm of 1 + `value`; exact where `value` is small.
    package static func logarithmOfOnePlus(_ value: Double) -> Double { Glibc.log1p(value) }
}
