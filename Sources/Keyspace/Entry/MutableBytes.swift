// The writable bytes of a string value.
import Bytes
import Platform

/// A pointer and a length, to be written to; valid until the value changes in another way. Bounds are checked.
@safe
@usableFromInline
package struct MutableBytes {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline package let count: Int

    @inlinable
    init(base: UnsafeMutableRawPointer, count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    @inlinable package var view: ByteView { unsafe ByteView(base: base, count: count) }

    @inlinable
    package subscript(index: Int) -> UInt8 {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the value")
            return unsafe base.load(fromByteOffset: index, as: UInt8.self)
        }
        nonmutating set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the value")
            unsafe base.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self)
        }
    }

    /// Overwrites the bytes at `offset`.
    @inlinable
    package func write(_ view: ByteView, at offset: Int) {
        precondition(offset >= 0 && offset <= count && view.count <= count &- offset, "write outside the value")
        unsafe ByteMemory.copy(base + offset, view.base, view.count)
    }
}
