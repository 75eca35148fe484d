// XLEN, XRANGE, XREVRANGE, XDEL and XSETID.
import Bytes
import Containers
import Keyspace
import RESP

func xlen(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .stream) {
    case .found(let found): context.reply.integer(found.stream.length)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// XRANGE and, not `forward`, XREVRANGE.
func xrange(_ context: inout CommandContext, forward: Bool) {
    guard let start = context.streamRangeStart(forward ? 2 : 3),
        let end = context.streamRangeEnd(forward ? 3 : 2)
    else { return }
    let arguments = context.arguments
    var count = Int64.max
    var index = 4
    while index < arguments.count {
        guard arguments[index].equalsIgnoringCase("count"), index + 1 < arguments.count else {
            return context.reply.error(ErrorText.syntax)
        }
        guard let given = IntegerText.parse(arguments[index + 1]) else {
            return context.reply.error(ErrorText.notInteger)
        }
        count = max(0, given)
        index += 2
    }
    switch context.find(context.key(1), as: .stream) {
    case .found(let found):
        if count == 0 { return context.reply.nullArray() }
        context.replyEntries(found.stream.entries(from: start, to: end, forward: forward), count: count)
    case .absent: context.reply.array(0)
    case .refused: break
    }
}

extension CommandContext {
    /// An array of the entries of a walk, `count` of them at most.
    func replyEntries(_ cursor: StreamCursor, count: Int64) {
        var cursor = cursor
        let place = reply.deferLength()
        var written: Int64 = 0
        while written < count, !reply.isFull, cursor.advance(), let entry = cursor.entry {
            reply.entry(entry)
            written &+= 1
        }
        reply.finishArray(place, Int(written))
    }
}

func xdel(_ context: inout CommandContext) {
    let key = context.key(1)
    switch context.find(key, as: .stream, .write) {
    case .found(let found):
        let range = 2..<context.arguments.count
        guard context.checkStreamIDs(range) else { return }
        let removed = context.reshapeStream(key, found) { stream in
            var deletion = StreamDeletion(stream)
            for index in range { _ = deletion.delete(context.checkedStreamID(index)) }
            return deletion.finish()
        }
        context.noteDeleted(key, removed)
        context.reply.integer(removed)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

extension CommandContext {
    /// Tells of entries that were deleted by name.
    func noteDeleted(_ key: Key, _ count: Int) {
        if count == 0 { return }
        database(of: key).touch(key.name)
        database(of: key).noteChanges(count)
        notify(.stream, "xdel", key.name)
    }
}

/// The deletion of several entries by name.
struct StreamDeletion {
    private let stream: StreamValue
    private let firstID: StreamID
    private var highest = StreamID.zero
    private var includesFirst = false
    private var count = 0

    init(_ stream: StreamValue) {
        self.stream = stream
        firstID = stream.firstID
    }

    /// Whether there was such an entry.
    mutating func delete(_ id: StreamID) -> Bool {
        guard stream.remove(id) else { return false }
        if id == firstID { includesFirst = true }
        highest = max(highest, id)
        count += 1
        return true
    }

    /// How many entries there were.
    func finish() -> Int {
        if count > 0 { stream.noteDeleted(highest: highest, includesFirst: includesFirst) }
        return count
    }
}

func xsetid(_ context: inout CommandContext) {
    guard let id = context.streamID(2) else { return }
    let arguments = context.arguments
    var added: Int64?
    var deleted = StreamID.zero
    var index = 3
    while index < arguments.count {
        guard index + 1 < arguments.count else { return context.reply.error(ErrorText.syntax) }
        if arguments[index].equalsIgnoringCase("entriesadded") {
            guard let value = IntegerText.parse(arguments[index + 1]) else {
                return context.reply.error(ErrorText.notInteger)
            }
            if value < 0 { return context.reply.error("ERR entries_added must be positive") }
            added = value
        } else if arguments[index].equalsIgnoringCase("maxdeletedid") {
            guard let value = context.streamID(index + 1) else { return }
            if id < value {
                return context.reply.error(
                    "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id")
            }
            deleted = value
        } else {
            return context.reply.error(ErrorText.syntax)
        }
        index += 2
    }
    let key = context.key(1)
    switch context.find(key, as: .stream, .write) {
    case .found(let found):
        if let error = setIDError(found.stream, id, added) { return context.reply.error(error) }
        // Nobody who watches the key is told, as in Redis: its entries are the same.
        context.reshapeStream(key, found) { stream in
            stream.lastID = id
            if let added { stream.entriesAdded = added }
            if deleted != .zero { stream.maximumDeletedID = deleted }
        }
        context.reply.ok()
        context.changed(key, .stream, "xsetid")
    case .absent: context.reply.error(ErrorText.noSuchKey)
    case .refused: break
    }
}

private func setIDError(_ stream: StreamValue, _ id: StreamID, _ added: Int64?) -> StaticString? {
    if stream.length == 0 { return nil }
    if id < stream.lastEntryID { return "ERR The ID specified in XSETID is smaller than the target stream top item" }
    if let added, added < Int64(stream.length) {
        return "ERR The entries_added specified in XSETID is smaller than the target stream length"
    }
    return nil
}
