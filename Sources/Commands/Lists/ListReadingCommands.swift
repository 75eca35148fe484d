// LLEN, LINDEX, LRANGE and LPOS.
import Bytes
import Containers
import Keyspace
import RESP

func llen(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .list) {
    case .found(let found): context.reply.integer(ListValue(found.entry.external).count)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

func lindex(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .list) {
    case .found(let found):
        guard let index = IntegerText.parse(context.arguments[2]) else {
            return context.reply.error(ErrorText.notInteger)
        }
        if let cursor = ListValue(found.entry.external).cursor(at: Int(index)) {
            context.replyElement(cursor)
        } else {
            context.reply.null()
        }
    case .absent: context.reply.null()
    case .refused: break
    }
}

func lrange(_ context: inout CommandContext) {
    guard let start = IntegerText.parse(context.arguments[2]), let end = IntegerText.parse(context.arguments[3])
    else { return context.reply.error(ErrorText.notInteger) }
    switch context.find(context.key(1), as: .list) {
    case .found(let found):
        let list = ListValue(found.entry.external)
        let range = indices(from: start, to: end, count: list.count)
        context.replyElements(list, from: range.lowerBound, count: range.count)
    case .absent: context.reply.array(0)
    case .refused: break
    }
}

/// The indices from `start` to `end`, both included, negative ones counted from the end, cut to those that exist.
func indices(from start: Int64, to end: Int64, count: Int) -> Range<Int> {
    let first = max(0, start < 0 ? Int(start) &+ count : Int(start))
    let last = min(count - 1, end < 0 ? Int(end) &+ count : Int(end))
    return first > last ? 0..<0 : first..<last + 1
}

/// What LPOS is to look for beside the element.
private struct Search {
    /// The first match that counts; negative: from the end.
    var rank: Int64 = 1
    /// How many matches, 0 for all; nil: the first, not as an array.
    var count: Int64?
    /// How many elements to compare at most; 0: all.
    var limit: Int64 = 0
}

func lpos(_ context: inout CommandContext) {
    guard let search = parseSearch(context) else { return }
    switch context.find(context.key(1), as: .list) {
    case .found(let found): lpos(context, ListValue(found.entry.external), search)
    case .absent:
        if search.count != nil { context.reply.array(0) } else { context.reply.null() }
    case .refused: break
    }
}

/// The options, or nil if an error was replied.
private func parseSearch(_ context: CommandContext) -> Search? {
    let arguments = context.arguments
    var search = Search()
    var index = 3
    while index < arguments.count {
        let option = arguments[index]
        guard index + 1 < arguments.count else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        let value = IntegerText.parse(arguments[index + 1])
        if option.equalsIgnoringCase("rank") {
            guard let value else {
                context.reply.error(ErrorText.notInteger)
                return nil
            }
            if value == 0 {
                context.reply.error(
                    """
                    ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative \
                    to start from the end of the list
                    """)
                return nil
            }
            search.rank = value
        } else if option.equalsIgnoringCase("count") {
            guard let value, value >= 0 else {
                context.reply.error("ERR COUNT can't be negative")
                return nil
            }
            search.count = value
        } else if option.equalsIgnoringCase("maxlen") {
            guard let value, value >= 0 else {
                context.reply.error("ERR MAXLEN can't be negative")
                return nil
            }
            search.limit = value
        } else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        index += 2
    }
    return search
}

private func lpos(_ context: CommandContext, _ list: ListValue, _ search: Search) {
    let reply = context.reply
    let wanted = ListpackEntry(context.arguments[2]).element
    let forward = search.rank > 0
    let place = reply.deferLength()
    // The least integer has no opposite; Redis finds the first match for it.
    var skipped = search.rank == .min ? 0 : abs(search.rank) - 1
    var matches: Int64 = 0
    var compared: Int64 = 0
    var index = forward ? 0 : list.count - 1
    var cursor = list.end(atFront: forward)
    while var current = cursor, search.limit == 0 || compared < search.limit {
        if current.equals(wanted) {
            if skipped > 0 {
                skipped -= 1
            } else {
                reply.integer(index)
                matches += 1
                guard let count = search.count, count == 0 || matches < count else { break }
            }
        }
        compared += 1
        index += forward ? 1 : -1
        cursor = current.move(forward: forward) ? current : nil
    }
    if search.count != nil {
        reply.finishArray(place, Int(matches))
    } else if matches == 0 {
        reply.null()
    }
}
