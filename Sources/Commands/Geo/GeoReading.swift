// GEODIST, GEOHASH and GEOPOS.
import Bytes
import Keyspace
import RESP

func geodist(_ context: inout CommandContext) {
    let arguments = context.arguments
    var unit = 1.0
    if arguments.count == 5 {
        guard let given = context.unit(at: 4) else { return }
        unit = given
    } else if arguments.count > 5 {
        return context.reply.error(ErrorText.syntax)
    }
    guard let set = context.readSortedSet(whenAbsent: { $0.null() }) else { return }
    guard let first = set.score(of: arguments[2]), let second = set.score(of: arguments[3]) else {
        return context.reply.null()
    }
    context.reply.bulk(distance: GeoPosition(score: first).distance(to: GeoPosition(score: second)) / unit)
}

func geohash(_ context: inout CommandContext) {
    var text = ByteBuffer()
    defer { text.deallocate() }
    forEachPosition(&context) { reply, position in
        guard let position else { return reply.null() }
        text.removeAll(keepingCapacity: true)
        position.appendText(to: &text)
        reply.bulk(text.view)
    }
}

func geopos(_ context: inout CommandContext) {
    forEachPosition(&context) { reply, position in
        if let position { reply.position(position) } else { reply.nullArray() }
    }
}

/// Replies with an array; calls `body` for each of its elements with the place of the member, nil if there is none.
private func forEachPosition(_ context: inout CommandContext, _ body: (ReplyWriter, GeoPosition?) -> Void) {
    let set: SortedSetValue?
    switch context.find(context.key(1), as: .sortedSet, .read) {
    case .found(let found): set = SortedSetValue(found.entry.external)
    case .absent: set = nil
    case .refused: return
    }
    let arguments = context.arguments
    context.reply.array(arguments.count - 2)
    for index in 2..<arguments.count {
        let score = set.flatMap { $0.score(of: arguments[index]) }
        body(context.reply, score.map { GeoPosition(score: $0) })
    }
}
