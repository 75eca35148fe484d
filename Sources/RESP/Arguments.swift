// The arguments of one command.
import Bytes

/// A window on an `ArgumentList`: the command's name and what follows it. Valid until the round ends.
@safe
@usableFromInline
package struct Arguments {
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline package let count: Int

    /// - Precondition: `count` views lie at `base` for as long as the window is used.
    @inlinable
    @unsafe
    package init(base: UnsafeRawPointer, count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    @inlinable
    package subscript(index: Int) -> ByteView {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such argument")
        return unsafe base.load(fromByteOffset: index &* ArgumentList.stride, as: ByteView.self)
    }

    /// The first `count` arguments.
    @inlinable
    package init(_ arguments: Arguments, upTo count: Int) {
        precondition(count >= 0 && count <= arguments.count, "no such argument")
        unsafe self.init(base: arguments.base, count: count)
    }

    /// The arguments from `start` on.
    @inlinable
    package func dropFirst(_ start: Int) -> Arguments {
        precondition(start >= 0 && start <= count, "no such argument")
        return unsafe Arguments(base: base + start &* ArgumentList.stride, count: count &- start)
    }
}

extension ArgumentList {
    /// The address of the argument at `start`, which must exist; for the router, which has just counted them.
    @inlinable
    @inline(__always)
    @unsafe
    package func elements(from start: Int) -> UnsafePointer<ByteView> {
        unsafe UnsafeRawPointer(base.unsafelyUnwrapped + start &* ArgumentList.stride)
            .assumingMemoryBound(to: ByteView.self)
    }

    /// The `count` arguments from `start` on. Valid until something is appended or cleared.
    @inlinable
    package func window(from start: Int, count length: Int) -> Arguments {
        precondition(start >= 0 && length >= 0 && start &+ length <= count, "no such arguments")
        return unsafe Arguments(
            base: UnsafeRawPointer(base.unsafelyUnwrapped) + start &* ArgumentList.stride, count: length)
    }
}

extension ArgumentList {
    /// Forgets the first `length` arguments; the rest moves to the front.
    package mutating func removeFirst(_ length: Int) {
        precondition(length >= 0 && length <= count, "no such arguments")
        if length == 0 { return }
        for index in length..<count { self[index - length] = self[index] }
        truncate(to: count - length)
    }
}
