// A reference count that lives in raw memory, as the first word of what it counts.
import Synchronization

/// A view of an atomic `Int` in memory that somebody else owns. Any thread may use it.
@safe
@usableFromInline
package struct AtomicCounter {
    @usableFromInline let counter: UnsafeMutablePointer<Atomic<Int>>

    /// The bytes it takes, and their alignment.
    @inlinable package static var byteCount: Int { 8 }

    /// A counter that was set up by `initialize(at:)`.
    /// - Precondition: `address` is 8-byte aligned and outlives the view.
    @inlinable
    @unsafe
    package init(at address: UnsafeMutableRawPointer) {
        unsafe counter = unsafe address.assumingMemoryBound(to: Atomic<Int>.self)
    }

    /// Sets the counter at `address` up with a value of 1.
    @inlinable
    @unsafe
    package static func initialize(at address: UnsafeMutableRawPointer) {
        unsafe address.bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(1))
    }

    @inlinable
    package func increment() {
        unsafe counter.pointee.wrappingAdd(1, ordering: .relaxed)
    }

    /// Takes one off; true for whoever took the last one: what is counted is now theirs to free.
    @inlinable
    package func decrement() -> Bool {
        unsafe counter.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }

    /// True if nobody else holds a reference, so that the holder may write.
    @inlinable
    package var isOne: Bool {
        unsafe counter.pointee.load(ordering: .acquiring) == 1
    }
}
