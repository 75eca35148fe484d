// What other threads have for one worker: completions of its batches, and posts.
import Synchronization

/// What can stand in an inbox: it holds the link itself, in raw memory that is the business of whoever sends and takes
/// it, and stands in one inbox at a time.
package protocol Linked: ~Copyable {
    /// The address of the next one in the same inbox; 0: none.
    var next: UInt { get set }
}

/// A stack that many threads push to and its owner takes whole and turns round (Treiber, "Systems programming: coping
/// with parallelism", 1986). A push that is over before another begins comes before it, whatever threads they are on.
package struct Inbox<Element: Linked & ~Copyable>: ~Copyable {
    let top = Atomic<UInt>(0)

    package init() {}

    package var isEmpty: Bool { top.load(ordering: .sequentiallyConsistent) == 0 }

    /// Adds an element. From any thread.
    package func push(_ element: UnsafeMutablePointer<Element>) {
        var current = top.load(ordering: .relaxed)
        while true {
            unsafe element.pointee.next = current
            let result = top.compareExchange(
                expected: current, desired: UInt(bitPattern: element),
                successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
            if result.exchanged { return }
            current = result.original
        }
    }

    /// Takes all elements, linked by `following`, oldest first. For the owner alone.
    package func takeAll() -> UnsafeMutablePointer<Element>? {
        guard top.load(ordering: .relaxed) != 0 else { return nil }
        var current = unsafe UnsafeMutablePointer<Element>(
            bitPattern: top.exchange(0, ordering: .sequentiallyConsistent))
        var reversed: UnsafeMutablePointer<Element>?
        while let element = unsafe current {
            unsafe current = unsafe element.following
            unsafe element.pointee.next = UInt(bitPattern: reversed)
            unsafe reversed = unsafe element
        }
        return unsafe reversed
    }
}

extension UnsafeMutablePointer where Pointee: Linked & ~Copyable {
    /// The next one of those that were taken together.
    package var following: UnsafeMutablePointer<Pointee>? {
        unsafe UnsafeMutablePointer<Pointee>(bitPattern: self.pointee.next)
    }
}
