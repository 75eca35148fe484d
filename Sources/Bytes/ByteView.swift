// A view of bytes that somebody else owns: the currency for keys, arguments and values.
import Platform

/// A pointer and a length. Valid while its owner is: for an argument until its round ends, for a value until the entry
/// changes. Every access through the safe surface is bounds-checked.
@safe
@usableFromInline
package struct ByteView {
    /// The first byte; meaningless if `count` is 0.
    @usableFromInline package let base: UnsafeRawPointer
    @usableFromInline package let count: Int

    /// - Precondition: `count` bytes at `base` are readable for as long as the view is used.
    @inlinable
    @unsafe
    package init(base: UnsafeRawPointer, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    @inlinable
    package subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the view")
        return unsafe base.load(fromByteOffset: index, as: UInt8.self)
    }

    @inlinable
    package var isEmpty: Bool { count == 0 }
}
