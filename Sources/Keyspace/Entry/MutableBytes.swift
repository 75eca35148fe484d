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

    /// The `Value`'s worth of bytes at `offset` as the machine would load them; any alignment.
    @inlinable
    package func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        view.load(offset, as: type)
    }

    /// Stores a value's bytes at `offset`; any alignment.
    @inlinable
    package func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        precondition(offset >= 0 && offset &+ MemoryLayout<Value>.size <= count, "store outside the value")
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }

    /// Moves `length` bytes from `source` to `target`; the two ranges may overlap.
    package func move(from source: Int, to target: Int, length: Int) {
        precondition(
            length >= 0 && source >= 0 && target >= 0 && source <= count &- length && target <= count &- length,
            "move outside the value")
        unsafe (base + target).copyMemory(from: base + source, byteCount: length)
    }
}
