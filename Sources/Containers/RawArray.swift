// A growable array of plain values in raw memory: no reference counting, no copy-on-write.
import Platform

/// For lists that live inside structs in raw memory and are refilled all the time. No deinitialiser: the owner calls
/// `deallocate()`.
@safe
@usableFromInline
package struct RawArray<Element: BitwiseCopyable> {
    @usableFromInline var base: UnsafeMutablePointer<Element>?
    @usableFromInline package private(set) var count = 0
    @usableFromInline var capacity = 0

    @inlinable
    package init() { unsafe base = nil }

    @inlinable
    package mutating func deallocate() {
        if let base = unsafe base {
            unsafe Allocator.deallocate(UnsafeMutableRawPointer(base), size: capacity &* MemoryLayout<Element>.stride)
        }
        unsafe base = nil
        count = 0
        capacity = 0
    }

    @inlinable
    package var isEmpty: Bool { count == 0 }

    /// The elements' address, for loops over all of them; valid until one is appended.
    /// - Precondition: there is one.
    @inlinable
    @unsafe
    package var elements: UnsafeMutablePointer<Element> {
        precondition(count > 0, "an empty array has no address")
        return unsafe base.unsafelyUnwrapped
    }

    @inlinable
    package subscript(index: Int) -> Element {
        unsafeAddress {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the array")
            return unsafe UnsafePointer(base.unsafelyUnwrapped + index)
        }
        unsafeMutableAddress {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the array")
            return unsafe base.unsafelyUnwrapped + index
        }
    }

    @inlinable
    package mutating func append(_ element: Element) {
        if count == capacity { grow() }
        unsafe (base.unsafelyUnwrapped + count).initialize(to: element)
        count &+= 1
    }

    /// Makes room for one more element and returns its place, which the caller fills.
    @inlinable
    @inline(__always)
    @unsafe
    package mutating func appendPlace() -> UnsafeMutablePointer<Element> {
        if count == capacity { grow() }
        let place = unsafe base.unsafelyUnwrapped + count
        count &+= 1
        return unsafe place
    }

    @inlinable
    package mutating func popLast() -> Element? {
        guard count > 0 else { return nil }
        count &-= 1
        return unsafe base.unsafelyUnwrapped[count]
    }

    /// Forgets the elements and keeps the memory, unless it holds more than `retainedCapacity` elements.
    @inlinable
    package mutating func clear(retainedCapacity: Int = 16_384) {
        if capacity > retainedCapacity { deallocate() }
        count = 0
    }

    @usableFromInline
    @inline(never)
    mutating func grow() {
        let size = Allocator.sizeClass(max(capacity &* 2, 8) &* MemoryLayout<Element>.stride)
        if let base = unsafe base {
            let moved = unsafe Allocator.reallocate(UnsafeMutableRawPointer(base), to: size)
            unsafe self.base = unsafe moved.assumingMemoryBound(to: Element.self)
        } else {
            unsafe base = unsafe Allocator.allocate(size).assumingMemoryBound(to: Element.self)
        }
        capacity = size / MemoryLayout<Element>.stride
    }
}
