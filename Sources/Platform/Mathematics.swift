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

    /// The sine of an angle in radians.
    package static func sine(_ angle: Double) -> Double { Glibc.sin(angle) }

    /// The cosine of an angle in radians.
    package static func cosine(_ angle: Double) -> Double { Glibc.cos(angle) }

    /// The angle in radians, from -π/2 to π/2, that has this sine; NaN if none has.
    package static func arcSine(_ value: Double) -> Double { Glibc.asin(value) }

    /// The angle in radians, from -π to π, at which a point is seen from the origin, from the x axis on.
    package static func arcTangent(y: Double, x: Double) -> Double { Glibc.atan2(y, x) }
}
