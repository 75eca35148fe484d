// The places that a search has found, as many as are asked for, in their order.
import Containers

/// A place that was found.
struct GeoPoint: BitwiseCopyable {
    /// Valid until the sorted set changes.
    let member: ListpackElement
    let score: Double
    /// In metres, from the centre of the search.
    let distance: Double
    let position: GeoPosition
    /// How many were found before it.
    let number: Int
}

/// Takes in places as they are found. Where only the nearest or the farthest are wanted, no more than those are kept:
/// in a binary heap, whose root is the one that makes way for a better one. Of places that are equally far, those that
/// were found first are wanted first, however many are asked for.
struct GeoSelection {
    private var points = RawArray<GeoPoint>()
    private let limit: Int
    private let order: GeoRequest.Order
    /// Whether the first places that are found will do.
    private let takesAny: Bool
    private var found = 0
    private var isHeap = false

    init(_ request: GeoRequest) {
        limit = request.count == 0 ? Int.max : Int(request.count)
        order = request.order
        takesAny = request.takesAny
    }

    mutating func deallocate() { points.deallocate() }

    var count: Int { points.count }
    subscript(index: Int) -> GeoPoint { points[index] }

    /// Takes in a place; false: enough were found.
    @inline(__always)
    mutating func take(_ member: () -> ListpackElement, _ score: Double, _ distance: Double, _ position: GeoPosition)
        -> Bool
    {
        let number = found
        found &+= 1
        if points.count == limit && !isBetter(distance) { return true }
        let point = GeoPoint(member: member(), score: score, distance: distance, position: position, number: number)
        if points.count < limit {
            points.append(point)
            return !takesAny || points.count < limit
        }
        replaceLast(by: point)
        return true
    }

    /// Puts the places in order, if one is asked for.
    mutating func sort() {
        if order == .none || points.count < 2 { return }
        var all = unsafe UnsafeMutableBufferPointer(start: points.elements, count: points.count)
        unsafe all.sort { precedes($0, $1) }
    }

    /// Whether a place that was found after all others is wanted rather than one of them.
    private mutating func isBetter(_ distance: Double) -> Bool {
        if !isHeap { makeHeap() }
        let last = GeoSelection.rank(points[0].distance)
        let rank = GeoSelection.rank(distance)
        return order == .descending ? rank > last : rank < last
    }

    /// What is no number is the distance between two opposite ends of the Earth.
    @inline(__always)
    private static func rank(_ distance: Double) -> Double { distance.isNaN ? .infinity : distance }

    private func precedes(_ first: GeoPoint, _ second: GeoPoint) -> Bool {
        let ranks = (GeoSelection.rank(first.distance), GeoSelection.rank(second.distance))
        if ranks.0 != ranks.1 { return order == .descending ? ranks.0 > ranks.1 : ranks.0 < ranks.1 }
        return first.number < second.number
    }

    private mutating func makeHeap() {
        for index in stride(from: points.count / 2 - 1, through: 0, by: -1) { sink(points[index], from: index) }
        isHeap = true
    }

    private mutating func replaceLast(by point: GeoPoint) { sink(point, from: 0) }

    /// Puts a point where `index` is or below, so that nothing below it comes later than it.
    private mutating func sink(_ point: GeoPoint, from index: Int) {
        var index = index
        while 2 * index + 1 < points.count {
            var child = 2 * index + 1
            if child + 1 < points.count && precedes(points[child], points[child + 1]) { child += 1 }
            if precedes(points[child], point) { break }
            points[index] = points[child]
            index = child
        }
        points[index] = point
    }
}
