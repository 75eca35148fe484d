// The elements that SORT sorts.
import Bytes
import Containers
import Keyspace
import RESP

/// The elements of a list, set or sorted set, as views of it, with what they are compared by.
struct SortVector {
    struct Item {
        let element: ListpackElement
        /// For ALPHA with BY; nil: there is nothing under the pattern, which comes before everything.
        var weight: ListpackElement?
        /// Without ALPHA.
        var score = 0.0
    }

    private(set) var items: [Item] = []

    // MARK: - Loading

    /// All elements, or, if they are not to be sorted, only those that are wanted, in their order.
    init(_ entry: Entry?, _ request: SortRequest) {
        guard let entry else { return }
        switch entry.type {
        case .list: loadList(ListValue(entry.external), request)
        case .set: loadSet(SetValue(entry.external), request)
        case .sortedSet: loadSortedSet(SortedSetValue(entry.external), request)
        default: break
        }
    }

    private mutating func append(_ element: ListpackElement) { items.append(Item(element: element)) }

    private mutating func loadList(_ list: ListValue, _ request: SortRequest) {
        let count = list.count
        let wanted = request.isUnsorted ? request.range(of: count) : 0..<count
        let isForward = !(request.isUnsorted && request.isDescending)
        if wanted.isEmpty { return }
        items.reserveCapacity(wanted.count)
        let start = isForward ? wanted.lowerBound : count - 1 - wanted.lowerBound
        guard var cursor = list.cursor(at: start) else { return }
        repeat { append(cursor.element) } while items.count < wanted.count && cursor.move(forward: isForward)
    }

    private mutating func loadSet(_ set: SetValue, _ request: SortRequest) {
        items.reserveCapacity(set.count)
        set.forEach { append($0) }
        if request.isUnsorted { items = Array(items[request.range(of: items.count)]) }
    }

    private mutating func loadSortedSet(_ set: SortedSetValue, _ request: SortRequest) {
        let count = set.count
        let wanted = request.isUnsorted ? request.range(of: count) : 0..<count
        let isReversed = request.isUnsorted && request.isDescending
        if wanted.isEmpty { return }
        items.reserveCapacity(wanted.count)
        let rank = isReversed ? count - 1 - wanted.lowerBound : wanted.lowerBound
        var cursor = set.cursor(rank: rank, reversed: isReversed)
        for _ in wanted {
            append(cursor.member)
            cursor.advance()
        }
    }

    // MARK: - Sorting

    /// Sorts so that the elements in `wanted` are in their places; false if one cannot be compared as a number.
    mutating func sort(_ request: SortRequest, _ wanted: Range<Int>, _ context: borrowing CommandContext) -> Bool {
        if request.by != nil || !request.isAlphabetic {
            guard weigh(request, context) else { return false }
        }
        let sign = request.isDescending ? -1 : 1
        if !request.isAlphabetic {
            place(wanted) { left, right in
                if left.score != right.score { return (left.score < right.score) == (sign > 0) }
                return SortVector.compare(left.element, right.element) * sign < 0
            }
        } else if request.by != nil {
            place(wanted) { SortVector.compare($0.weight, $1.weight) * sign < 0 }
        } else {
            place(wanted) { SortVector.compare($0.element, $1.element) * sign < 0 }
        }
        return true
    }

    /// Finds what the elements are compared by.
    private mutating func weigh(_ request: SortRequest, _ context: borrowing CommandContext) -> Bool {
        let pattern = request.by.map { SortPattern($0) }
        var name = ByteBuffer()
        defer { name.deallocate() }
        var isRight = true
        for index in items.indices {
            var weight: ListpackElement? = items[index].element
            if let pattern { weight = pattern.find(items[index].element, context, &name) }
            if request.isAlphabetic {
                items[index].weight = weight
            } else if let weight {
                guard let score = SortVector.score(weight) else {
                    isRight = false
                    continue
                }
                items[index].score = score
            }
        }
        return isRight
    }

    /// The number that a text is for C's strtod: spaces may stand before it, nothing at all is zero, a NUL ends it.
    private static func score(_ element: ListpackElement) -> Double? {
        guard let all = element.view else { return Double(element.integer ?? 0) }
        let text = all.firstIndex(of: 0).map { all.prefix($0) } ?? all
        if text.isEmpty { return 0 }
        var start = 0
        while start < text.count, text[start] == 0x20 || text[start] &- 9 < 5 { start += 1 }
        return DoubleText.parse(text.dropFirst(start))
    }

    /// The order of bytes.
    private static func compare(_ left: ListpackElement, _ right: ListpackElement) -> Int {
        if let text = right.view { return left.compare(text) }
        return right.withBytes { left.compare($0) }
    }

    private static func compare(_ left: ListpackElement?, _ right: ListpackElement?) -> Int {
        guard let left else { return right == nil ? 0 : -1 }
        guard let right else { return 1 }
        return compare(left, right)
    }

    // MARK: - Placing

    /// Sorts everything, or, if few are wanted of many, only what is needed for them.
    private mutating func place(_ wanted: Range<Int>, _ isBefore: (Item, Item) -> Bool) {
        if wanted.isEmpty { return }
        var rest = 0..<items.count
        while rest.count > 32 && wanted.count < rest.count / 4 {
            // Narrows the rest by quickselect, as long as the wanted range lies on one side of the pivot.
            let pivot = median(rest, isBefore)
            let middle = partition(rest, around: pivot, isBefore)
            if wanted.upperBound <= middle.lowerBound {
                rest = rest.lowerBound..<middle.lowerBound
            } else if wanted.lowerBound >= middle.upperBound {
                rest = middle.upperBound..<rest.upperBound
            } else {
                break
            }
        }
        items[rest].sort(by: isBefore)
    }

    private func median(_ range: Range<Int>, _ isBefore: (Item, Item) -> Bool) -> Item {
        let step = range.count / 8
        var sample = (0..<7).map { items[range.lowerBound + step / 2 + $0 * step] }
        sample.sort(by: isBefore)
        return sample[3]
    }

    /// Moves what is before the pivot to the front and what is behind it to the end; returns where its equals are.
    private mutating func partition(
        _ range: Range<Int>, around pivot: Item, _ isBefore: (Item, Item) -> Bool
    ) -> Range<Int> {
        var low = range.lowerBound
        var index = low
        var high = range.upperBound
        while index < high {
            if isBefore(items[index], pivot) {
                items.swapAt(index, low)
                low += 1
                index += 1
            } else if isBefore(pivot, items[index]) {
                high -= 1
                items.swapAt(index, high)
            } else {
                index += 1
            }
        }
        return low..<high
    }
}
