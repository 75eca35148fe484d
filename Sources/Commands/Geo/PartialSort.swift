// The first few of many places by distance, in order.

/// Quicksort that leaves alone what is not wanted. It chooses pivots and treats equals as Redis' partial sort does,
/// after Bentley and McIlroy, "Engineering a Sort Function" (1993): which of several places at the same distance come
/// first is decided by nothing else.
@safe
struct PartialSort {
    private let points: UnsafeMutableBufferPointer<GeoPoint>
    private let wanted: Int
    private let isDescending: Bool

    /// The first `wanted` elements will be in their places.
    @unsafe
    init(_ points: UnsafeMutableBufferPointer<GeoPoint>, wanted: Int, isDescending: Bool) {
        unsafe self.points = unsafe points
        self.wanted = wanted
        self.isDescending = isDescending
    }

    func run() {
        let count = unsafe points.count
        // Enough for any input but one that was made to be bad.
        sort(0..<count, depth: 4 * (Int.bitWidth - count.leadingZeroBitCount))
    }

    /// Negative: the element at `left` comes first.
    @inline(__always)
    private func compare(_ left: Int, _ right: Int) -> Int {
        let (first, second) = unsafe (points[left].distance, points[right].distance)
        let order = first > second ? 1 : first == second ? 0 : -1
        return isDescending ? -order : order
    }

    private func swap(_ left: Int, _ right: Int) { unsafe points.swapAt(left, right) }

    private func sort(_ range: Range<Int>, depth: Int) {
        var range = range
        var depth = depth
        while range.lowerBound < wanted && range.count > 1 {
            if range.count < 7 { return insert(range) }
            if depth == 0 {
                var rest = unsafe UnsafeMutableBufferPointer(rebasing: points[range])
                return unsafe rest.sort {
                    isDescending ? $0.distance > $1.distance : $0.distance < $1.distance
                }
            }
            depth -= 1
            let (low, high) = partition(range)
            sort(low, depth: depth)
            range = high
        }
    }

    private func insert(_ range: Range<Int>) {
        for start in range.dropFirst() {
            var index = start
            while index > range.lowerBound && compare(index - 1, index) > 0 {
                swap(index, index - 1)
                index -= 1
            }
        }
    }

    /// Moves what is less than the pivot to the front and what is greater to the end; returns both ranges.
    private func partition(_ range: Range<Int>) -> (low: Range<Int>, high: Range<Int>) {
        let first = range.lowerBound
        swap(first, pivot(range))
        // Equals are gathered at both ends first.
        var equalLow = first + 1
        var low = first + 1
        var high = range.upperBound - 1
        var equalHigh = high
        while true {
            while low <= high {
                let order = compare(low, first)
                if order > 0 { break }
                if order == 0 {
                    swap(equalLow, low)
                    equalLow += 1
                }
                low += 1
            }
            while low <= high {
                let order = compare(high, first)
                if order < 0 { break }
                if order == 0 {
                    swap(high, equalHigh)
                    equalHigh -= 1
                }
                high -= 1
            }
            if low > high { break }
            swap(low, high)
            low += 1
            high -= 1
        }
        exchange(first, low, count: min(equalLow - first, low - equalLow))
        exchange(low, range.upperBound, count: min(equalHigh - high, range.upperBound - 1 - equalHigh))
        return (first..<first + (low - equalLow), range.upperBound - (equalHigh - high)..<range.upperBound)
    }

    /// Exchanges `count` elements from `start` on with as many before `end`.
    private func exchange(_ start: Int, _ end: Int, count: Int) {
        for offset in 0..<max(0, count) { swap(start + offset, end - count + offset) }
    }

    private func pivot(_ range: Range<Int>) -> Int {
        let count = range.count
        var low = range.lowerBound
        var middle = low + count / 2
        var high = range.upperBound - 1
        if count == 7 { return middle }
        if count > 40 {
            let step = count / 8
            low = median(low, low + step, low + 2 * step)
            middle = median(middle - step, middle, middle + step)
            high = median(high - 2 * step, high - step, high)
        }
        return median(low, middle, high)
    }

    private func median(_ first: Int, _ second: Int, _ third: Int) -> Int {
        if compare(first, second) < 0 {
            if compare(second, third) < 0 { return second }
            return compare(first, third) < 0 ? third : first
        }
        if compare(second, third) > 0 { return second }
        return compare(first, third) < 0 ? first : third
    }
}
