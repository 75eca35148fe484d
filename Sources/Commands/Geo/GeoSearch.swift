// GEOSEARCH and GEORADIUS with their relatives: finding places, ordering them, and what becomes of them.
import Bytes
import Containers
import Keyspace
import RESP

func geosearch(_ context: inout CommandContext, _ form: GeoForm) {
    let set: SortedSetValue?
    switch context.find(context.key(form.source), as: .sortedSet, .read) {
    case .found(let found): set = SortedSetValue(found.entry.external)
    case .absent: set = nil
    case .refused: return
    }
    guard var request = GeoRequest(context, form, set) else { return }
    defer { request.deallocate() }
    var selection = GeoSelection(request)
    defer { selection.deallocate() }
    if let set { find(request.shape, in: set, &selection) }
    selection.sort()
    if request.isStored {
        store(&context, selection, request, event: form.isSearch ? "geosearchstore" : "georadiusstore")
    } else {
        reply(context.reply, selection, request)
    }
}

/// Looks for the places within the shape.
private func find(_ shape: GeoShape, in set: SortedSetValue, _ selection: inout GeoSelection) {
    let filter = GeoFilter(shape)
    GeoCover(shape).forEachCell { cell in
        set.walk(from: cell.lowest, to: cell.end) { score, cursor in
            let place = GeoPosition(score: score)
            guard let distance = filter.distance(to: place) else { return true }
            return selection.take({ cursor.member }, score, distance, place)
        }
    }
}

private func reply(_ reply: ReplyWriter, _ selection: GeoSelection, _ request: GeoRequest) {
    var fields = 1
    if request.withDistance { fields += 1 }
    if request.withHash { fields += 1 }
    if request.withCoordinates { fields += 1 }
    reply.array(selection.count)
    for index in 0..<selection.count {
        let point = selection[index]
        if fields > 1 { reply.array(fields) }
        reply.bulk(point.member)
        if request.withDistance { reply.bulk(distance: point.distance / request.shape.unit) }
        if request.withHash { reply.integer(GeoPosition.truncated(point.score)) }
        if request.withCoordinates { reply.position(point.position) }
    }
}

private func store(
    _ context: inout CommandContext, _ selection: GeoSelection, _ request: GeoRequest, event: StaticString
) {
    let tree = RankedTree.create(seed: context.memberSeed)
    for index in 0..<selection.count {
        let point = selection[index]
        let score = request.storesDistance ? point.distance / request.shape.unit : point.score
        // A distance that is not a number is that of two opposite ends of the Earth.
        point.member.withBytes { tree.insert($0, score: score.isNaN ? 2 * Earth.radius : score) }
    }
    let target = context.key(request.destination)
    if selection.count > 1 { context.database(of: target).noteChanges(selection.count - 1) }
    context.store(SortedSetValue.create(taking: tree, limits: context.sortedSetLimits), at: target, event: event)
}
