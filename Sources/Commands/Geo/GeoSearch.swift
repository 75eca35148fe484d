// GEOSEARCH and GEORADIUS with their relatives: finding places, ordering them, and what becomes of them.
import Bytes
import Containers
import Keyspace
import RESP

/// A place that was found.
struct GeoPoint: BitwiseCopyable {
    /// Valid until the sorted set changes.
    let member: ListpackElement
    let score: Double
    /// In metres, from the centre of the search.
    let distance: Double
    let longitude: Double
    let latitude: Double
}

func geosearch(_ context: inout CommandContext, _ form: GeoForm) {
    let set: SortedSetValue?
    switch context.find(context.key(form.source), as: .sortedSet, .read) {
    case .found(let found): set = SortedSetValue(found.entry.external)
    case .absent: set = nil
    case .refused: return
    }
    guard let request = GeoRequest(context, form, set) else { return }
    var points = RawArray<GeoPoint>()
    defer { points.deallocate() }
    if let set { find(request, in: set, &points) }
    let count = request.count == 0 ? points.count : Int(min(request.count, Int64(points.count)))
    if request.order != .none {
        order(&points, count, isDescending: request.order == .descending)
    }
    if request.isStored {
        store(&context, points, count, request, event: form.isSearch ? "geosearchstore" : "georadiusstore")
    } else {
        reply(context.reply, points, count, request)
    }
}

/// Appends the places within the shape.
private func find(_ request: GeoRequest, in set: SortedSetValue, _ points: inout RawArray<GeoPoint>) {
    let filter = GeoFilter(request.shape)
    let limit = request.takesAny ? request.count : Int64.max
    request.shape.forEachCell { cell in
        set.walk(from: cell.lowest, to: cell.end) { score, cursor in
            let place = GeoPosition(score: score)
            guard let distance = filter.distance(to: place) else { return true }
            points.append(
                GeoPoint(
                    member: cursor.member, score: score, distance: distance, longitude: place.longitude,
                    latitude: place.latitude))
            return Int64(points.count) < limit
        }
    }
}

/// Sorts by distance so that the first `count` are in their places.
private func order(_ points: inout RawArray<GeoPoint>, _ count: Int, isDescending: Bool) {
    if points.count < 2 { return }
    var all = unsafe UnsafeMutableBufferPointer(start: points.elements, count: points.count)
    if count == points.count {
        // Stable, as in Redis.
        unsafe all.sort { isDescending ? $0.distance > $1.distance : $0.distance < $1.distance }
    } else {
        unsafe PartialSort(all, wanted: count, isDescending: isDescending).run()
    }
}

private func reply(_ reply: ReplyWriter, _ points: RawArray<GeoPoint>, _ count: Int, _ request: GeoRequest) {
    var fields = 1
    if request.withDistance { fields += 1 }
    if request.withHash { fields += 1 }
    if request.withCoordinates { fields += 1 }
    reply.array(count)
    for index in 0..<count {
        let point = points[index]
        if fields > 1 { reply.array(fields) }
        reply.bulk(point.member)
        if request.withDistance { reply.bulk(distance: point.distance / request.shape.unit) }
        if request.withHash { reply.integer(GeoPosition.truncated(point.score)) }
        if request.withCoordinates {
            reply.position(GeoPosition(longitude: point.longitude, latitude: point.latitude))
        }
    }
}

private func store(
    _ context: inout CommandContext, _ points: RawArray<GeoPoint>, _ count: Int, _ request: GeoRequest,
    event: StaticString
) {
    let tree = RankedTree.create(seed: context.memberSeed)
    for index in 0..<count {
        let point = points[index]
        let score = request.storesDistance ? point.distance / request.shape.unit : point.score
        // A distance that is not a number is that of two opposite ends of the Earth.
        point.member.withBytes { tree.insert($0, score: score.isNaN ? 2 * Earth.radius : score) }
    }
    let target = context.key(request.destination)
    if count > 1 { context.database(of: target).noteChanges(count - 1) }
    context.store(SortedSetValue.create(taking: tree, limits: context.sortedSetLimits), at: target, event: event)
}
