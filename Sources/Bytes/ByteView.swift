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

    /// A literal's bytes: readable for ever.
    @inlinable
    package init(_ text: StaticString) {
        unsafe self.base = UnsafeRawPointer(text.utf8Start)
        self.count = text.utf8CodeUnitCount
    }

    /// No bytes at all.
    @inlinable
    package static var empty: ByteView { ByteView("") }

    @inlinable
    package subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the view")
        return unsafe base.load(fromByteOffset: index, as: UInt8.self)
    }

    /// The bytes of `range`, which lies inside the view.
    @inlinable
    package subscript(range: Range<Int>) -> ByteView {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the view")
        return unsafe ByteView(base: base + range.lowerBound, count: range.upperBound &- range.lowerBound)
    }

    /// The view without its first `length` bytes; empty if there are fewer.
    @inlinable
    package func dropFirst(_ length: Int) -> ByteView {
        precondition(length >= 0, "negative length")
        let dropped = length < count ? length : count
        return unsafe ByteView(base: base + dropped, count: count &- dropped)
    }

    /// The first `length` bytes, or all of them if there are fewer.
    @inlinable
    package func prefix(_ length: Int) -> ByteView {
        precondition(length >= 0, "negative length")
        return unsafe ByteView(base: base, count: length < count ? length : count)
    }

    @inlinable
    package var isEmpty: Bool { count == 0 }

    /// The `Value`'s worth of bytes at `offset` as the machine would load them; any alignment.
    @inlinable
    package func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        precondition(offset >= 0 && offset &+ MemoryLayout<Value>.size <= count, "load outside the view")
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
    }
}

extension ByteView: Sequence {
    @usableFromInline
    package struct Iterator: IteratorProtocol {
        @usableFromInline let view: ByteView
        @usableFromInline var position = 0

        @inlinable
        init(_ view: ByteView) { self.view = view }

        @inlinable
        package mutating func next() -> UInt8? {
            if position == view.count { return nil }
            let byte = view[position]
            position &+= 1
            return byte
        }
    }

    @inlinable
    package func makeIterator() -> Iterator { Iterator(self) }

    @inlinable
    package var underestimatedCount: Int { count }
}
