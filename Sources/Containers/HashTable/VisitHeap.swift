// Which segment has to be looked through next for entries that are due: a binary heap.
import Platform

/// A binary heap of segments by the time of their next visit; each segment knows its place in it.
@safe
@usableFromInline
struct VisitHeap {
    @usableFromInline typealias Element = (time: Int64, segment: UnsafeMutableRawPointer)

    @usableFromInline var elements: UnsafeMutablePointer<Element>?
    @usableFromInline var count = 0
    @usableFromInline var capacity = 0

    @usableFromInline
    init() {
        unsafe elements = nil
    }

    @usableFromInline var memoryBytes: Int { capacity == 0 ? 0 : Allocator.sizeClass(capacity * 16) }

    /// The segment to visit first, and when; nil if no segment has deadlines.
    @usableFromInline
    var first: (time: Int64, segment: Segment)? {
        guard count > 0, let elements = unsafe self.elements else { return nil }
        return unsafe (elements[0].time, Segment(base: elements[0].segment))
    }

    /// Sets when a segment is to be visited next; `Int64.max` takes it out of the heap.
    @usableFromInline
    mutating func set(_ segment: Segment, _ time: Int64) {
        if time == .max {
            remove(segment)
            return
        }
        segment.header.nextVisit = time
        var index = segment.header.heapIndex
        if index < 0 {
            if count == capacity { grow() }
            index = count
            count += 1
        }
        unsafe settle((time, segment.base), at: index)
    }

    @usableFromInline
    mutating func remove(_ segment: Segment) {
        let index = segment.header.heapIndex
        segment.header.nextVisit = .max
        if index < 0 { return }
        segment.header.heapIndex = -1
        count -= 1
        if index < count { unsafe settle(elements.unsafelyUnwrapped[count], at: index) }
    }

    /// A segment is at another address now.
    @usableFromInline
    func noteMoved(_ segment: Segment) {
        let index = segment.header.heapIndex
        if index >= 0, let elements = unsafe self.elements { unsafe elements[index].segment = unsafe segment.base }
    }

    @usableFromInline
    mutating func deallocate() {
        if let elements = unsafe self.elements {
            unsafe Allocator.deallocate(UnsafeMutableRawPointer(elements), size: capacity * 16)
        }
        self = VisitHeap()
    }

    /// Moves an element up or down from a free place to where it belongs.
    @usableFromInline
    func settle(_ element: Element, at start: Int) {
        var index = start
        let elements = unsafe self.elements.unsafelyUnwrapped
        while index > 0, unsafe elements[(index - 1) / 2].time > element.time {
            unsafe put(elements[(index - 1) / 2], at: index)
            index = (index - 1) / 2
        }
        while true {
            var child = 2 * index + 1
            if child >= count { break }
            if child + 1 < count, unsafe elements[child + 1].time < elements[child].time { child += 1 }
            if unsafe elements[child].time >= element.time { break }
            unsafe put(elements[child], at: index)
            index = child
        }
        unsafe put(element, at: index)
    }

    @usableFromInline
    func put(_ element: Element, at index: Int) {
        unsafe (elements.unsafelyUnwrapped + index).initialize(to: element)
        unsafe Segment(base: element.segment).header.heapIndex = index
    }

    @usableFromInline
    mutating func grow() {
        let larger = max(16, capacity * 2)
        if let elements = unsafe self.elements {
            unsafe self.elements = unsafe Allocator.reallocate(UnsafeMutableRawPointer(elements), to: larger * 16)
                .assumingMemoryBound(to: Element.self)
        } else {
            unsafe elements = unsafe Allocator.allocate(larger * 16).bindMemory(to: Element.self, capacity: larger)
        }
        capacity = larger
    }
}
