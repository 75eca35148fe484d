// The bytes that the protocol gives a meaning.

@usableFromInline
package enum RESPByte {
    @inlinable package static var asterisk: UInt8 { 0x2a }
    @inlinable package static var dollar: UInt8 { 0x24 }
    @inlinable package static var carriageReturn: UInt8 { 0x0d }
    @inlinable package static var lineFeed: UInt8 { 0x0a }
    @inlinable package static var plus: UInt8 { 0x2b }
    @inlinable package static var minus: UInt8 { 0x2d }
    @inlinable package static var colon: UInt8 { 0x3a }
    @inlinable package static var underscore: UInt8 { 0x5f }
    @inlinable package static var comma: UInt8 { 0x2c }
    @inlinable package static var hash: UInt8 { 0x23 }
    @inlinable package static var parenthesis: UInt8 { 0x28 }
    @inlinable package static var equals: UInt8 { 0x3d }
    @inlinable package static var percent: UInt8 { 0x25 }
    @inlinable package static var tilde: UInt8 { 0x7e }
    @inlinable package static var greater: UInt8 { 0x3e }
    @inlinable package static var bar: UInt8 { 0x7c }
    @inlinable package static var exclamation: UInt8 { 0x21 }
}
