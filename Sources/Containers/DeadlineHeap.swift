// Deadlines with what they are for, the earliest first.
import Platform

/// A binary heap in raw memory. What no longer matters may stay until its time comes: whoever takes it looks. No
/// deinitialiser: the owner calls `deallocate()`.
package struct DeadlineHeap {
    package struct Item: BitwiseCopyable {
        package let deadline: Int64
        /// Whatever the owner finds the rest by.
        package let token: UInt64
    }

    private var items = RawArray<Item>()

    package init() {}

    package mutating func deallocate() { items.deallocate() }

    package var count: Int { items.count }

    /// The earliest item.
    package var first: Item? { items.isEmpty ? nil : items[0] }

    package mutating func insert(_ deadline: Int64, token: UInt64) {
        var place = items.count
        let item = Item(deadline: deadline, token: token)
        items.append(item)
        while place > 0 {
            let parent = (place - 1) / 2
            if items[parent].deadline <= deadline { break }
            items[place] = items[parent]
            place = parent
        }
        items[place] = item
    }

    /// Takes the earliest item out.
    package mutating func removeFirst() -> Item? {
        guard let first, let last = items.popLast() else { return nil }
        if items.isEmpty { return first }
        var place = 0
        while true {
            var child = place * 2 + 1
            if child >= items.count { break }
            if child + 1 < items.count && items[child + 1].deadline < items[child].deadline { child += 1 }
            if last.deadline <= items[child].deadline { break }
            items[place] = items[child]
            place = child
        }
        items[place] = last
        return first
    }
}
