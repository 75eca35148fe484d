// A flag that any thread may set and its owner looks at, kept alive by whoever holds it.
import Synchronization

/// A reference-counted atomic flag in memory of its own. Copies share the flag; each kept copy needs a `retain`,
/// matched by a `release`.
@safe
@usableFromInline
package struct AtomicFlag: Hashable, @unchecked Sendable {
    @usableFromInline let base: UnsafeMutableRawPointer

    /// A new flag, clear, with one reference.
    package static func create() -> AtomicFlag {
        let base = unsafe Allocator.allocate(16)
        unsafe AtomicCounter.initialize(at: base)
        unsafe (base + 8).bindMemory(to: Atomic<Bool>.self, capacity: 1).initialize(to: Atomic(false))
        return unsafe AtomicFlag(base: base)
    }

    @usableFromInline
    init(base: UnsafeMutableRawPointer) {
        unsafe self.base = unsafe base
    }

    @inlinable
    package static func == (left: AtomicFlag, right: AtomicFlag) -> Bool {
        unsafe left.base == right.base
    }

    @usableFromInline
    package func hash(into hasher: inout Hasher) {
        unsafe hasher.combine(base)
    }

    package func retain() {
        unsafe AtomicCounter(at: base).increment()
    }

    package func release() {
        if unsafe AtomicCounter(at: base).decrement() { unsafe Allocator.deallocate(base, size: 16) }
    }

    @inlinable
    package func set() {
        unsafe (base + 8).assumingMemoryBound(to: Atomic<Bool>.self).pointee.store(true, ordering: .releasing)
    }

    @inlinable
    package func clear() {
        unsafe (base + 8).assumingMemoryBound(to: Atomic<Bool>.self).pointee.store(false, ordering: .releasing)
    }

    @inlinable
    package var isSet: Bool {
        unsafe (base + 8).assumingMemoryBound(to: Atomic<Bool>.self).pointee.load(ordering: .acquiring)
    }
}
